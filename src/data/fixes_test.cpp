#include "data/fixes.hpp"

#include <gmock/gmock.h>

#include "base/digest.hpp"
#include "data/test_formats.hpp"

namespace weft {
namespace {

using test::expect_error;
using ::testing::ElementsAre;

const std::vector<std::string> kNames{"Bag", "Shirt, long", "Coat"};

// Six pictures of one pixel, their number, of the classes 0, 1, 2, 0, 1, 2.
LabelledImages six() {
  LabelledImages train{Tensor(DataType::u8, {6, 1, 1, 1}), {0, 1, 2, 0, 1, 2}};
  for (std::uint8_t i = 0; i < 6; ++i) train.images.as<std::uint8_t>()[i] = i;
  return train;
}

Fixes parsed(const std::string& text, const LabelledImages& train = six()) {
  return parse_fixes(test::bytes_of(text), "fixes.csv", train, kNames);
}

std::vector<std::uint8_t> pixels(const LabelledImages& part) {
  const auto bytes = part.images.as<std::uint8_t>();
  return {bytes.begin(), bytes.end()};
}

TEST(Fixes, AreReadInAnyOrder) {
  const std::string text = "# data " + digest(six()) +
                           "\n# by hand\nIndex,label,why\n4,,blurred\n0,\"Shirt, long\",\n2,Bag\n";
  const Fixes fixes = parsed(text);
  ASSERT_EQ(fixes.list.size(), 3U);
  EXPECT_EQ(fixes.list[0].index, 0U);
  EXPECT_EQ(fixes.list[0].label, std::optional<Label>(1));
  EXPECT_EQ(fixes.list[1].label, std::optional<Label>(0));
  EXPECT_EQ(fixes.list[2].index, 4U);
  EXPECT_FALSE(fixes.list[2].label);
  EXPECT_EQ(fixes.relabelled(), 2U);
  EXPECT_EQ(fixes.left_out(), 1U);
  EXPECT_EQ(fixes.sha256, sha256(text.data(), text.size()));
}

TEST(Fixes, ChangeLabelsAndLeaveOut) {
  const Fixes fixes = parsed("index,label\n0,Coat\n4,\n5,Bag\n");
  LabelledImages all = six();
  apply_fixes(fixes, {}, all);
  EXPECT_THAT(all.labels, ElementsAre(2, 1, 2, 0, 0));
  EXPECT_THAT(pixels(all), ElementsAre(0, 1, 2, 3, 5));
  // A part of them, by their numbers.
  const std::vector<std::uint32_t> rows{1, 4, 5};
  LabelledImages part = gather(six(), rows);
  apply_fixes(fixes, rows, part);
  EXPECT_THAT(part.labels, ElementsAre(1, 0));
  EXPECT_THAT(pixels(part), ElementsAre(1, 5));
}

TEST(Fixes, NoneChangeNothing) {
  LabelledImages all = six();
  apply_fixes(parsed("index,label\n"), {}, all);
  EXPECT_EQ(digest(all), digest(six()));
}

// Photos may be made to another size.
TEST(Fixes, OfPhotosAreBoundByTheirFilesAndLabels) {
  LabelledImages photos = six(), larger = six(), other = six();
  larger.images = Tensor(DataType::u8, {6, 1, 2, 2});
  for (LabelledImages* train : {&photos, &larger, &other}) {
    train->files = {"a/0.jpg", "b/1.jpg", "c/2.jpg", "a/3.jpg", "b/4.jpg", "c/5.jpg"};
  }
  const std::string text = "# data " + fixes_digest(photos) + "\nindex,label\n1,Bag\n";
  EXPECT_EQ(parsed(text, larger).list.size(), 1U);
  other.files[5] = "c/6.jpg";
  expect_error(ErrorCode::bad_input, {"other data"}, [&] { parsed(text, other); });
  other.files = photos.files;
  other.labels[0] = 2;
  expect_error(ErrorCode::bad_input, {"other data"}, [&] { parsed(text, other); });
}

TEST(Fixes, WhatIsWrongIsTold) {
  const auto refused = [](const std::string& text, const std::vector<std::string>& parts) {
    expect_error(ErrorCode::bad_input, parts, [&] { parsed(text); });
  };
  refused("", {"fixes.csv", "no header"});
  refused("# only words\n", {"no header"});
  refused("17,Bag\n", {"row 1", "index,label"});
  refused("index,label\n6,Bag\n", {"row 2", "\"6\"", "0 to 5"});
  refused("index,label\n-1,Bag\n", {"\"-1\""});
  refused("index,label\n1.0,Bag\n", {"\"1.0\""});
  refused("index,label\n,Bag\n", {"row 2"});
  refused("index,label\n1\n", {"row 2", "one column"});
  refused("index,label\n1,bag\n", {"\"bag\"", "no class", "\"Coat\""});
  refused("index,label\n1,Bag\n2,Bag\n1,Coat\n", {"rows 2 and 4", "picture 1"});
  refused("# data 00ff\nindex,label\n", {"row 1", "other data"});
  refused("index,label\n1,\"Bag\n", {"quotation mark"});
  expect_error(ErrorCode::bad_input, {"no labelled training part"},
               [] { parsed("index,label\n", {}); });
}

}  // namespace
}  // namespace weft
