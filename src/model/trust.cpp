#include "model/trust.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "model/sets.hpp"
#include "weft/predictor.hpp"

namespace weft {
namespace {

// More pictures change the temperature by less than its own uncertainty.
constexpr std::size_t kMostPictures = 5000;

// The log loss at this temperature, and what speaks for it beforehand: a normal distribution of its
// logarithm about 0 with a deviation of a half. A few pictures that are all right would else say 0.
double loss_at(double temperature, const Tensor& logits, std::span<const Label> labels) {
  const std::size_t ways = logits.shape()[0], n = logits.shape()[1], classes = logits.shape()[2];
  const auto values = logits.as<float>();
  double loss = 0;
  for (std::size_t i = 0; i < n; ++i) {
    double probability = 0;
    for (std::size_t way = 0; way < ways; ++way) {
      const float* row = values.data() + (way * n + i) * classes;
      const double own = static_cast<double>(row[labels[i]]);
      double sum = 0;  // of exp((other - own) / temperature)
      for (std::size_t c = 0; c < classes; ++c) {
        sum += std::exp(std::min(700.0, (static_cast<double>(row[c]) - own) / temperature));
      }
      probability += 1 / sum;
    }
    loss -= std::log(std::max(probability / static_cast<double>(ways), 1e-300));
  }
  return loss + 2 * std::log(temperature) * std::log(temperature);
}

}  // namespace

double fit_temperature(const Tensor& logits, std::span<const Label> labels) {
  if (logits.shape().rank() != 3 || logits.elements() == 0 || logits.shape()[1] != labels.size()) {
    fail(ErrorCode::usage, "temperature: logits of shape {} for {} labels: {{ways, n, classes}}",
         logits.shape().text(), labels.size());
  }
  // By golden sections of its logarithm: the loss has one minimum for one way, and is smooth enough
  // for several.
  const double golden = (std::sqrt(5.0) - 1) / 2;
  double low = std::log(0.05), high = std::log(20.0);
  double a = high - golden * (high - low), b = low + golden * (high - low);
  double at_a = loss_at(std::exp(a), logits, labels), at_b = loss_at(std::exp(b), logits, labels);
  while (high - low > 1e-3) {
    if (at_a <= at_b) {
      high = b;
      b = a;
      at_b = at_a;
      a = high - golden * (high - low);
      at_a = loss_at(std::exp(a), logits, labels);
    } else {
      low = a;
      a = b;
      at_a = at_b;
      b = low + golden * (high - low);
      at_b = loss_at(std::exp(b), logits, labels);
    }
  }
  // Few digits, which a file's text keeps exactly.
  return std::round(std::exp((low + high) / 2) * 1000) / 1000;
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

std::vector<float> spreads_of(const Tensor& probabilities) {
  const std::size_t n = probabilities.rows(), classes = probabilities.row_elements();
  const auto values = probabilities.as<float>();
  std::vector<double> sorted(n);
  for (std::size_t i = 0; i < n; ++i) sorted[i] = spread_of(values.subspan(i * classes, classes));
  std::ranges::sort(sorted);
  std::vector<float> quantiles;
  for (std::size_t k = 0; k < kSpreads; ++k) {
    const double place =
        static_cast<double>(n - 1) * static_cast<double>(k) / static_cast<double>(kSpreads - 1);
    const auto below = static_cast<std::size_t>(place);
    const double part = place - static_cast<double>(below);
    const double value =
        sorted[below] + part * (sorted[std::min(below + 1, n - 1)] - sorted[below]);
    quantiles.push_back(static_cast<float>(value));
  }
  return quantiles;
}

std::optional<double> typicality(std::span<const float> spreads,
                                 std::span<const float> probabilities) {
  if (spreads.size() < 2) return std::nullopt;
  const auto spread = static_cast<float>(spread_of(probabilities));
  const auto above = std::ranges::upper_bound(spreads, spread);
  if (above == spreads.begin()) return 0;
  if (above == spreads.end()) return 1;
  const auto steps = static_cast<double>(above - spreads.begin() - 1);
  const double low = static_cast<double>(*(above - 1)), high = static_cast<double>(*above);
  return (steps + (static_cast<double>(spread) - low) / (high - low)) /
         static_cast<double>(spreads.size() - 1);
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
  const Tensor probabilities = Predictor(model, threads).probabilities(used->images);
  model.spreads = spreads_of(probabilities);
  model.set_thresholds = fit_sets(probabilities, used->labels);
}

}  // namespace weft
