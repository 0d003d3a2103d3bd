// Training pictures, changed as an Augmentation says: a function of (seed, epoch, index) alone.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "data/apparel.hpp"
#include "data/augmentation.hpp"
#include "weft/tensor.hpp"

namespace weft {

// Where a picture's pixels come from.
struct Placement {
  bool mirror = false;
  int dx = 0, dy = 0;  // pixels to the right and down, after the rest
  double degrees = 0;  // clockwise about the middle
  double zoom = 1;
};

// src, dst: {channels, height, width}. What comes from outside is reflected at the outermost pixels
// or, channel by channel, the median of the picture's border.
struct PictureSize {
  std::size_t channels, height, width;

  std::size_t elements() const { return channels * height * width; }
};
void place(const PictureSize& size, const Placement& placement, bool reflect,
           const std::uint8_t* src, std::uint8_t* dst);
// Of each pixel that place() assigns, the one that it takes, in the order of a channel's pixels;
// kBackground for the median. For placements that neither turn nor zoom.
constexpr std::size_t kBackground = SIZE_MAX;
std::vector<std::size_t> placed_from(const PictureSize& size, const Placement& placement,
                                     bool reflect);

// What each byte becomes whose share of 255 is raised to this power: 0 and 255 stay.
std::array<std::uint8_t, 256> bent_tones(double gamma);

// Of one channel, {height, width}: what is taken for a picture's background.
std::uint8_t median_of_border(const std::uint8_t* plane, std::size_t height, std::size_t width);

// A picture that is so much of another one, or of no class at all.
struct Mixture {
  std::uint32_t other = 0;
  float share = 0;
  bool junk = false;
};

class Augmenter {
 public:
  // images: u8 {n, c, h, w}, which must outlive this. mean: of each channel, as fit_scaler finds
  // it. apparel: {n}, what each shows; empty where that is unknown.
  Augmenter(const Augmentation& augmentation, const Tensor& images, std::span<const float> mean,
            std::uint64_t seed, std::vector<Apparel> apparel = {});

  std::size_t width() const { return size_.elements(); }
  std::size_t rows() const { return rows_; }

  // Picture number `index` in this epoch: dst {c, h, w} is assigned.
  void picture(std::uint32_t epoch, std::uint32_t index, std::uint8_t* dst) const;
  // What `picture` mixes it with; share 0 where nothing is mixed.
  Mixture mixture(std::uint32_t epoch, std::uint32_t index) const;

 private:
  struct Box {
    std::size_t top = 0, left = 0, bottom = 0, right = 0;
    std::size_t area() const { return (bottom - top) * (right - left); }
  };
  struct Mixing {
    Mixture mixture;
    bool whole = true;  // else `box` of the other
    Box box = {};
  };

  Mixing mixing(std::uint32_t epoch, std::uint32_t index) const;
  Placement draw_placement(std::uint32_t epoch, std::uint32_t index, RandomStream& random) const;
  Box clipped(double top, double left, double height, double width) const;
  void change(std::uint32_t epoch, std::uint32_t index, std::uint8_t* dst) const;
  void change_colours(RandomStream& random, std::uint8_t* dst) const;
  void cut_out(RandomStream& random, std::uint8_t* dst) const;
  void erase(RandomStream& random, std::uint8_t* dst) const;

  Augmentation augmentation_;
  std::span<const std::uint8_t> bytes_;
  std::size_t rows_;
  PictureSize size_;
  std::vector<std::uint8_t> mean_;
  std::vector<Apparel> apparel_;
  std::uint64_t seed_;
};

}  // namespace weft
