#include "cli/picture.hpp"

#include <algorithm>
#include <array>

namespace weft::cli {
namespace {

constexpr std::size_t kIndent = 4;

// Mean over a block of a picture, all channels; the block is cut at the picture's edges.
std::size_t mean_of(std::span<const std::uint8_t> pixels, const Shape& shape, std::size_t y,
                    std::size_t x, std::size_t rows, std::size_t columns) {
  std::size_t sum = 0, count = 0;
  for (std::size_t c = 0; c < shape[0]; ++c) {
    for (std::size_t i = y; i < std::min(y + rows, shape[1]); ++i) {
      for (std::size_t j = x; j < std::min(x + columns, shape[2]); ++j, ++count) {
        sum += pixels[(c * shape[1] + i) * shape[2] + j];
      }
    }
  }
  return sum / std::max<std::size_t>(count, 1);
}

}  // namespace

std::string picture_in_characters(std::span<const std::uint8_t> pixels, const Shape& shape,
                                  std::size_t columns) {
  constexpr std::array kShades{" ", "░", "▒", "▓", "█"};
  const std::size_t room = std::max<std::size_t>(columns, kIndent + 8) - kIndent;
  const std::size_t step = (shape[2] + room - 1) / room;  // pixels a character stands for, across
  std::string text;
  for (std::size_t y = 0; y < shape[1]; y += 2 * step) {
    text += std::string(kIndent, ' ');
    for (std::size_t x = 0; x < shape[2]; x += step) {
      text += kShades[mean_of(pixels, shape, y, x, 2 * step, step) * kShades.size() / 256];
    }
    text += '\n';
  }
  return text;
}

}  // namespace weft::cli
