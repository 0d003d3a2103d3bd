#include "image/photo_steps.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "weft/error.hpp"

namespace weft {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;

using Bytes = std::vector<std::uint8_t>;

Bytes fitted(const Picture& picture, const Shape& input) {
  Bytes dst(input.elements(), 99);
  convert(picture, plain_steps(), input, dst);
  return dst;
}

Picture grey(std::size_t height, std::size_t width, Bytes pixels) {
  return {height, width, 1, std::move(pixels)};
}

// Some picture without symmetries.
Picture some(std::size_t height, std::size_t width, std::size_t channels) {
  Picture picture{height, width, channels, Bytes(height * width * channels)};
  for (std::size_t i = 0; i < picture.pixels.size(); ++i) {
    picture.pixels[i] = static_cast<std::uint8_t>(i * i * 31 % 251);
  }
  return picture;
}

// The mean over what a pixel of the result covers, straight from the definition.
double mean_over(const Picture& picture, std::size_t channel, double top, double left, double rows,
                 double columns) {
  double sum = 0;
  for (std::size_t y = 0; y < picture.height; ++y) {
    for (std::size_t x = 0; x < picture.width; ++x) {
      const auto shared = [](double at, double begin, double size) {
        return std::max(0.0, std::min(at + 1, begin + size) - std::max(at, begin));
      };
      sum += shared(static_cast<double>(y), top, rows) *
             shared(static_cast<double>(x), left, columns) *
             picture.pixels[(y * picture.width + x) * picture.channels + channel];
    }
  }
  return sum / (rows * columns);
}

TEST(PlainSteps, WhatFitsStaysAsItIs) {
  const Picture picture = grey(2, 3, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(fitted(picture, {1, 2, 3}), ElementsAreArray(picture.pixels));
  EXPECT_THAT(fitted({1, 2, 3, {1, 2, 3, 4, 5, 6}}, {3, 1, 2}), ElementsAre(1, 4, 2, 5, 3, 6));
}

TEST(PlainSteps, BecomesSmallerByMeansOfAreas) {
  EXPECT_THAT(fitted(grey(2, 4, {0, 10, 20, 30, 40, 50, 60, 70}), {1, 1, 2}), ElementsAre(25, 45));
  struct Case {
    std::size_t height, width, to_height, to_width;
  };
  for (const auto& [height, width, to_height, to_width] :
       {Case{7, 7, 5, 5}, Case{64, 64, 5, 5}, Case{50, 100, 2, 4}, Case{9, 6, 3, 2}}) {
    const Picture picture = some(height, width, 3);
    const Bytes result = fitted(picture, {3, to_height, to_width});
    const double rows = static_cast<double>(height) / static_cast<double>(to_height);
    const double columns = static_cast<double>(width) / static_cast<double>(to_width);
    for (std::size_t i = 0; i < result.size(); ++i) {
      const std::size_t c = i / (to_height * to_width), y = i / to_width % to_height;
      const std::size_t x = i % to_width;
      const double expected = mean_over(picture, c, static_cast<double>(y) * rows,
                                        static_cast<double>(x) * columns, rows, columns);
      ASSERT_NEAR(result[i], expected, 0.51) << height << " x " << width << " at " << i;
    }
  }
}

TEST(PlainSteps, BecomesLargerAlongStraightLines) {
  // Centres at 0.5 and 1.5 of 2: the new ones at 0.25, 0.75, 1.25, 1.75.
  EXPECT_THAT(fitted(grey(1, 2, {0, 100}), {1, 1, 4}), ElementsAre(0, 0, 100, 0))
      << "there is no room to grow";
  const Bytes result = fitted(grey(2, 2, {0, 100, 0, 100}), {1, 4, 4});
  for (std::size_t y = 0; y < 4; ++y) {
    EXPECT_THAT(Bytes(result.begin() + static_cast<std::ptrdiff_t>(y * 4),
                      result.begin() + static_cast<std::ptrdiff_t>(y * 4 + 4)),
                ElementsAre(0, 25, 75, 100));
  }
}

TEST(PlainSteps, ProportionsAreKeptAndTheRestIsBackground) {
  // A bar, twice as high as wide, whose border is 200 but for one pixel.
  Picture bar = grey(8, 4, Bytes(32, 200));
  bar.pixels[0] = 0;
  for (std::size_t y = 2; y < 6; ++y) bar.pixels[y * 4 + 1] = bar.pixels[y * 4 + 2] = 20;
  const Bytes result = fitted(bar, {1, 8, 8});
  for (std::size_t y = 0; y < 8; ++y) {
    for (const std::size_t x : {0, 1, 6, 7}) EXPECT_EQ(result[y * 8 + x], 200) << y << ", " << x;
    for (std::size_t x = 0; x < 4; ++x) EXPECT_EQ(result[y * 8 + 2 + x], bar.pixels[y * 4 + x]);
  }
  // Ten times as wide as high: one row is left, and the background of each channel its own.
  Picture line{2, 20, 3, {}};
  for (std::size_t i = 0; i < 40; ++i) line.pixels.insert(line.pixels.end(), {10, 20, 30});
  const Bytes thin = fitted(line, {3, 9, 9});
  for (std::size_t i = 0; i < thin.size(); ++i) EXPECT_EQ(thin[i], 10 * (i / 81 + 1));
}

TEST(PlainSteps, ColourBecomesGreyByLuminanceAndGreyIsRepeated) {
  const Picture red{1, 1, 3, {255, 0, 0}}, green{1, 1, 3, {0, 255, 0}}, blue{1, 1, 3, {0, 0, 255}};
  EXPECT_THAT(fitted(red, {1, 1, 1}), ElementsAre(76));
  EXPECT_THAT(fitted(green, {1, 1, 1}), ElementsAre(150));
  EXPECT_THAT(fitted(blue, {1, 1, 1}), ElementsAre(29));
  EXPECT_THAT(fitted(grey(1, 1, {7}), {3, 1, 1}), ElementsAre(7, 7, 7));
  EXPECT_THAT(fitted({4, 4, 3, Bytes(48, 255)}, {1, 3, 5}), Each(255)) << "white stays white";
}

TEST(PlainSteps, AnyPictureFitsIntoAnySize) {
  for (const std::size_t height : {1, 2, 31, 200}) {
    for (const std::size_t width : {1, 3, 64, 333}) {
      for (const std::size_t side : {1, 8, 33}) {
        const Bytes result =
            fitted({height, width, 3, Bytes(height * width * 3, 77)}, {3, side, side});
        EXPECT_THAT(result, Each(77)) << height << " x " << width << " to " << side;
      }
    }
  }
}

TEST(PlainSteps, RefusesWhatIsNoPicture) {
  Bytes dst(12);
  const Picture picture = some(2, 2, 3);
  EXPECT_THROW(convert(picture, plain_steps(), {2, 2, 2}, std::span(dst).first(8)), Error);
  EXPECT_THROW(convert(picture, plain_steps(), {3, 2, 2}, std::span(dst).first(11)), Error);
  EXPECT_THROW(convert(picture, plain_steps(), {3, 4}, dst), Error);
  EXPECT_THROW(convert({0, 2, 3, {}}, plain_steps(), {3, 2, 2}, dst), Error);
  EXPECT_THROW(convert({2, 2, 3, Bytes(11)}, plain_steps(), {3, 2, 2}, dst), Error);
  EXPECT_THROW(convert({2, 2, 2, Bytes(8)}, plain_steps(), {3, 2, 2}, dst), Error);
}

}  // namespace
}  // namespace weft
