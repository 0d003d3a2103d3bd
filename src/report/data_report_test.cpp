#include "report/data_report.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "weft/error.hpp"

namespace weft {
namespace {

using nlohmann::ordered_json;

// Pictures of 8 x 8 pixels whose values grow in one of four ways, so that no two kinds are alike.
void draw(std::span<std::uint8_t> picture, std::size_t kind) {
  for (std::size_t i = 0; i < 64; ++i) {
    const std::size_t x = i % 8, y = i / 8;
    const std::size_t ways[] = {x, 7 - x, y, 7 - y};
    picture[i] = static_cast<std::uint8_t>(30 * ways[kind % 4]);
  }
}

LabelledImages part(const std::vector<std::size_t>& kinds, const std::vector<Label>& labels) {
  LabelledImages made{Tensor(DataType::u8, {kinds.size(), 1, 8, 8}), labels};
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    draw(made.images.as<std::uint8_t>().subspan(64 * i, 64), kinds[i]);
  }
  return made;
}

Dataset data() {
  Dataset made;
  made.name = "made";
  made.class_names = {"a", "b", "c"};
  made.train = part({0, 1, 0}, {0, 1, 0});
  made.test = part({2, 1, 0}, {1, 1, 1});
  return made;
}

TEST(DataReport, CountsEveryPart) {
  const ordered_json page = data_report(data(), nullptr);
  EXPECT_EQ(page["kind"], "data");
  ASSERT_EQ(page["parts"].size(), 2U);
  EXPECT_EQ(page["parts"][0]["per_class"], ordered_json({2, 1, 0}));
  EXPECT_EQ(page["parts"][1]["per_class"], ordered_json({0, 3, 0}));
  EXPECT_EQ(page["size"], "8 x 8 pixels, grey");
  EXPECT_FALSE(page.contains("map"));
  EXPECT_EQ(data_report(data(), {{"x", {1}}})["map"]["x"][0], 1);
}

TEST(DataReport, AClassWithoutPicturesHasNoMean) {
  const ordered_json pictures = data_report(data(), nullptr)["pictures"];
  EXPECT_EQ(pictures["means"], ordered_json({0, 1, nullptr}));
  EXPECT_EQ(pictures["samples"][0].size(), 2U);
  EXPECT_TRUE(pictures["samples"][2].empty());
  EXPECT_EQ(pictures["sheet"]["count"], 3);
}

TEST(DataReport, FindsWhatStandsInBothPartsAndTheMostTellingFirst) {
  const ordered_json found = data_report(data(), nullptr)["duplicates"];
  EXPECT_EQ(found["total"], 2);
  EXPECT_EQ(found["equal"], 2);
  EXPECT_EQ(found["labels_differ"], 1);
  ASSERT_EQ(found["pairs"].size(), 2U);
  EXPECT_EQ(found["pairs"][0]["second"]["index"], 2);
  EXPECT_EQ(found["pairs"][0]["first"]["label"], 0);
  EXPECT_EQ(found["pairs"][0]["second"]["label"], 1);
  EXPECT_EQ(found["pairs"][1]["equal"], true);
}

TEST(DataReport, OnePartHasNoDuplicatesAndNoLabelsAreRefused) {
  Dataset one = data();
  one.test = {};
  EXPECT_FALSE(data_report(one, nullptr).contains("duplicates"));
  one.train.labels.clear();
  EXPECT_THROW(data_report(one, nullptr), Error);
}

}  // namespace
}  // namespace weft
