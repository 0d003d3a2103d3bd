#include "evaluate/metrics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "evaluate/reliability.hpp"

namespace weft {
namespace {

void check_sizes(std::span<const float> probabilities, std::size_t classes,
                 std::span<const Label> labels) {
  if (labels.empty()) fail(ErrorCode::usage, "measure: there are no rows: nothing to measure");
  if (classes == 0 || probabilities.size() % classes != 0 ||
      probabilities.size() / classes != labels.size()) {
    fail(ErrorCode::usage,
         "measure: {} probabilities for {} labels and {} classes: need one for each pair",
         probabilities.size(), labels.size(), classes);
  }
  for (std::size_t row = 0; row < labels.size(); ++row) {
    if (labels[row] >= classes) {
      fail(ErrorCode::usage, "measure: the label of row {} is {}, but there are {} classes", row,
           labels[row], classes);
    }
  }
}

void check_row(std::span<const float> probabilities, std::size_t row) {
  constexpr float kMost = 1 + 1e-5F;  // a sum of rounded probabilities may pass 1 by this little
  for (std::size_t c = 0; c < probabilities.size(); ++c) {
    if (!(probabilities[c] >= 0 && probabilities[c] <= kMost)) {
      fail(ErrorCode::failed,
           "measure: row {} gives class {} the probability {}, which is not in 0..1: the weights "
           "may "
           "not be finite, or these are not probabilities",
           row, c, probabilities[c]);
    }
  }
}

// How many classes come before `label`: the more probable ones, and equal ones of lower index.
std::size_t rank_of(Label label, std::span<const float> probabilities) {
  std::size_t rank = 0;
  for (std::size_t c = 0; c < probabilities.size(); ++c) {
    const bool before = probabilities[c] > probabilities[label] ||
                        (probabilities[c] == probabilities[label] && c < label);
    if (before) ++rank;
  }
  return rank;
}

double log_loss(float probability) {
  constexpr float kEpsilon = std::numeric_limits<float>::epsilon();
  return -std::log(static_cast<double>(std::clamp(probability, kEpsilon, 1 - kEpsilon)));
}

double brier_score(std::span<const float> probabilities, Label label) {
  double sum = 0;
  for (std::size_t c = 0; c < probabilities.size(); ++c) {
    const double difference = static_cast<double>(probabilities[c]) - (c == label ? 1 : 0);
    sum += difference * difference;
  }
  return sum;
}

double ratio(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

ClassMetrics class_metrics(const std::vector<std::vector<std::size_t>>& confusion, std::size_t c) {
  const std::size_t hits = confusion[c][c];
  std::size_t support = 0;
  std::size_t predicted = 0;
  for (std::size_t other = 0; other < confusion.size(); ++other) {
    support += confusion[c][other];
    predicted += confusion[other][c];
  }
  return {ratio(hits, predicted), ratio(hits, support), ratio(2 * hits, predicted + support),
          support};
}

void set_averages(Metrics& metrics) {
  const double classes = static_cast<double>(metrics.per_class.size());
  const auto add = [](ClassMetrics& sum, const ClassMetrics& one, double weight) {
    sum.precision += weight * one.precision;
    sum.recall += weight * one.recall;
    sum.f1 += weight * one.f1;
    sum.support += one.support;
  };
  for (const ClassMetrics& one : metrics.per_class) {
    add(metrics.macro_average, one, 1 / classes);
    add(metrics.weighted_average, one, ratio(one.support, metrics.n));
  }
}

}  // namespace

Metrics measure(std::span<const float> probabilities, std::size_t classes,
                std::span<const Label> labels) {
  check_sizes(probabilities, classes, labels);
  Metrics metrics;
  metrics.n = labels.size();
  metrics.confusion_matrix.assign(classes, std::vector<std::size_t>(classes));
  std::size_t correct = 0;
  std::size_t in_top3 = 0;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const auto given = probabilities.subspan(row * classes, classes);
    const Label label = labels[row];
    check_row(given, row);
    const auto top = static_cast<std::size_t>(std::ranges::max_element(given) - given.begin());
    const std::size_t rank = rank_of(label, given);
    correct += rank == 0 ? 1 : 0;
    in_top3 += rank < 3 ? 1 : 0;
    ++metrics.confusion_matrix[label][top];
    metrics.log_loss += log_loss(given[label]);
    metrics.brier_score += brier_score(given, label);
  }
  metrics.accuracy = ratio(correct, metrics.n);
  metrics.accuracy_interval = wilson_interval(correct, metrics.n);
  metrics.top3_accuracy = ratio(in_top3, metrics.n);
  metrics.log_loss /= static_cast<double>(metrics.n);
  metrics.brier_score /= static_cast<double>(metrics.n);
  metrics.calibration_error = weft::calibration_error(reliability(probabilities, classes, labels));
  for (std::size_t c = 0; c < classes; ++c) {
    metrics.per_class.push_back(class_metrics(metrics.confusion_matrix, c));
  }
  set_averages(metrics);
  return metrics;
}

std::vector<Label> most_probable(std::span<const float> probabilities, std::size_t classes) {
  std::vector<Label> answers;
  for (std::size_t begin = 0; begin < probabilities.size(); begin += classes) {
    const auto row = probabilities.subspan(begin, classes);
    answers.push_back(static_cast<Label>(std::ranges::max_element(row) - row.begin()));
  }
  return answers;
}

double spread_of(std::span<const float> probabilities) {
  double sum = 0, squares = 0;
  for (const float p : probabilities) {
    const double logarithm = std::log(std::max(static_cast<double>(p), 1e-7));
    sum += logarithm;
    squares += logarithm * logarithm;
  }
  const auto n = static_cast<double>(std::max<std::size_t>(probabilities.size(), 1));
  return std::sqrt(std::max(squares / n - sum / n * (sum / n), 0.0));
}

}  // namespace weft
