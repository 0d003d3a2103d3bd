#include "report/page_map.hpp"

#include <gtest/gtest.h>

#include "weft/error.hpp"

namespace weft {
namespace {

LabelledImages made(std::size_t n) {
  LabelledImages rows;
  rows.images = Tensor(DataType::u8, {n, 1, 2, 3});
  const auto bytes = rows.images.as<std::uint8_t>();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(i / 6 % 2 * 180 + i * 7 % 31);
  }
  for (std::size_t i = 0; i < n; ++i) rows.labels.push_back(static_cast<Label>(i % 2));
  return rows;
}

TEST(PageMap, TakesPicturesFromAllOver) {
  const LabelledImages rows = made(60);
  std::vector<std::uint32_t> index;
  std::vector<Label> answers;
  for (std::uint32_t i = 0; i < 60; ++i) {
    index.push_back(1000 + i);
    answers.push_back(static_cast<Label>(i % 3 == 0 ? 1 : 0));
  }
  const auto map = page_map(rows, index, answers, pixels_of, {20, 50}, 1);
  ASSERT_EQ(map["x"].size(), 20U);
  EXPECT_EQ(map["y"].size(), 20U);
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_EQ(map["index"][i], 1000 + 3 * i);
    EXPECT_EQ(map["label"][i], 3 * i % 2);
    EXPECT_EQ(map["answer"][i], 1);
  }
}

TEST(PageMap, OfFewIsOfAllAndOfHardlyAnyNone) {
  const LabelledImages few = made(12), hardly = made(9);
  const auto map = page_map(few, {}, {}, pixels_of, {20, 50}, 1);
  ASSERT_EQ(map["x"].size(), 12U);
  EXPECT_TRUE(page_map(hardly, {}, {}, pixels_of, {20, 50}, 1).is_null());
  const auto of_others = [&](const Tensor&) { return pixels_of(hardly.images); };
  EXPECT_THROW(page_map(few, {}, {}, of_others, {20, 50}, 1), Error);
}

TEST(PageMap, PixelsAreFromNoughtToOne) {
  Tensor images(DataType::u8, {2, 1, 1, 2});
  const auto bytes = images.as<std::uint8_t>();
  bytes[0] = 0;
  bytes[1] = 255;
  bytes[2] = 51;
  bytes[3] = 102;
  const Tensor features = pixels_of(images);
  EXPECT_EQ(features.shape(), (Shape{2, 2}));
  const auto values = features.as<float>();
  EXPECT_EQ(std::vector<float>(values.begin(), values.end()),
            (std::vector<float>{0, 1, 0.2F, 0.4F}));
}

}  // namespace
}  // namespace weft
