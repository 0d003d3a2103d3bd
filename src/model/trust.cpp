#include "model/trust.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/error.hpp"
#include "model/sets.hpp"
#include "weft/predictor.hpp"

namespace weft {
namespace {

// More pictures change the temperature by less than its own uncertainty.
constexpr std::size_t kMostPictures = 5000;

// What is known before any picture is seen, that the network's own confidence is right, weighs as
// much as so many pictures: a few that are all right would else say that it always is.
constexpr double kPriorPictures = 10;

struct Answers {
  double right = 0, confidence = 0;  // their number, and the sum of the most probable classes'
};

Answers answers_at(double temperature, const Tensor& logits, std::span<const Label> labels) {
  const std::size_t ways = logits.shape()[0], n = logits.shape()[1], classes = logits.shape()[2];
  const auto values = logits.as<float>();
  Answers answers;
  std::vector<double> mean(classes), of_way(classes);
  for (std::size_t i = 0; i < n; ++i) {
    std::ranges::fill(mean, 0.0);
    for (std::size_t way = 0; way < ways; ++way) {
      const auto row = values.subspan((way * n + i) * classes, classes);
      const auto largest = static_cast<double>(std::ranges::max(row));
      double sum = 0;
      for (std::size_t c = 0; c < classes; ++c) {
        of_way[c] = std::exp((static_cast<double>(row[c]) - largest) / temperature);
        sum += of_way[c];
      }
      for (std::size_t c = 0; c < classes; ++c) mean[c] += of_way[c] / sum;
    }
    const auto best = std::ranges::max_element(mean);
    answers.right += best - mean.begin() == labels[i] ? 1 : 0;
    answers.confidence += *best / static_cast<double>(ways);
  }
  return answers;
}

}  // namespace

double fit_temperature(const Tensor& logits, std::span<const Label> labels) {
  if (logits.shape().rank() != 3 || logits.elements() == 0 || logits.shape()[1] != labels.size()) {
    fail(ErrorCode::usage, "temperature: logits of shape {} for {} labels: {{ways, n, classes}}",
         logits.shape().text(), labels.size());
  }
  const auto n = static_cast<double>(labels.size());
  const double prior = kPriorPictures / n * answers_at(1, logits, labels).confidence;
  const auto too_sure = [&](double temperature) {
    const Answers answers = answers_at(temperature, logits, labels);
    return answers.confidence / n > (answers.right + prior) / (n + kPriorPictures);
  };
  double low = std::log(0.05), high = std::log(20.0);
  while (high - low > 1e-3) {
    const double middle = (low + high) / 2;
    (too_sure(std::exp(middle)) ? low : high) = middle;
  }
  // Few digits, which a file's text keeps exactly.
  return std::round(std::exp((low + high) / 2) * 1000) / 1000;
}

float evidence_of(std::span<const float> outputs) {
  const auto n = static_cast<double>(outputs.size());
  if (outputs.size() < 2) return 0;
  double sum = 0, squares = 0, largest = -std::numeric_limits<double>::infinity();
  for (const float output : outputs) {
    const auto value = static_cast<double>(output);
    sum += value;
    squares += value * value;
    largest = std::max(largest, value);
  }
  const double deviation = std::sqrt(std::max(squares / n - sum / n * (sum / n), 0.0));
  return static_cast<float>(deviation - (sum - largest) / (n - 1));
}

std::vector<float> quantiles_of(std::vector<float> values) {
  std::ranges::sort(values);
  const std::size_t last = values.size() - 1;
  std::vector<float> quantiles;
  for (std::size_t k = 0; k < kQuantiles; ++k) {
    const double place =
        static_cast<double>(last) * static_cast<double>(k) / static_cast<double>(kQuantiles - 1);
    const auto below = static_cast<std::size_t>(place);
    const double part = place - static_cast<double>(below);
    const auto low = static_cast<double>(values[below]);
    const auto high = static_cast<double>(values[std::min(below + 1, last)]);
    quantiles.push_back(static_cast<float>(low + part * (high - low)));
  }
  return quantiles;
}

std::optional<double> typicality(std::span<const float> quantiles, float evidence) {
  if (quantiles.size() < 2) return std::nullopt;
  const auto above = std::ranges::upper_bound(quantiles, evidence);
  if (above == quantiles.begin()) return 0;
  if (above == quantiles.end()) return 1;
  const auto steps = static_cast<double>(above - quantiles.begin() - 1);
  const double low = static_cast<double>(*(above - 1)), high = static_cast<double>(*above);
  return (steps + (static_cast<double>(evidence) - low) / (high - low)) /
         static_cast<double>(quantiles.size() - 1);
}

void make_trustworthy(const LabelledImages& held_out, int threads, Model& model) {
  LabelledImages some;
  const LabelledImages* used = &held_out;
  if (held_out.size() > kMostPictures) {
    std::vector<std::uint32_t> rows(kMostPictures);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      rows[i] = static_cast<std::uint32_t>(i * held_out.size() / rows.size());
    }
    some = gather(held_out, rows);
    used = &some;
  }
  model.temperature = fit_temperature(Predictor(model, threads).logits(used->images), used->labels);
  Predictions answers = Predictor(model, threads).predict(used->images);
  model.evidence = quantiles_of(std::move(answers.evidence));
  model.set_thresholds = fit_sets(answers.probabilities, used->labels);
}

}  // namespace weft
