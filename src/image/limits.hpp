// What a picture may take, and how small it is made: the same for all who decode.
#pragma once

#include <cstddef>
#include <string>

namespace weft {

// Why a picture is refused: one line, without the file's name.
struct Refusal {
  std::string reason;
};

// Of a file's picture; `held` are the bytes that must be held at once to decode it, where that is
// not done by rows.
void check_limits(std::size_t height, std::size_t width, std::size_t held, std::size_t max_pixels);

// By how much the picture becomes smaller, so that no side is longer than longest_side, where that
// is not 0: at least 1.
double shrink_of(std::size_t height, std::size_t width, std::size_t longest_side);

// A side of the picture that was made smaller; no longer than `most`.
std::size_t shrunk(std::size_t side, double shrink, std::size_t most);

// How much of that is left to JPEG's decoder: 1, 2, 4 or 8.
int shrink_in_jpeg(std::size_t height, std::size_t width, double shrink);

}  // namespace weft
