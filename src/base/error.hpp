// Throwing with a formatted message.
#pragma once

#include <fmt/format.h>

#include <utility>

#include "weft/error.hpp"

namespace weft {

template <class... Arguments>
[[noreturn]] void fail(ErrorCode code, fmt::format_string<Arguments...> format,
                       Arguments&&... arguments) {
  throw Error(code, fmt::format(format, std::forward<Arguments>(arguments)...));
}

}  // namespace weft
