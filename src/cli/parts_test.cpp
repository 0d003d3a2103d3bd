#include "cli/parts.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "cli/classes.hpp"
#include "model/test_files.hpp"

namespace weft::cli {
namespace {

using ::testing::ElementsAre;

// `count` pictures of one pixel, whose value is `first` and on, in two classes.
LabelledImages pixels(std::size_t count, std::uint8_t first, bool labelled = true) {
  LabelledImages part{Tensor(DataType::u8, {count, 1, 1, 1}), {}};
  for (std::size_t i = 0; i < count; ++i) {
    part.images.as<std::uint8_t>()[i] = static_cast<std::uint8_t>(first + i);
    if (labelled) part.labels.push_back(static_cast<Label>(i % 2));
  }
  return part;
}

Dataset whole(std::size_t count, bool labelled = true) {
  Dataset data;
  data.name = "one";
  data.class_names = {"a", "b"};
  data.whole = true;
  data.train = pixels(count, 0, labelled);
  return data;
}

std::vector<int> values(const Part& part) {
  const auto pixel = part.rows.images.as<std::uint8_t>();
  return {pixel.begin(), pixel.end()};
}

std::optional<TrainedOn> trained(const LabelledImages& on, std::size_t val_size = 4) {
  return TrainedOn{digest(on), val_size, 9};
}

TEST(CliParts, TestComesFirst) {
  Dataset data = whole(6);
  data.whole = false;
  data.val = pixels(2, 100);
  data.test = pixels(3, 200);
  EXPECT_EQ(take_part(std::move(data), "", {}).name, "test");
  data = whole(6);
  data.whole = false;
  data.val = pixels(2, 100);
  const Part val = take_part(std::move(data), "", {});
  EXPECT_EQ(val.name, "val");
  EXPECT_THAT(values(val), ElementsAre(100, 101));
}

TEST(CliParts, WholeDataThatTheModelKnowsGivesWhatWasHeldOut) {
  const LabelledImages same = pixels(20, 0);
  const Split split = stratified_split(same.labels, 4, 9);
  const Part val = take_part(whole(20), "", trained(same));
  EXPECT_EQ(val.name, "val");
  EXPECT_EQ(val.index, split.held_out);
  EXPECT_EQ(val.rows.labels.size(), 4U);
  EXPECT_EQ(val.rows.labels[0], same.labels[val.index[0]]);
  EXPECT_EQ(values(val)[0], static_cast<int>(val.index[0]));
  EXPECT_EQ(take_part(whole(20), "val", trained(same)).index, split.held_out);
  EXPECT_EQ(take_part(whole(20), "train", trained(same)).index, split.train);
  EXPECT_EQ(take_part(whole(20), "all", trained(same)).rows.size(), 20U);
}

TEST(CliParts, OtherWholeDataIsTakenWhole) {
  const auto other = trained(pixels(20, 1));
  EXPECT_EQ(take_part(whole(20), "", other).name, "all");
  EXPECT_EQ(take_part(whole(20), "", {}).rows.size(), 20U);
  expect_error(ErrorCode::bad_input, "trained on other data (digest ",
               [&] { take_part(whole(20), "val", other); });
  expect_error(ErrorCode::bad_input, "no train part",
               [&] { take_part(whole(20), "train", other); });
  expect_error(ErrorCode::bad_input, "it has no parts",
               [&] { take_part(whole(20), "test", other); });
  expect_error(ErrorCode::bad_input, "nothing held out",
               [&] { take_part(whole(20), "val", trained(pixels(20, 0), 0)); });
  // More held out than there are rows: a record that nobody has vouched for.
  expect_error(ErrorCode::bad_input, "no val part",
               [&] { take_part(whole(20), "val", trained(pixels(20, 0), 20)); });
}

TEST(CliParts, WithoutLabels) {
  const Part part = take_part(whole(5, false), "", trained(pixels(5, 0), 1));
  EXPECT_EQ(part.name, "all");
  EXPECT_EQ(part.rows.size(), 5U);
  EXPECT_TRUE(part.rows.labels.empty());
}

TEST(CliParts, AllPutsPartsOneAfterAnother) {
  Dataset data = whole(2);
  data.whole = false;
  data.val = pixels(1, 50);
  data.test = pixels(2, 90);
  const Part part = take_part(std::move(data), "all", {});
  EXPECT_THAT(values(part), ElementsAre(0, 1, 50, 90, 91));
  EXPECT_THAT(part.rows.labels, ElementsAre(0, 1, 0, 0, 1));
  EXPECT_THAT(part.index, ElementsAre(0, 1, 2, 3, 4));
}

TEST(CliParts, TrainingRecordsAreNotTrusted) {
  Model model;
  for (const char* text :
       {"{}", "[]", "nonsense", R"({"data_digest": 1, "seed": 0, "val_size": 2})",
        R"({"data_digest": "x", "seed": -1, "val_size": 2})",
        R"({"data_digest": "x", "seed": 1, "val_size": 2.5})"}) {
    model.training = text;
    EXPECT_FALSE(trained_on(model)) << text;
  }
  model.training = R"({"data_digest": "x", "seed": 1, "val_size": 2})";
  ASSERT_TRUE(trained_on(model));
  EXPECT_EQ(trained_on(model)->val_size, 2U);
}

TEST(CliClasses, ByName) {
  Model model;
  model.class_names = {"c", "a", "b"};
  Dataset data;
  data.class_names = {"a", "b"};
  EXPECT_THAT(labels_for(model, data, {0, 1, 1}), ElementsAre(1, 2, 2));
  data.class_names = {"a", "x", "y"};
  expect_error(ErrorCode::bad_input, "\"x\", \"y\", which the model does not know",
               [&] { labels_for(model, data, {0}); });
  EXPECT_THAT(names_for(model, data), ElementsAre("a", "x", "y"));
}

TEST(CliClasses, ByNumberWhereTheDataHasNoNames) {
  Model model;
  model.class_names = {"c", "a", "b"};
  Dataset data;
  data.class_names = {"0", "1"};
  data.numbered = true;
  EXPECT_THAT(labels_for(model, data, {0, 1}), ElementsAre(0, 1));
  EXPECT_THAT(names_for(model, data), ElementsAre("c", "a"));
  data.class_names = {"0", "1", "2", "3"};
  expect_error(ErrorCode::bad_input, "does not know", [&] { labels_for(model, data, {0}); });
  model.class_names = {"2", "1", "0"};  // numbers are names too
  data.class_names = {"0", "1", "2"};
  EXPECT_THAT(labels_for(model, data, {0, 2}), ElementsAre(2, 0));
}

}  // namespace
}  // namespace weft::cli
