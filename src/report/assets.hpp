// What pages are drawn by: web/ as one script and one style. The build makes them
// (cmake/pages.cmake).
#pragma once

#include <string_view>

namespace weft {

std::string_view page_script();
std::string_view page_style();

}  // namespace weft
