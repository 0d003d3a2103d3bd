#include "explore/scatter.hpp"

#include <set>

#include "base/test_folder.hpp"

namespace weft {
namespace {

LabelledImages pictures_of(const std::vector<Label>& labels) {
  LabelledImages pictures{Tensor(DataType::u8, {labels.size(), 1, 4, 4}), labels};
  for (std::uint8_t& pixel : pictures.images.as<std::uint8_t>()) pixel = 77;
  return pictures;
}

Colour at(const Picture& picture, std::size_t x, std::size_t y) {
  const auto* pixel = picture.pixels.data() + 3 * (y * picture.width + x);
  return {pixel[0], pixel[1], pixel[2]};
}

TEST(Scatter, DrawsPointsWhereTheyAre) {
  // x to the right, y upwards: 40 of 400 pixels are the margins together with a quarter each.
  const std::vector<float> places{0, 0, 10, 10, 0, 10};
  const Picture picture = scatter(places, pictures_of({0, 1, 0}), 2, 400);
  EXPECT_EQ(picture.height, 400U);
  EXPECT_GT(picture.width, 400U);
  const auto like = [](const Colour& got, const Colour& colour) {
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(got[c], colour[c], 45);
  };
  like(at(picture, 10, 390), class_colour(0));
  like(at(picture, 390, 10), class_colour(1));
  like(at(picture, 10, 10), class_colour(0));
  EXPECT_EQ(at(picture, 390, 390), (Colour{255, 255, 255}));
  EXPECT_EQ(at(picture, 200, 200), (Colour{255, 255, 255}));
  // The key: each class's colour, and a picture of it.
  EXPECT_EQ(at(picture, 400 + 12 + 5, 20), class_colour(0));
  EXPECT_EQ(at(picture, 400 + 12 + 5, 20 + 96), class_colour(1));
  EXPECT_EQ(at(picture, 400 + 12 + 28 + 12 + 20, 20), (Colour{77, 77, 77}));
}

TEST(Scatter, NeedsNoLabelsAndNoSpread) {
  LabelledImages pictures = pictures_of({0, 0});
  pictures.labels.clear();
  const Picture picture = scatter(std::vector<float>{3, 3, 3, 3}, pictures, 0, 100);
  EXPECT_EQ(picture.width, 100U);
  EXPECT_NE(at(picture, 50, 50), (Colour{255, 255, 255}));
  test::expect_error(ErrorCode::usage, {"2 numbers", "2 pictures"}, [&] {
    scatter(std::vector<float>{3, 3}, pictures, 0, 100);
  });
}

TEST(Scatter, ColoursDiffer) {
  std::set<Colour> seen;
  for (std::size_t label = 0; label < 60; ++label) seen.insert(class_colour(label));
  EXPECT_EQ(seen.size(), 60U);
  EXPECT_EQ(hexadecimal({1, 171, 255}), "#01abff");
}

}  // namespace
}  // namespace weft
