#include "report/article_report.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "article/expected.hpp"
#include "base/version.hpp"
#include "report/sheet.hpp"
#include "weft/classifier.hpp"

namespace weft {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kProducts = 30, kPredictions = 15;

ordered_json first_picture(const LabelledImages& part) {
  const Shape& shape = part.images.shape();
  const auto pixels = part.images.as<std::uint8_t>().first(part.images.row_elements());
  return {{"height", shape[2]},
          {"width", shape[3]},
          {"label", part.labels.front()},
          {"values", std::vector<int>(pixels.begin(), pixels.end())}};
}

ordered_json products(const LabelledImages& part) {
  PictureSheet sheet(part.images);
  ordered_json items = ordered_json::array();
  for (std::size_t i = 0; i < std::min(kProducts, part.size()); ++i) {
    items.push_back({{"place", *sheet.add(i)}, {"label", part.labels[i]}});
  }
  return {{"sheet", sheet.as_json()}, {"items", std::move(items)}};
}

// s and its slope on [-10, 10].
ordered_json sigmoid() {
  ordered_json z = ordered_json::array(), value = z, slope = z;
  for (int i = -40; i <= 40; ++i) {
    const double s = 1 / (1 + std::exp(-i / 4.0));
    z.push_back(i / 4.0);
    value.push_back(s);
    slope.push_back(s * (1 - s));
  }
  return {{"z", z}, {"value", value}, {"slope", slope}};
}

ordered_json predictions(const ClassifierResult& result) {
  PictureSheet sheet(result.test.images);
  const std::size_t classes = result.test_probabilities.row_elements();
  ordered_json items = ordered_json::array();
  for (std::size_t i = 0; i < std::min(kPredictions, result.test.size()); ++i) {
    const auto row = result.test_probabilities.as<double>().subspan(i * classes, classes);
    const auto best = static_cast<std::size_t>(std::ranges::max_element(row) - row.begin());
    ordered_json pairs = ordered_json::array();
    for (std::size_t c = 0; c < classes; ++c) pairs.push_back({c, std::round(row[c] * 1e4) / 1e4});
    items.push_back({{"place", *sheet.add(i)},
                     {"index", i},
                     {"truth", result.test.labels[i]},
                     {"answer", best},
                     {"probability", row[best]},
                     {"probabilities", std::move(pairs)}});
  }
  return {{"sheet", sheet.as_json()}, {"items", std::move(items)}};
}

ordered_json run_json(const ArticleRun& run) {
  const ExpectedAccuracy expected = expected_accuracy(run.scaled);
  return {{"scaled", run.scaled},
          {"epochs", run.result.error_by_epoch.size()},
          {"error_by_epoch", run.result.error_by_epoch},
          {"train_accuracy", run.result.train_accuracy},
          {"test_accuracy", run.result.test_accuracy},
          {"seconds", run.result.seconds},
          {"article", {expected.article_train, expected.article_test}},
          {"numpy", {expected.numpy_train, expected.numpy_test}},
          {"predictions", predictions(run.result)}};
}

}  // namespace

ordered_json article_report(const Dataset& data, const XorResult& learned_xor,
                            const std::vector<ArticleRun>& runs, ordered_json map) {
  ordered_json list = ordered_json::array();
  for (const ArticleRun& run : runs) list.push_back(run_json(run));
  ordered_json document{
      {"kind", "article"},
      {"version", version()},
      {"heading", "The article"},
      {"title", "Pictures of products and a small network"},
      {"subtitle",
       "Every figure of the article that weft grew from, drawn from what came out here."},
      {"classes", data.class_names},
      {"count", data.train.size()},
      {"picture", first_picture(data.train)},
      {"products", products(data.train)},
      {"softmax",
       {{"input", kSoftmaxInput}, {"expected", kExpectedSoftmax}, {"got", softmax(kSoftmaxInput)}}},
      {"sigmoid", sigmoid()},
      {"xor",
       {{"every", 5000},
        {"error_sums", learned_xor.error_sums},
        {"expected", kExpectedXor},
        {"predictions", learned_xor.predictions}}},
      {"runs", std::move(list)}};
  if (!map.is_null()) document["map"] = std::move(map);
  return document;
}

}  // namespace weft
