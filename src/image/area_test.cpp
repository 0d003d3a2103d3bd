#include "image/area.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "base/random.hpp"

namespace weft {
namespace {

struct Case {
  std::size_t height, width, to_height, to_width, channels;
};

std::vector<std::uint8_t> shrunk(const Case& sizes, const std::vector<std::uint8_t>& src) {
  std::vector<std::uint8_t> dst(sizes.to_height * sizes.to_width * sizes.channels, 99);
  AreaMean mean(sizes.height, sizes.width, sizes.to_height, sizes.to_width, sizes.channels,
                dst.data());
  for (std::size_t y = 0; y < sizes.height; ++y) {
    mean.add(src.data() + y * sizes.width * sizes.channels);
  }
  return dst;
}

// How much of [at, at + 1) lies in the pixel `to` of `count` that divide `length`.
double overlap(std::size_t at, std::size_t to, std::size_t count, std::size_t length) {
  const double step = static_cast<double>(length) / static_cast<double>(count);
  const double begin = std::max(static_cast<double>(at), static_cast<double>(to) * step);
  const double end = std::min(static_cast<double>(at + 1), static_cast<double>(to + 1) * step);
  return std::max(0.0, end - begin);
}

TEST(AreaMean, IsTheMeanOfWhatEveryPixelCovers) {
  for (const Case sizes : {Case{1, 1, 1, 1, 3}, Case{7, 5, 3, 2, 1}, Case{7, 5, 7, 5, 3},
                           Case{12, 9, 4, 3, 4}, Case{31, 17, 30, 16, 3}, Case{64, 3, 1, 1, 2},
                           Case{3, 64, 3, 7, 3}, Case{20, 20, 1, 20, 1}}) {
    RandomStream random(1, RandomPurpose::shuffle);
    std::vector<std::uint8_t> src(sizes.height * sizes.width * sizes.channels);
    for (auto& value : src) value = static_cast<std::uint8_t>(random.bits());
    const auto dst = shrunk(sizes, src);
    for (std::size_t i = 0; i < dst.size(); ++i) {
      const std::size_t c = i % sizes.channels;
      const std::size_t to_x = i / sizes.channels % sizes.to_width;
      const std::size_t to_y = i / sizes.channels / sizes.to_width;
      double sum = 0;
      double area = 0;
      for (std::size_t y = 0; y < sizes.height; ++y) {
        for (std::size_t x = 0; x < sizes.width; ++x) {
          const double part = overlap(y, to_y, sizes.to_height, sizes.height) *
                              overlap(x, to_x, sizes.to_width, sizes.width);
          area += part;
          sum += part * src[(y * sizes.width + x) * sizes.channels + c];
        }
      }
      EXPECT_LE(std::abs(dst[i] - sum / area), 0.5 + 1e-9) << i << " of " << dst.size();
    }
  }
}

TEST(AreaMean, WhiteStaysWhiteHoweverLarge) {
  const Case sizes{100'000, 33, 3, 2, 1};
  EXPECT_THAT(shrunk(sizes, std::vector<std::uint8_t>(sizes.height * sizes.width, 255)),
              testing::Each(255));
}

}  // namespace
}  // namespace weft
