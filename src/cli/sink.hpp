// Where a command writes what it was asked for.
#pragma once

#include <optional>
#include <string>

#include "base/atomic_file.hpp"

namespace weft::cli {

// Standard output for "-"; else a file that is there whole or not at all.
class Sink {
 public:
  explicit Sink(const std::string& file);
  void write(const std::string& text);
  void commit();  // no file stands there before this

 private:
  std::optional<AtomicFile> file_;
};

}  // namespace weft::cli
