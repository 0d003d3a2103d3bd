// Rows as a file has them, to a picture as it is seen: EXIF's orientations.
#pragma once

#include <cstddef>
#include <cstdint>

namespace weft {

// Where the pixel at (x, y) of the file goes, counted in pixels: start + x along_x + y along_y.
struct Turn {
  std::ptrdiff_t start, along_x, along_y;
};

class Upright {
 public:
  // The file is height x width, `channels` values a pixel, and lies as `orientation` says, 1 to 8;
  // others are 1. From 5 on its rows are the picture's columns.
  Upright(int orientation, std::size_t height, std::size_t width, std::size_t channels);

  // The picture's.
  std::size_t height() const { return sideways_ ? width_ : height_; }
  std::size_t width() const { return sideways_ ? height_ : width_; }

  // Lays down row y of the file, in any order, in dst: {height(), width(), channels}.
  void write(const std::uint8_t* row, std::size_t y, std::uint8_t* dst) const;

 private:
  std::size_t height_, width_;  // the file's
  std::ptrdiff_t channels_;
  bool sideways_;
  Turn turn_;
};

}  // namespace weft
