// Paths that somebody writes to standard input.
#pragma once

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

namespace weft::cli {

// One a line; empty lines are passed over, and so is a carriage return at the end of one.
class PathList {
 public:
  explicit PathList(std::stop_token stop) : stop_(std::move(stop)) {}

  // Waits for the next line. Nothing at the end, or when it is to stop or an Interrupt is noted.
  // Throws Error(bad_input) for a line that is too long to be a path, Error(failed) when reading
  // fails.
  std::optional<std::string> next();

 private:
  bool stopped() const;
  bool read_more();

  std::stop_token stop_;
  std::string waiting_;  // read, but not given yet, from at_ on
  std::size_t at_ = 0;
  bool ended_ = false;
};

}  // namespace weft::cli
