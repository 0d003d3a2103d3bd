#include "cli/sink.hpp"

#include <fmt/format.h>

namespace weft::cli {

Sink::Sink(const std::string& file) {
  if (file != "-") file_.emplace(file);
}

void Sink::write(const std::string& text) {
  if (file_) {
    file_->write(text);
  } else {
    fmt::print("{}", text);
  }
}

void Sink::commit() {
  if (file_) file_->commit();
}

}  // namespace weft::cli
