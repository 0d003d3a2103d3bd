// What `weft see` shows, as a page of its own.
#pragma once

#include <string>
#include <vector>

#include "cli/terminal_picture.hpp"

namespace weft::cli {

struct Bar {
  std::string label;
  double share;  // 0 to 1
};

struct SeePage {
  std::string title;      // the photo's name
  std::string answer;     // a line
  std::vector<Bar> bars;  // the most probable classes
  std::vector<Tile> tiles;
  std::string explanation;  // of the last of them
  std::vector<Tile> nearest;
};

// Needs no other file. All text is escaped.
std::string html_page(const SeePage& page);

}  // namespace weft::cli
