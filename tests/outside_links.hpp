// What a page that stands alone must not have.
#pragma once

#include <string>
#include <string_view>

namespace weft {

// Does an element of this HTML take a file from elsewhere: src or href with a host?
inline bool has_outside_links(std::string_view html) {
  for (const std::string name : {"src=", "href="}) {
    for (const std::string quote : {"", "\"", "'"}) {
      for (const std::string scheme : {"//", "http://", "https://"}) {
        if (html.find(name + quote + scheme) != std::string_view::npos) return true;
      }
    }
  }
  return false;
}

}  // namespace weft
