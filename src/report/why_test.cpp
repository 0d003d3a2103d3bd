#include "report/why.hpp"

#include <gtest/gtest.h>

#include "weft/error.hpp"

namespace weft {
namespace {

// Three classes: the first, second or third row of a picture of 3 x 4 pixels is light.
Model rows_model() {
  Model model;
  model.network = "dense 3 nobias";
  model.class_names = {"top", "middle", "bottom"};
  model.input = {1, 3, 4};
  model.scaler = {ScalerKind::unit, {}, {}};
  Tensor weights(DataType::f32, {3, 12});
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t x = 0; x < 4; ++x) weights.as<float>()[c * 12 + c * 4 + x] = 1;
  }
  model.weights.push_back({"layers.0.weight", std::move(weights)});
  return model;
}

LabelledImages rows_of(std::size_t n) {
  LabelledImages part{Tensor(DataType::u8, {n, 1, 3, 4}), {}};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t x = 0; x < 4; ++x) {
      part.images.as<std::uint8_t>()[i * 12 + i % 3 * 4 + x] =
          static_cast<std::uint8_t>(150 + i % 100);
    }
    part.labels.push_back(static_cast<Label>(i % 3));
  }
  return part;
}

TEST(ReportWhy, ShowsTheTrainingPicturesMostAlike) {
  const LabelledImages shown = rows_of(9), train = rows_of(60);
  const std::vector<std::uint32_t> chosen{7, 2};
  const auto found =
      why(rows_model(), shown, chosen, std::vector<Label>{0, 1, 2, 0, 1, 2, 0, 1, 2}, &train, 1);
  ASSERT_EQ(found["items"].size(), 2U);
  EXPECT_EQ(found["of"], 60);
  EXPECT_EQ(found["heat"]["count"], 2);
  EXPECT_EQ(found["near"]["count"], 6);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(found["items"][i]["heat"], i);
    ASSERT_EQ(found["items"][i]["near"].size(), 3U);
    for (std::size_t k = 0; k < 3; ++k) {
      EXPECT_EQ(found["items"][i]["near"][k]["place"], 3 * i + k);
      EXPECT_EQ(found["items"][i]["near"][k]["label"], i == 0 ? 1 : 2);
    }
  }
}

TEST(ReportWhy, NeedsNoTrainingPictures) {
  const LabelledImages shown = rows_of(3);
  const auto found = why(rows_model(), shown, std::vector<std::uint32_t>{1},
                         std::vector<Label>{0, 0, 0}, nullptr, 1);
  EXPECT_FALSE(found.contains("near"));
  EXPECT_FALSE(found["items"][0].contains("near"));
  EXPECT_TRUE(why(rows_model(), shown, {}, std::vector<Label>{0, 0, 0}, nullptr, 1).is_null());
  EXPECT_THROW(why(rows_model(), shown, {}, std::vector<Label>{0}, nullptr, 1), Error);
}

}  // namespace
}  // namespace weft
