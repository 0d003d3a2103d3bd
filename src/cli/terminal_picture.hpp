// Pictures in a terminal.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "image/picture.hpp"

namespace weft::cli {

enum class Drawing {
  characters,   // shades of grey, for any terminal and for files
  half_blocks,  // two pixels a character, in 24-bit colour
  kitty,        // the graphics protocol of kitty, WezTerm, Ghostty and others
  sixel,
};

// What the terminal says of itself; `variable` gives a variable of the environment, or null.
// characters where standard output is none, or NO_COLOR is set.
Drawing drawing_for(bool terminal, const std::function<const char*(const char*)>& variable);

struct Tile {
  Picture picture;
  std::string caption;
};

// Tiles beside each other, their captions above them, in as many rows as `columns` ask for; for
// characters and half blocks. Each line is ended.
std::string tiles_in_text(const std::vector<Tile>& tiles, std::size_t columns, Drawing drawing);

// The picture over so many columns.
std::string kitty_picture(const Picture& picture, std::size_t columns);

// In 216 colours. Its size is the terminal's pixels.
std::string sixel_picture(const Picture& picture);

}  // namespace weft::cli
