#include "model/hidden.hpp"

#include <gtest/gtest.h>

#include "base/test_folder.hpp"
#include "compare.hpp"
#include "weft/predictor.hpp"

namespace weft {
namespace {

using testing::all_close;

Tensor filled(const Shape& shape, float first) {
  Tensor tensor(DataType::f32, shape);
  for (float& value : tensor.as<float>()) value = first = -0.9F * first + 0.1F;
  return tensor;
}

Model two_layers(std::size_t members) {
  Model model;
  model.network = "dense 5, relu, dense 3 nobias";
  model.class_names = {"a", "b", "c"};
  model.input = {1, 4, 4};
  model.scaler = {ScalerKind::unit, {}, {}};
  model.training = "{}";
  model.members = members;
  for (std::size_t m = 0; m < members; ++m) {
    const std::string prefix = members == 1 ? "" : "members." + std::to_string(m) + ".";
    const float first = 0.3F + static_cast<float>(m);
    model.weights.push_back({prefix + "layers.0.weight", filled({5, 16}, first)});
    model.weights.push_back({prefix + "layers.0.bias", filled({5}, -first)});
    model.weights.push_back({prefix + "layers.2.weight", filled({3, 5}, 2 * first)});
  }
  return model;
}

Tensor some_pictures() {
  Tensor images(DataType::u8, {7, 1, 4, 4});
  std::uint8_t value = 3;
  for (std::uint8_t& pixel : images.as<std::uint8_t>()) {
    pixel = value = static_cast<std::uint8_t>(value * 37 + 11);
  }
  return images;
}

TEST(HiddenValues, TimesTheLastLayerAreTheLogits) {
  for (const std::size_t members : {1, 2}) {
    const Model model = two_layers(members);
    const Tensor images = some_pictures();
    const Tensor hidden = hidden_values(model, images, 1);
    ASSERT_EQ(hidden.shape(), (Shape{7, 5 * members}));
    const Tensor logits = Predictor(model, 1).logits(images);
    std::vector<float> made;
    for (std::size_t m = 0; m < members; ++m) {
      const auto weights = model.weights[3 * m + 2].value.as<float>();
      for (std::size_t i = 0; i < 7; ++i) {
        for (std::size_t c = 0; c < 3; ++c) {
          float sum = 0;
          for (std::size_t h = 0; h < 5; ++h) {
            sum += weights[c * 5 + h] * hidden.as<float>()[i * 5 * members + m * 5 + h];
          }
          made.push_back(sum);
        }
      }
    }
    EXPECT_TRUE(all_close(made, logits.as<float>(), 1e-5, 1e-5));
  }
}

TEST(HiddenValues, AreNotThereInALinearModel) {
  Model model = two_layers(1);
  model.network = "dense 3";
  model.weights.clear();
  model.weights.push_back({"layers.0.weight", filled({3, 16}, 1)});
  model.weights.push_back({"layers.0.bias", filled({3}, 1)});
  test::expect_error(ErrorCode::usage, {"dense 3", "pixels"},
                     [&] { hidden_values(model, some_pictures(), 1); });
  test::expect_error(ErrorCode::usage, {"2x1x4x5", "1x4x4"}, [&] {
    hidden_values(two_layers(1), Tensor(DataType::u8, {2, 1, 4, 5}), 1);
  });
}

}  // namespace
}  // namespace weft
