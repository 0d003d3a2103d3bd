#include "report/results.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <vector>

#include "evaluate/metrics.hpp"
#include "evaluate/reliability.hpp"
#include "kernels/select.hpp"
#include "report/sheet.hpp"

namespace weft {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kMistakes = 24, kSamples = 15, kOfACell = 24, kAllClasses = 20,
                      kFewClasses = 10;

// A probability with the digits that can be seen.
double rounded(double value) {
  return std::round(value * 1e4) / 1e4;
}

// Everything the sections take their pictures from.
class Answered {
 public:
  Answered(const ReportedPart& part, std::span<const float> probabilities, std::size_t classes)
      : part_(part),
        probabilities_(probabilities),
        classes_(classes),
        sheet_(part.rows.images),
        answers_(most_probable(probabilities, classes)) {}

  std::size_t size() const { return answers_.size(); }
  Label truth(std::size_t i) const { return part_.rows.labels[i]; }
  Label answer(std::size_t i) const { return answers_[i]; }
  std::span<const Label> answers() const { return answers_; }
  float probability(std::size_t i) const { return row(i)[answers_[i]]; }

  // The item that shows this row; null where the page has no room for its picture.
  ordered_json item(std::size_t i) {
    const auto known = items_.find(i);
    if (known != items_.end()) return known->second;
    const std::optional<std::size_t> place = sheet_.add(i);
    if (!place) return nullptr;
    ordered_json one{{"place", *place},
                     {"index", part_.index[i]},
                     {"truth", truth(i)},
                     {"answer", answer(i)},
                     {"probability", rounded(static_cast<double>(probability(i)))},
                     {"probabilities", shown_probabilities(i)}};
    if (!part_.rows.files.empty()) one["file"] = part_.rows.files[i];
    list_.push_back(std::move(one));
    items_.emplace(i, list_.size() - 1);
    return list_.size() - 1;
  }

  template <class Row>
  ordered_json items(const std::vector<Row>& rows) {
    ordered_json found = ordered_json::array();
    for (const Row i : rows) {
      ordered_json one = item(i);
      if (!one.is_null()) found.push_back(std::move(one));
    }
    return found;
  }

  const ordered_json& list() const { return list_; }
  ordered_json sheet() const { return sheet_.as_json(); }

 private:
  std::span<const float> row(std::size_t i) const {
    return probabilities_.subspan(i * classes_, classes_);
  }

  // [[class, probability], ...]: of all classes in their order, or of the most probable of many.
  ordered_json shown_probabilities(std::size_t i) const {
    std::vector<std::size_t> order(classes_);
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (classes_ > kAllClasses) {
      std::ranges::partial_sort(order, order.begin() + kFewClasses, std::greater<>(),
                                [&](std::size_t c) { return row(i)[c]; });
      order.resize(kFewClasses);
    }
    ordered_json pairs = ordered_json::array();
    for (const std::size_t c : order) {
      pairs.push_back({c, rounded(static_cast<double>(row(i)[c]))});
    }
    return pairs;
  }

  const ReportedPart& part_;
  std::span<const float> probabilities_;
  std::size_t classes_;
  PictureSheet sheet_;
  std::vector<Label> answers_;
  std::map<std::size_t, std::size_t> items_;
  ordered_json list_ = ordered_json::array();
};

// Evenly from the whole part: photos often come class by class.
ordered_json samples(Answered& answered) {
  const std::size_t count = std::min(kSamples, answered.size());
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < count; ++i) rows.push_back(i * answered.size() / count);
  return answered.items(rows);
}

struct Cell {
  Label truth = 0, answer = 0;
  std::vector<std::size_t> rows;  // the surest first
  ordered_json items = ordered_json::array();
};

// Every cell of the confusion matrix that is not empty, with pictures as long as there is room:
// each cell's first, then each cell's second, and so on, so that none goes without.
ordered_json cells(Answered& answered) {
  std::map<std::pair<Label, Label>, Cell> found;
  for (std::size_t i = 0; i < answered.size(); ++i) {
    Cell& cell = found[{answered.truth(i), answered.answer(i)}];
    cell.truth = answered.truth(i);
    cell.answer = answered.answer(i);
    cell.rows.push_back(i);
  }
  for (auto& [pair, cell] : found) {
    std::ranges::stable_sort(cell.rows, std::greater<>(),
                             [&](std::size_t i) { return answered.probability(i); });
  }
  for (std::size_t place = 0; place < kOfACell; ++place) {
    for (auto& [pair, cell] : found) {
      // What is right is alike: half as many of it.
      if (place >= cell.rows.size() || (cell.truth == cell.answer && place >= kOfACell / 2))
        continue;
      ordered_json one = answered.item(cell.rows[place]);
      if (!one.is_null()) cell.items.push_back(std::move(one));
    }
  }
  ordered_json list = ordered_json::array();
  for (auto& [pair, cell] : found) {
    list.push_back({{"truth", cell.truth},
                    {"answer", cell.answer},
                    {"count", cell.rows.size()},
                    {"items", std::move(cell.items)}});
  }
  return list;
}

ordered_json as_json(const Interval& interval) {
  return {interval.low, interval.high};
}

