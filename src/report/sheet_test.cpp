#include "report/sheet.hpp"

#include <gtest/gtest.h>

#include <string>

#include "weft/error.hpp"

namespace weft {
namespace {

using nlohmann::ordered_json;

TEST(ReportSheet, TakesAPictureOnceAndNoMoreThanFit) {
  const Tensor images(DataType::u8, {9, 1, 2, 3});
  PictureSheet sheet(images, 3 * 6);
  EXPECT_EQ(sheet.add(5), 0U);
  EXPECT_EQ(sheet.add(7), 1U);
  EXPECT_EQ(sheet.add(5), 0U);
  EXPECT_EQ(sheet.add(1), 2U);
  EXPECT_EQ(sheet.add(2), std::nullopt);
  const ordered_json json = sheet.as_json();
  EXPECT_EQ(json["count"], 3);
  EXPECT_EQ(json["columns"], 2);
  EXPECT_TRUE(json["png"].get<std::string>().starts_with("iVBORw0KGgo"));
}

TEST(ReportSheet, MakesLargePicturesSmaller) {
  const Tensor images(DataType::u8, {2, 3, 100, 200});
  PictureSheet sheet(images);
  EXPECT_EQ(sheet.add(1), 0U);
  const ordered_json json = sheet.as_json();
  EXPECT_EQ(json["width"], 64);
  EXPECT_EQ(json["height"], 32);
}

TEST(ReportSheet, RefusesWhatIsNoPicture) {
  const Tensor images(DataType::u8, {2, 4, 3, 3});
  EXPECT_THROW(PictureSheet{images}, Error);
}

}  // namespace
}  // namespace weft
