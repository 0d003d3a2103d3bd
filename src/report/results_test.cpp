#include "report/results.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "report/layer.hpp"
#include "report/run_report.hpp"
#include "report/sheet.hpp"
#include "weft/error.hpp"

namespace weft {
namespace {

using nlohmann::ordered_json;

// n pictures of 2 x 3 pixels in three classes, 0, 1, 2, 0 ...
LabelledImages pictures(std::size_t n) {
  LabelledImages part{Tensor(DataType::u8, {n, 1, 2, 3}), {}};
  for (std::size_t i = 0; i < n; ++i) part.labels.push_back(static_cast<Label>(i % 3));
  return part;
}

// Sure of class (i + shift) mod 3 for every fourth row, else of the true one; less sure of later
// rows.
Tensor logits(std::size_t n, std::size_t ways = 1) {
  Tensor values(DataType::f32, {ways, n, 3});
  for (std::size_t i = 0; i < ways * n; ++i) {
    const std::size_t row = i % n;
    values.as<float>()[i * 3 + (row + (row % 4 == 0 ? 1 : 0)) % 3] =
        4 - static_cast<float>(row) / static_cast<float>(n);
  }
  return values;
}

struct Reported {
  explicit Reported(std::size_t n) : rows(pictures(n)), index(n) {
    for (std::size_t i = 0; i < n; ++i) index[i] = static_cast<std::uint32_t>(100 + i);
    model.class_names = {"a", "b", "c"};
    model.temperature = 2;
  }
  ordered_json json() {
    return results(model, {"val", "held out", rows, index}, logits(rows.size()));
  }

  LabelledImages rows;
  std::vector<std::uint32_t> index;
  Model model;
};

TEST(ReportResults, CellsCountEveryPictureOnce) {
  Reported reported(120);
  const ordered_json found = reported.json();
  EXPECT_EQ(found["n"], 120);
  EXPECT_DOUBLE_EQ(found["accuracy"], 0.75);
  std::size_t all = 0, right = 0;
  for (const ordered_json& cell : found["cells"]) {
    all += cell["count"].get<std::size_t>();
    if (cell["truth"] == cell["answer"]) right += cell["count"].get<std::size_t>();
    EXPECT_LE(cell["items"].size(), 24U);
    EXPECT_GT(cell["items"].size(), 0U);
    for (const ordered_json& i : cell["items"]) {
      const ordered_json& item = found["items"][i.get<std::size_t>()];
      EXPECT_EQ(item["truth"], cell["truth"]);
      EXPECT_EQ(item["answer"], cell["answer"]);
    }
  }
  EXPECT_EQ(all, 120U);
  EXPECT_EQ(right, 90U);
}

TEST(ReportResults, MistakesAreWrongAndTheSurestComesFirst) {
  Reported reported(120);
  const ordered_json found = reported.json();
  ASSERT_EQ(found["mistakes"].size(), 24U);
  double last = 1;
  for (const ordered_json& i : found["mistakes"]) {
    const ordered_json& item = found["items"][i.get<std::size_t>()];
    EXPECT_NE(item["truth"], item["answer"]);
    EXPECT_LE(item["probability"].get<double>(), last);
    last = item["probability"];
  }
  EXPECT_EQ(found["items"][found["mistakes"][0].get<std::size_t>()]["index"], 100);
}

TEST(ReportResults, ReliabilityIsThereBeforeAndAfterCalibration) {
  Reported reported(120);
  ordered_json found = reported.json();
  for (const char* when : {"before", "after"}) {
    std::size_t count = 0;
    ASSERT_EQ(found["reliability"][when]["bins"].size(), 15U);
    for (const ordered_json& bin : found["reliability"][when]["bins"]) {
      count += bin["count"].get<std::size_t>();
    }
    EXPECT_EQ(count, 120U);
  }
  EXPECT_NE(found["reliability"]["before"], found["reliability"]["after"]);
  EXPECT_DOUBLE_EQ(found["reliability"]["after"]["error"], found["calibration_error"]);
  reported.model.temperature = 1;
  EXPECT_FALSE(reported.json()["reliability"].contains("before"));
}

TEST(ReportResults, AnswersAreTheMeanOfTheWays) {
  const Tensor one = answers_at(logits(8), 2), three = answers_at(logits(8, 3), 2);
  for (std::size_t i = 0; i < 24; ++i) EXPECT_NEAR(one.as<float>()[i], three.as<float>()[i], 1e-6);
  const double top = std::exp(2.0) / (std::exp(2.0) + 2);  // logits 4, 0, 0 at temperature 2
  EXPECT_NEAR(one.as<float>()[1], top, 1e-6);
}

TEST(ReportSheet, TakesAPictureOnceAndNoMoreThanFit) {
  const LabelledImages part = pictures(9);
  PictureSheet sheet(part.images, 3 * 6);
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

TEST(ReportLayer, ADenseLayerIsPicturesOfTheInput) {
  Model model;
  model.input = {1, 2, 2};
  model.weights.push_back({"layers.0.weight", Tensor(DataType::f32, {3, 4})});
  std::ranges::copy(std::vector<float>{0.5F, -1, 0, 2}, model.weights[0].value.as<float>().begin());
  const ordered_json layer = first_layer(model);
  EXPECT_EQ(layer["count"], 3);
  EXPECT_EQ(layer["height"], 2);
  // 32, -64 (from -63.5), 0, 127 and eight zeros.
  EXPECT_EQ(layer["values"], "IMAAfwAAAAAAAAAA");
}

TEST(ReportLayer, FiltersOverOtherChannelsAreShownOneByOne) {
  Model model;
  model.input = {2, 5, 5};
  model.weights.push_back({"layers.0.weight", Tensor(DataType::f32, {4, 2, 3, 3})});
  EXPECT_EQ(first_layer(model)["shown"], 8);
  EXPECT_EQ(first_layer(model)["channels"], 1);
}

TEST(ReportLayer, NothingWhereTheFirstWeightsAreNotOverThePicture) {
  Model model;
  model.input = {1, 2, 2};
  EXPECT_TRUE(first_layer(model).is_null());
  model.weights.push_back({"layers.0.weight", Tensor(DataType::f32, {3, 5})});
  EXPECT_TRUE(first_layer(model).is_null());
}

TEST(ReportRun, WhatIsNotANumberIsNull) {
  RunReport report;
  report.history.push_back({{.epoch = 0, .loss = 1}, std::nan(""), 0.5});
  report.no_results = "nothing was held out";
  const ordered_json json = as_json(report, nullptr);
  EXPECT_EQ(json["history"]["epoch"][0], 1);
  EXPECT_TRUE(json["history"]["val_loss"][0].is_null());
  EXPECT_EQ(json["history"]["val_accuracy"][0], 0.5);
  EXPECT_EQ(json["no_results"], "nothing was held out");
  EXPECT_FALSE(json.contains("results"));
  EXPECT_FALSE(json.contains("repeat"));
}

}  // namespace
}  // namespace weft
