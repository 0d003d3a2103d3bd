#include "explore/occlusion.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace weft {
namespace {

// Class 0 is what is bright in one pixel, class 1 the opposite; other pixels mean nothing.
Model pixel_model(const Shape& input, std::size_t pixel) {
  Model model;
  model.network = "dense 2 nobias";
  model.class_names = {"bright", "dark"};
  model.input = input;
  model.scaler = {ScalerKind::unit, {}, {}};
  model.training = "{}";
  Tensor weight(DataType::f32, {2, input.elements()});
  weight.as<float>()[pixel] = 4;
  weight.as<float>()[input.elements() + pixel] = -4;
  model.weights.push_back({"layers.0.weight", std::move(weight)});
  return model;
}

TEST(Occlusion, TellsThePixelThatMatters) {
  for (const Shape& input : {Shape{1, 10, 12}, Shape{3, 10, 12}, Shape{1, 60, 10}}) {
    const std::size_t plane = input[1] * input[2], y = 5, x = 7;
    const std::size_t pixel = (input[0] - 1) * plane + y * input[2] + x;
    Predictor predictor(pixel_model(input, pixel), 1);
    std::vector<std::uint8_t> picture(input.elements(), 0);
    picture[pixel] = 255;
    const OcclusionMap map = occlusion(predictor, picture, input, 0);
    EXPECT_EQ(map.side, 2U);
    ASSERT_EQ(map.drop.size(), plane);
    // Hidden, it is background like all else: nothing is for either class.
    const float before = 1 / (1 + std::exp(-8.0F));
    EXPECT_NEAR(map.largest, before - 0.5F, 1e-5F);
    EXPECT_EQ(std::ranges::max_element(map.drop) - map.drop.begin(),
              static_cast<std::ptrdiff_t>(y * input[2] + x));
    EXPECT_EQ(map.drop[0], 0);
    EXPECT_EQ(map.drop[plane - 1], 0);
    // Of the other class the probability grows.
    const OcclusionMap other = occlusion(predictor, picture, input, 1);
    EXPECT_EQ(other.largest, 0);
    EXPECT_LT(*std::ranges::min_element(other.drop), -0.4F);
  }
}

TEST(Occlusion, TheSmallestPictureIsHiddenWhole) {
  const Shape input{1, 1, 1};
  Predictor predictor(pixel_model(input, 0), 1);
  const std::vector<std::uint8_t> picture{255};
  const OcclusionMap map = occlusion(predictor, picture, input, 0);
  EXPECT_EQ(map.side, 1U);
  EXPECT_EQ(map.drop.at(0), 0);  // its border is all of it
}

}  // namespace
}  // namespace weft
