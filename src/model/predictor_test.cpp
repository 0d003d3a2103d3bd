#include "weft/predictor.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "data/rows.hpp"

namespace weft {
namespace {

Model linear_model(float first) {
  Model model;
  model.network = "dense 3 nobias";
  model.class_names = {"a", "b", "c"};
  model.input = {1, 4, 4};
  model.scaler = {ScalerKind::unit, {}, {}};
  model.training = "{}";
  Tensor weight(DataType::f32, {3, 16});
  for (float& value : weight.as<float>()) value = first = -0.9F * first + 0.1F;
  model.weights.push_back({"layers.0.weight", std::move(weight)});
  return model;
}

Tensor some_pictures() {
  Tensor images(DataType::u8, {5, 1, 4, 4});
  std::uint8_t value = 3;
  for (std::uint8_t& pixel : images.as<std::uint8_t>()) {
    pixel = value = static_cast<std::uint8_t>(value * 37 + 11);
  }
  return images;
}

std::vector<float> answers(const Model& model, const Tensor& images) {
  const Tensor probabilities = Predictor(model, 1).probabilities(images);
  const auto values = probabilities.as<float>();
  return {values.begin(), values.end()};
}

void expect_mean(const std::vector<float>& got, const std::vector<std::vector<float>>& of) {
  for (std::size_t i = 0; i < got.size(); ++i) {
    float sum = 0;
    for (const auto& values : of) sum += values[i];
    EXPECT_NEAR(got[i], sum / static_cast<float>(of.size()), 1e-6F);
  }
}

TEST(Predictor, AveragesOverViews) {
  Model model = linear_model(0.5F);
  const Tensor images = some_pictures();
  std::vector<std::vector<float>> seen;
  for (const Placement& placement :
       {Placement{}, Placement{.dx = -1, .dy = -1}, Placement{.dx = 1, .dy = 1},
        Placement{.mirror = true}, Placement{.mirror = true, .dx = -1, .dy = -1},
        Placement{.mirror = true, .dx = 1, .dy = 1}}) {
    Tensor moved(DataType::u8, images.shape());
    for (std::size_t i = 0; i < images.rows(); ++i) {
      place({1, 4, 4}, placement, true, images.as<std::uint8_t>().data() + 16 * i,
            moved.as<std::uint8_t>().data() + 16 * i);
    }
    seen.push_back(answers(model, moved));
  }
  EXPECT_NE(seen[0], seen[3]);
  model.views = parse_views("mirror, shift 1 reflect");
  expect_mean(answers(model, images), seen);
}

TEST(Predictor, ViewsBendTonesBehindWhatTheyMove) {
  Model model = linear_model(0.5F);
  const Tensor images = some_pictures();
  const Placement moved{.mirror = true, .dx = 1, .dy = -2};
  Tensor seen(DataType::u8, images.shape());
  for (std::size_t i = 0; i < images.rows(); ++i) {
    std::uint8_t* picture = seen.as<std::uint8_t>().data() + 16 * i;
    place({1, 4, 4}, moved, false, images.as<std::uint8_t>().data() + 16 * i, picture);
    for (std::size_t at = 0; at < 16; ++at) picture[at] = bent_tones(0.5)[picture[at]];
  }
  const auto want = answers(model, seen);
  model.views = {{.mirror = true, .right = 1, .down = -2, .gamma = 0.5}};
  EXPECT_EQ(answers(model, images), want);
}

TEST(Predictor, AveragesOverMembers) {
  const Model one = linear_model(0.5F), other = linear_model(-2);
  Model both = linear_model(0);
  both.members = 2;
  both.weights.clear();
  for (const auto& [prefix, member] : {std::pair{"members.0.", &one}, {"members.1.", &other}}) {
    Tensor weight(DataType::f32, {3, 16});
    std::ranges::copy(member->weights[0].value.as<float>(), weight.as<float>().begin());
    both.weights.push_back({std::string(prefix) + "layers.0.weight", std::move(weight)});
  }
  const Tensor images = some_pictures();
  expect_mean(answers(both, images), {answers(one, images), answers(other, images)});
}

}  // namespace
}  // namespace weft
