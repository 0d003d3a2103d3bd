#include "image/photo_steps.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "image/plane.hpp"
#include "weft/error.hpp"

namespace weft {
namespace {

using ::testing::Each;
using Bytes = std::vector<std::uint8_t>;

// A plain photo with a box of another colour in it.
Picture boxed(std::size_t height, std::size_t width, std::array<std::uint8_t, 3> outside,
              std::array<std::uint8_t, 3> inside, std::size_t top, std::size_t left,
              std::size_t bottom, std::size_t right) {
  Picture picture{height, width, 3, {}};
  for (std::size_t i = 0; i < height * width; ++i) {
    const std::size_t y = i / width, x = i % width;
    const bool in = y >= top && y < bottom && x >= left && x < right;
    picture.pixels.insert(picture.pixels.end(), (in ? inside : outside).begin(),
                          (in ? inside : outside).end());
  }
  return picture;
}

Bytes converted(const Picture& photo, const PhotoSteps& steps, const Shape& input = {1, 28, 28}) {
  Bytes dst(input.elements(), 77);
  convert(photo, steps, input, dst);
  return dst;
}

TEST(PhotoSteps, AreReadAndWritten) {
  for (const PhotoSteps& steps : {authors_steps(), catalogue_steps(), plain_steps()}) {
    EXPECT_EQ(parse_photo_steps(text_of(steps)), steps);
  }
  EXPECT_EQ(text_of(catalogue_steps()), "product, trim, fit, centre, negate, grey");
  EXPECT_EQ(text_of(parse_photo_steps(" fit ,centre,  grey")), "fit, centre, grey");
}

TEST(PhotoSteps, ThatAreWrongAreRefused) {
  for (const char* wrong : {"", "fit", "centre, fit", "fit, fit, centre", "trim, centre",
                            "fit, centre,", "fit, centre, blur", "Fit, centre"}) {
    EXPECT_THROW(parse_photo_steps(wrong), Error) << wrong;
  }
}

// The authors' way: a blue box of 40 x 20 pixels on white becomes one of 28 x 14, negated.
TEST(PhotoSteps, MakeACataloguePictureAsTheAuthorsDid) {
  const Picture photo = boxed(100, 80, {255, 255, 255}, {0, 0, 255}, 30, 20, 70, 40);
  const Bytes picture = converted(photo, parse_photo_steps("trim, fit, centre, negate, grey"));
  const auto grey = static_cast<std::uint8_t>(255 - 0.114 * 255 + 0.5);
  for (std::size_t y = 0; y < 28; ++y) {
    for (std::size_t x = 0; x < 28; ++x) {
      EXPECT_EQ(picture[y * 28 + x], x >= 7 && x < 21 ? grey : 0) << y << " " << x;
    }
  }
}

TEST(PhotoSteps, FindTheProductBeforeTrimming) {
  // The light falls off, so that the corners say nothing.
  Picture photo = boxed(120, 120, {210, 180, 150}, {40, 60, 120}, 30, 40, 100, 75);
  for (std::size_t i = 0; i < photo.pixels.size(); ++i) {
    photo.pixels[i] = static_cast<std::uint8_t>(photo.pixels[i] - i / 3 % 120 / 3);
  }
  const Bytes picture =
      converted(photo, parse_photo_steps("product, trim, fit, centre, negate, grey"));
  const auto row = std::span(picture).subspan(14 * 28, 28);
  EXPECT_THAT(row.first(6), Each(0));
  EXPECT_THAT(row.last(6), Each(0));
  EXPECT_THAT(row.subspan(8, 12), Each(::testing::Gt(150)));
  EXPECT_GT(picture[2 * 28 + 14], 150);
  EXPECT_GT(picture[25 * 28 + 14], 150);
}

TEST(PhotoSteps, SharpenAddsTheDifferenceFromABlur) {
  const Picture photo{3, 3, 1, {100, 100, 100, 100, 140, 100, 100, 100, 100}};
  const Bytes picture = converted(photo, parse_photo_steps("fit, sharpen, centre"), Shape{1, 3, 3});
  const double middle = 1 - 2 * 0.27406862;
  EXPECT_NEAR(picture[4], 140 + 40 * (1 - middle * middle), 0.51);
  EXPECT_NEAR(picture[1], 100 - 40 * middle * 0.27406862, 0.51);
}

TEST(PhotoSteps, PlainKeepsProportionsAndColours) {
  const Picture photo = boxed(20, 40, {10, 20, 30}, {200, 100, 50}, 5, 10, 15, 30);
  const Bytes picture = converted(photo, plain_steps(), {3, 16, 16});
  EXPECT_EQ(picture[0], 10);
  EXPECT_EQ(picture[256], 20);
  EXPECT_EQ(picture[512], 30);
  EXPECT_EQ(picture[8 * 16 + 8], 200);
  EXPECT_EQ(picture[512 + 8 * 16 + 8], 50);
  const Bytes grey = converted(photo, plain_steps(), {1, 16, 16});
  EXPECT_EQ(grey[0], static_cast<std::uint8_t>(0.299 * 10 + 0.587 * 20 + 0.114 * 30 + 0.5));
}

TEST(PhotoSteps, ShowWhatEachOfThemDid) {
  std::vector<std::string> names;
  Bytes dst(784);
  const Picture photo = boxed(60, 40, {255, 255, 255}, {30, 30, 30}, 10, 10, 50, 30);
  convert(photo, catalogue_steps(), {1, 28, 28}, dst, [&](PhotoStep step, const Picture& picture) {
    names.emplace_back(name_of(step));
    if (step == PhotoStep::centre) {
      EXPECT_EQ(picture.height, 28U);
      EXPECT_EQ(picture.width, 28U);
    }
  });
  EXPECT_THAT(names, ::testing::ElementsAre("product", "trim", "fit", "centre", "negate", "grey"));
}

TEST(PhotoSteps, TakePicturesOfAnyShape) {
  for (const auto& [height, width] : {std::pair{1, 1}, {1, 3000}, {3000, 1}, {2, 3}, {29, 27}}) {
    for (const std::size_t channels : {1U, 3U}) {
      const auto h = static_cast<std::size_t>(height), w = static_cast<std::size_t>(width);
      const Picture photo{h, w, channels, Bytes(h * w * channels, 90)};
      for (const PhotoSteps& steps : {authors_steps(), catalogue_steps(), plain_steps()}) {
        EXPECT_EQ(converted(photo, steps).size(), 784U);
        EXPECT_EQ(converted(photo, steps, {3, 32, 20}).size(), 1920U);
      }
    }
  }
}

TEST(PhotoSteps, RefuseOtherShapes) {
  Bytes dst(784);
  EXPECT_THROW(convert({2, 2, 3, Bytes(12)}, plain_steps(), {2, 14, 28}, dst), Error);
  EXPECT_THROW(convert({2, 2, 3, Bytes(12)}, plain_steps(), {1, 28, 27}, dst), Error);
  EXPECT_THROW(convert({2, 2, 3, Bytes(11)}, plain_steps(), {1, 28, 28}, dst), Error);
  EXPECT_THROW(convert({0, 2, 3, {}}, plain_steps(), {1, 28, 28}, dst), Error);
}

}  // namespace
}  // namespace weft
