#include "report/map.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "weft/error.hpp"

namespace weft {
namespace {

using nlohmann::ordered_json;

// n pictures of 28 x 28 pixels, all of class 0.
LabelledImages pictures(std::size_t n) {
  return {Tensor(DataType::u8, {n, 1, 28, 28}), std::vector<Label>(n)};
}

TEST(ReportMap, PointsHaveFiveDigits) {
  const LabelledImages rows = pictures(3);
  const std::vector<float> x{0, 1.2345678F, 90}, y{-0.00123456F, 0, 0.00123456F};
  const ordered_json map = as_json(MapPoints{rows, x, y, {}, {}, {}});
  EXPECT_EQ(map["x"].dump(), "[0.0,1.235,90.0]");
  EXPECT_EQ(map["y"].dump(), "[-0.0012346,0.0,0.0012346]");
  EXPECT_EQ(map["label"], ordered_json({0, 0, 0}));
  EXPECT_FALSE(map.contains("answer"));
}

TEST(ReportMap, PicturesAreMadeAsSmallAsTheirNumberDemands) {
  const LabelledImages rows = pictures(5000);
  const std::vector<float> place(5000);
  const ordered_json map = as_json(MapPoints{rows, place, place, {}, {}, {}}, 5000 * 100);
  ASSERT_EQ(map["pictures"]["sheets"].size(), 2U);
  EXPECT_EQ(map["pictures"]["per_sheet"], 4096);
  EXPECT_EQ(map["pictures"]["sheets"][0]["count"], 4096);
  EXPECT_EQ(map["pictures"]["sheets"][1]["count"], 5000 - 4096);
  EXPECT_EQ(map["pictures"]["sheets"][1]["width"], 10);
  EXPECT_FALSE(as_json(MapPoints{rows, place, place, {}, {}, {}}, 5000).contains("pictures"));
}

TEST(ReportMap, RefusesWhatDoesNotFit) {
  const LabelledImages rows = pictures(2);
  const std::vector<float> one(1), two(2), far{0, std::numeric_limits<float>::infinity()};
  const std::vector<Label> answers(1);
  EXPECT_THROW(as_json(MapPoints{rows, one, two, {}, {}, {}}), Error);
  EXPECT_THROW(as_json(MapPoints{rows, two, far, {}, {}, {}}), Error);
  EXPECT_THROW(as_json(MapPoints{rows, two, two, {}, answers, {}}), Error);
}

}  // namespace
}  // namespace weft
