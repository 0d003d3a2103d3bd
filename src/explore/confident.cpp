#include "explore/confident.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>

#include "base/error.hpp"

namespace weft {
namespace {

std::vector<double> mean_confidences(std::span<const float> probabilities, std::size_t classes,
                                     std::span<const Label> given) {
  std::vector<double> sums(classes);
  std::vector<std::size_t> counts(classes);
  for (std::size_t i = 0; i < given.size(); ++i) {
    sums[given[i]] += probabilities[i * classes + given[i]];
    ++counts[given[i]];
  }
  for (std::size_t c = 0; c < classes; ++c) {
    sums[c] = counts[c] > 0 ? sums[c] / static_cast<double>(counts[c])
                            : std::numeric_limits<double>::quiet_NaN();
  }
  return sums;
}

// The most probable class among those that `counts` for.
template <class Counts>
std::optional<Label> most_probable(std::span<const float> row, const Counts& counts) {
  std::optional<Label> best;
  for (std::size_t c = 0; c < row.size(); ++c) {
    if (counts(c) && (!best || row[c] > row[*best])) best = static_cast<Label>(c);
  }
  return best;
}

double noise_of(const std::vector<std::vector<std::size_t>>& joint, std::span<const Label> given) {
  std::vector<std::size_t> counts(joint.size());
  for (const Label label : given) ++counts[label];
  double right = 0;
  for (std::size_t c = 0; c < joint.size(); ++c) {
    const std::size_t all = std::accumulate(joint[c].begin(), joint[c].end(), std::size_t{0});
    const double share =
        all > 0 ? static_cast<double>(joint[c][c]) / static_cast<double>(all) : 1.0;
    right += share * static_cast<double>(counts[c]);
  }
  return 1 - right / static_cast<double>(given.size());
}

}  // namespace

std::size_t LabelErrors::suspects() const {
  return static_cast<std::size_t>(std::ranges::count(suspect, true));
}

LabelErrors find_label_errors(std::span<const float> probabilities, std::size_t classes,
                              std::span<const Label> given) {
  const std::size_t n = given.size();
  if (classes < 2 || n == 0 || probabilities.size() != n * classes ||
      std::ranges::any_of(given, [&](Label label) { return label >= classes; })) {
    fail(ErrorCode::usage,
         "find_label_errors: {} probabilities for {} labels of {} classes: one each, of 2 classes "
         "or more, is needed",
         probabilities.size(), n, classes);
  }
  LabelErrors found;
  found.thresholds = mean_confidences(probabilities, classes, given);
  found.joint.assign(classes, std::vector<std::size_t>(classes));
  found.suspect.resize(n);
  found.suggested.resize(n);
  found.score.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    const auto row = probabilities.subspan(i * classes, classes);
    const Label label = given[i];
    const auto confident =
        most_probable(row, [&](std::size_t c) { return row[c] >= found.thresholds[c]; });
    const auto best = most_probable(row, [](std::size_t) { return true; });
    const auto other = most_probable(row, [&](std::size_t c) { return c != label; });
    if (confident) ++found.joint[label][*confident];
    found.suspect[i] = confident && *confident != label;
    found.suggested[i] = found.suspect[i] ? *confident : *best;
    found.score[i] = (1.0 + row[label] - row[*other]) / 2;
  }
  found.noise = noise_of(found.joint, given);
  found.order.resize(n);
  std::iota(found.order.begin(), found.order.end(), 0U);
  std::ranges::stable_sort(found.order, {}, [&](std::uint32_t i) { return found.score[i]; });
  return found;
}

}  // namespace weft
