// How good predictions are, measured from probabilities and true labels.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "evaluate/interval.hpp"
#include "weft/data.hpp"

namespace weft {

// One class against the rest. With tp, fp and fn its true positives, false positives and false
// negatives: precision = tp / (tp + fp), recall = tp / (tp + fn), f1 = 2 tp / (2 tp + fp + fn); 0
// where the denominator is 0 (scikit-learn's zero_division=0). support: rows that truly belong to
// it.
struct ClassMetrics {
  double precision = 0;
  double recall = 0;
  double f1 = 0;
  std::size_t support = 0;
};

// Names and values are scikit-learn's, with labels=range(classes), except where said.
struct Metrics {
  std::size_t n = 0;
  double accuracy = 0;         // argmax; ties go to the lower class
  Interval accuracy_interval;  // Wilson, 95 %
  // The true class is among the three most probable; ties go to the lower class (scikit-learn's to
  // the higher).
  double top3_accuracy = 0;
  // Mean of -ln p(true class), p clipped to [eps, 1 - eps], eps = 2^-23, as scikit-learn clips
  // float32. The clipped rows are not divided by their sums again (older scikit-learn did: at most
  // classes * eps apart).
  double log_loss = 0;
  // Mean over rows of the sum over classes of (p - [class is true])^2: in 0..2. G. W. Brier:
  // Verification of forecasts expressed in terms of probability; Monthly Weather Review 78, 1950.
  double brier_score = 0;
  // Sum over bins of (rows in bin / n) |accuracy - mean confidence|, confidence being the top
  // probability and bin m of 15 holding ((m - 1) / 15, m / 15]. Guo, Pleiss, Sun, Weinberger: On
  // calibration of modern neural networks; ICML 2017, equation 3.
  double calibration_error = 0;
  std::vector<ClassMetrics> per_class;
  // Means over the classes, each counting the same (macro) or by its support (weighted), classes
  // without rows included; support: n.
  ClassMetrics macro_average;
  ClassMetrics weighted_average;
  std::vector<std::vector<std::size_t>> confusion_matrix;  // rows true, columns predicted
};

// probabilities: {n, classes}, row-major; labels: n, below `classes`.
// Throws Error(usage) when the sizes disagree, a label is out of range or there are no rows;
// Error(failed) with the row when something there is no probability (NaN, below 0, above 1).
Metrics measure(std::span<const float> probabilities, std::size_t classes,
                std::span<const Label> labels);

// The most probable class of each row, the lower one of two that are as probable. probabilities:
// {n, classes}.
std::vector<Label> most_probable(std::span<const float> probabilities, std::size_t classes);

// How decided an answer is: the standard deviation, over the classes, of its probabilities'
// logarithms, those below 1e-7 counting as that. 0 where all classes are equally likely.
double spread_of(std::span<const float> probabilities);

}  // namespace weft