ordered_json as_json(const ClassMetrics& m) {
  return {{"precision", m.precision}, {"recall", m.recall}, {"f1", m.f1}, {"support", m.support}};
}

ordered_json per_class(const Metrics& metrics) {
  ordered_json classes = ordered_json::array();
  for (std::size_t c = 0; c < metrics.per_class.size(); ++c) {
    const ClassMetrics& one = metrics.per_class[c];
    ordered_json entry = as_json(one);
    entry["recall_interval"] =
        as_json(wilson_interval(metrics.confusion_matrix[c][c], one.support));
    classes.push_back(std::move(entry));
  }
  return classes;
}

ordered_json as_json(const Reliability& bins) {
  ordered_json list = ordered_json::array();
  for (const ReliabilityBin& bin : bins) {
    const auto count = static_cast<double>(std::max<std::size_t>(bin.count, 1));
    list.push_back({{"count", bin.count},
                    {"confidence", bin.confidence_sum / count},
                    {"accuracy", static_cast<double>(bin.right) / count}});
  }
  return {{"error", calibration_error(bins)}, {"bins", list}};
}

}  // namespace

Tensor answers_at(const Tensor& logits, double temperature) {
  const std::size_t ways = logits.shape()[0], n = logits.shape()[1], classes = logits.shape()[2];
  const Kernels<float>& kernels = select_kernels(Precision::f32);
  Tensor result(DataType::f32, {n, classes});
  const auto mean = result.as<float>();
  std::vector<float> values(n * classes);
  const float share = 1 / static_cast<float>(ways);
  for (std::size_t way = 0; way < ways; ++way) {
    const auto from = logits.as<float>().subspan(way * n * classes, n * classes);
    std::ranges::transform(from, values.begin(),
                           [&](float value) { return value / static_cast<float>(temperature); });
    kernels.softmax(n, classes, values.data(), values.data());
    for (std::size_t i = 0; i < values.size(); ++i) mean[i] += share * values[i];
  }
  return result;
}

PartAnswers answers_of(Predictor& predictor, const Model& model, const Tensor& images) {
  constexpr std::size_t kAtATime = 4096;
  const std::size_t n = images.rows(), classes = model.class_names.size();
  PartAnswers answers{Tensor(DataType::f32, {n, classes}), std::nullopt};
  if (model.temperature != 1) answers.raw.emplace(DataType::f32, Shape{n, classes});
  for (std::size_t begin = 0; begin < n; begin += kAtATime) {
    std::vector<std::uint32_t> rows(std::min(kAtATime, n - begin));
    std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(begin));
    const Tensor logits = predictor.logits(gather_rows(images, rows));
    const auto put = [&](double temperature, Tensor& to) {
      std::ranges::copy(answers_at(logits, temperature).as<float>(),
                        to.as<float>().begin() + static_cast<std::ptrdiff_t>(begin * classes));
    };
    put(model.temperature, answers.calibrated);
    if (answers.raw) put(1, *answers.raw);
  }
  return answers;
}

std::vector<std::uint32_t> surest_mistakes(std::span<const Label> labels,
                                           std::span<const Label> answers,
                                           std::span<const float> probabilities) {
  std::vector<std::uint32_t> wrong;
  for (std::uint32_t i = 0; i < labels.size(); ++i) {
    if (answers[i] != labels[i]) wrong.push_back(i);
  }
  std::ranges::stable_sort(wrong, std::greater<>(), [&](std::uint32_t i) {
    return probabilities[i * (probabilities.size() / labels.size()) + answers[i]];
  });
  wrong.resize(std::min(wrong.size(), kMistakes));
  return wrong;
}

ordered_json results(const Model& model, const ReportedPart& part, const PartAnswers& answers) {
  const std::size_t classes = model.class_names.size();
  const auto probabilities = answers.calibrated.as<float>();
  const std::vector<Label>& labels = part.rows.labels;
  const Metrics metrics = measure(probabilities, classes, labels);
  Answered answered(part, probabilities, classes);

  ordered_json document{{"part", {{"name", part.name}, {"why", part.why}}},
                        {"n", metrics.n},
                        {"accuracy", metrics.accuracy},
                        {"accuracy_interval", as_json(metrics.accuracy_interval)},
                        {"top3_accuracy", metrics.top3_accuracy},
                        {"log_loss", metrics.log_loss},
                        {"brier_score", metrics.brier_score},
                        {"calibration_error", metrics.calibration_error},
                        {"per_class", per_class(metrics)},
                        {"macro_average", as_json(metrics.macro_average)},
                        {"weighted_average", as_json(metrics.weighted_average)}};
  ordered_json calibration{{"temperature", model.temperature},
                           {"after", as_json(reliability(probabilities, classes, labels))}};
  if (answers.raw) {
    calibration["before"] = as_json(reliability(answers.raw->as<float>(), classes, labels));
  }
  document["reliability"] = std::move(calibration);
  document["mistakes"] = answered.items(surest_mistakes(labels, answered.answers(), probabilities));
  document["samples"] = samples(answered);
  document["cells"] = cells(answered);
  document["items"] = answered.list();
  document["sheet"] = answered.sheet();
  return document;
}

}  // namespace weft
