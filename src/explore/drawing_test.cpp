#include "explore/drawing.hpp"

#include "base/test_folder.hpp"

namespace weft {
namespace {

using testing::ElementsAre;

TEST(Drawing, InputsBecomePictures) {
  const std::vector<std::uint8_t> input{1, 2, 3, 4, 5, 6};
  EXPECT_THAT(picture_of(input, {3, 1, 2}).pixels, ElementsAre(1, 3, 5, 2, 4, 6));
  EXPECT_THAT(picture_of(input, {1, 2, 3}).pixels, ElementsAre(1, 2, 3, 4, 5, 6));
  test::expect_error(ErrorCode::usage, {"2x1x3"}, [&] { picture_of(input, {2, 1, 3}); });
  EXPECT_THAT(in_colour({1, 2, 1, {7, 8}}).pixels, ElementsAre(7, 7, 7, 8, 8, 8));
}

TEST(Drawing, LargePixelsStaySharp) {
  const Picture large = enlarged({1, 2, 1, {7, 8}}, 2);
  EXPECT_EQ(large.height, 2U);
  EXPECT_THAT(large.pixels, ElementsAre(7, 7, 8, 8, 7, 7, 8, 8));
  const Picture fits = fitted_into({2, 1, 1, {0, 200}}, 7);
  EXPECT_EQ(fits.height, 6U);  // whole squares
  EXPECT_EQ(fits.width, 3U);
  EXPECT_EQ(fits.pixels[0], 0);
  EXPECT_EQ(fits.pixels[8], 0);
  EXPECT_EQ(fits.pixels[9], 200);
  const Picture small = fitted_into({4, 8, 1, std::vector<std::uint8_t>(32, 9)}, 4);
  EXPECT_EQ(small.height, 2U);
  EXPECT_EQ(small.width, 4U);
}

TEST(Drawing, HeatIsRedWhereItMattersAndBlueWhereItHinders) {
  const Picture input{1, 3, 1, {100, 100, 100}};
  OcclusionMap map{.side = 1, .height = 1, .width = 3, .drop = {0, 0.5F, -0.25F}, .largest = 0.5F};
  const Picture drawn = heat(input, map);
  EXPECT_THAT(std::vector(drawn.pixels.begin(), drawn.pixels.begin() + 3),
              ElementsAre(100, 100, 100));
  EXPECT_GT(drawn.pixels[3], 200);
  EXPECT_LT(drawn.pixels[5], 50);
  EXPECT_GT(drawn.pixels[8], 150);
  EXPECT_LT(drawn.pixels[6], 100);
  EXPECT_THAT(heat_alone(map).pixels, ElementsAre(0, 255, 0));
  // What hardly counts hardly shows.
  map.drop = {0.0001F, 0, 0};
  EXPECT_NEAR(heat(input, map).pixels[0], 100, 1);
  map.width = 2;
  test::expect_error(ErrorCode::usage, {"1 x 2"}, [&] { heat(input, map); });
}

TEST(Drawing, SaliencyIsDrawnWithItsNeighbours) {
  const Picture input{1, 4, 1, {100, 100, 100, 100}};
  const SaliencyMap map{.height = 1, .width = 4, .share = {0.6F, 0, 0, -0.2F}};
  // Means: 0.3, 0.2, -0.067, -0.1.
  EXPECT_THAT(heat_alone(map).pixels, ElementsAre(255, 170, 0, 0));
  const Picture drawn = heat(input, map);
  EXPECT_GT(drawn.pixels[0], 200);
  EXPECT_LT(drawn.pixels[9], 100);
  EXPECT_GT(drawn.pixels[11], 130);
  const SaliencyMap hardly{.height = 1, .width = 4, .share = {1e-5F, 0, 0, 0}};
  EXPECT_NEAR(heat(input, hardly).pixels[0], 100, 1);
}

TEST(Drawing, PanelsHaveRows) {
  const Picture black{2, 1, 1, {0, 0}}, grey{1, 1, 1, {90}};
  const Picture drawn = panel({{black, grey}, {grey}}, 4);
  EXPECT_EQ(drawn.height, 11U);
  EXPECT_EQ(drawn.width, 11U);
  ASSERT_EQ(drawn.pixels.size(), 3U * 121);
  const auto at = [&](std::size_t y, std::size_t x) { return int{drawn.pixels[3 * (y * 11 + x)]}; };
  EXPECT_EQ(at(0, 0), 255);
  EXPECT_EQ(at(1, 1), 255);  // beside the narrow one
  EXPECT_EQ(at(1, 2), 0);
  EXPECT_EQ(at(4, 3), 0);
  EXPECT_EQ(at(1, 6), 90);
  EXPECT_EQ(at(6, 1), 90);
  EXPECT_EQ(at(6, 6), 255);
}

}  // namespace
}  // namespace weft
