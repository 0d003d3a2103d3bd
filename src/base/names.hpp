// The names that people type for the values of an enumeration: each list stands once.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"

namespace weft {

template <class Value, std::size_t kCount>
struct Names {
  const char* what;  // "optimizer"
  std::array<std::pair<Value, const char*>, kCount> list;

  // Throws Error(usage) with all the names.
  Value parse(std::string_view text) const {
    std::string known;
    for (const auto& [value, name] : list) {
      if (text == name) return value;
      known += (known.empty() ? "" : ", ") + std::string(name);
    }
    fail(ErrorCode::usage, "{}: \"{}\" is none of {}", what, text, known);
  }

  const char* name_of(Value wanted) const {
    for (const auto& [value, name] : list) {
      if (value == wanted) return name;
    }
    return "";
  }
};

}  // namespace weft
