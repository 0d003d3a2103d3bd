#include "explore/affinities.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "base/error.hpp"

namespace weft {
namespace {

constexpr std::size_t kRows = 256;   // that a thread takes at once
constexpr std::size_t kFilled = 16;  // rows are filled up to a multiple of this

std::size_t blocks_of(std::size_t n) {
  return (n + kRows - 1) / kRows;
}

// p_j|i of one point, assigned. The entropy's logarithm falls as beta grows, by beta times the
// variance of the squares: Newton's steps in log(beta), halved into where the answer must lie when
// they leave it.
void conditional(std::span<const float> squares, double perplexity, float* probabilities) {
  const double wanted = std::log(perplexity), least = double{squares.front()};
  double mean = 0;
  for (const float square : squares) mean += double{square} - least;
  mean /= static_cast<double>(squares.size());
  std::vector<double> terms(squares.size(), 1.0);
  double sum = static_cast<double>(squares.size());
  if (mean > 0) {
    constexpr int kMost = 100;
    double beta = 1 / mean, low = 0, high = std::numeric_limits<double>::infinity();
    for (int round = 0; round < kMost; ++round) {
      double first = 0, second = 0;
      sum = 0;
      for (std::size_t k = 0; k < squares.size(); ++k) {
        const double square = double{squares[k]} - least;
        terms[k] = std::exp(-beta * square);
        sum += terms[k];
        first += terms[k] * square;
        second += terms[k] * square * square;
      }
      first /= sum;
      second /= sum;
      const double entropy = std::log(sum) + beta * first, error = entropy - wanted;
      if (std::abs(error) < 1e-6) break;
      (error > 0 ? low : high) = beta;
      const double slope = beta * beta * (second - first * first);  // of -entropy by log(beta)
      double next = slope > 0 ? beta * std::exp(std::clamp(error / slope, -2.0, 2.0)) : 0;
      if (!(next > low && next < high)) next = std::isinf(high) ? 2 * beta : (low + high) / 2;
      if (!std::isfinite(next) || next == beta) break;
      beta = next;
    }
  }
  for (std::size_t k = 0; k < squares.size(); ++k) {
    probabilities[k] = static_cast<float>(terms[k] / sum);
  }
}

struct Pair {
  std::uint32_t other;
  float probability;
};

// Who has each point as a neighbour, ascending: `starts` into the pairs.
std::vector<Pair> turned_round(const Neighbours& of, const std::vector<float>& probabilities,
                               std::size_t n, std::vector<std::size_t>& starts) {
  starts.assign(n + 1, 0);
  for (const std::uint32_t j : of.index) ++starts[j + 1];
  for (std::size_t i = 0; i < n; ++i) starts[i + 1] += starts[i];
  std::vector<Pair> pairs(of.index.size());
  std::vector<std::size_t> next(starts.begin(), starts.end() - 1);
  for (std::size_t k = 0; k < of.index.size(); ++k) {
    pairs[next[of.index[k]]++] = {static_cast<std::uint32_t>(k / of.count), probabilities[k]};
  }
  return pairs;
}

// p_j|i and p_i|j of one point, added up where both are there.
std::vector<Pair> merged(std::vector<Pair> own, std::span<const Pair> others) {
  own.insert(own.end(), others.begin(), others.end());
  std::ranges::stable_sort(own, {}, &Pair::other);
  std::size_t kept = 0;
  for (std::size_t k = 0; k < own.size(); ++k) {
    if (kept > 0 && own[kept - 1].other == own[k].other) {
      own[kept - 1].probability += own[k].probability;
    } else {
      own[kept++] = own[k];
    }
  }
  own.resize(kept);
  return own;
}

}  // namespace

Affinities affinities(const Neighbours& neighbours, double perplexity, ThreadPool& pool) {
  const std::size_t count = neighbours.count, n = count == 0 ? 0 : neighbours.index.size() / count;
  if (!(perplexity >= 1) || perplexity > static_cast<double>(count)) {
    fail(ErrorCode::usage,
         "affinities: a perplexity of {} with {} neighbours: from 1 up to as many", perplexity,
         count);
  }
  std::vector<float> probabilities(n * count);
  pool.for_each(blocks_of(n), [&](std::size_t block, int) {
    for (std::size_t i = block * kRows; i < std::min((block + 1) * kRows, n); ++i) {
      conditional(std::span(neighbours.square).subspan(i * count, count), perplexity,
                  probabilities.data() + i * count);
    }
  });
  std::vector<std::size_t> starts;
  const std::vector<Pair> others = turned_round(neighbours, probabilities, n, starts);
  std::vector<std::vector<Pair>> rows(n);
  pool.for_each(blocks_of(n), [&](std::size_t block, int) {
    for (std::size_t i = block * kRows; i < std::min((block + 1) * kRows, n); ++i) {
      std::vector<Pair> own;
      for (std::size_t k = i * count; k < (i + 1) * count; ++k) {
        own.push_back({neighbours.index[k], probabilities[k]});
      }
      rows[i] =
          merged(std::move(own), std::span(others).subspan(starts[i], starts[i + 1] - starts[i]));
    }
  });

  Affinities all;
  all.starts.assign(1, 0);
  for (const auto& row : rows) {
    all.starts.push_back(all.starts.back() + (row.size() + kFilled - 1) / kFilled * kFilled);
  }
  all.neighbours.resize(all.starts.back());
  all.weights.resize(all.starts.back());
  const double share = 1 / (2 * static_cast<double>(n));
  pool.for_each(blocks_of(n), [&](std::size_t block, int) {
    for (std::size_t i = block * kRows; i < std::min((block + 1) * kRows, n); ++i) {
      std::size_t k = all.starts[i];
      for (const Pair& pair : rows[i]) {
        all.neighbours[k] = pair.other;
        all.weights[k++] = static_cast<float>(share * double{pair.probability});
      }
      for (; k < all.starts[i + 1]; ++k) all.neighbours[k] = static_cast<std::uint32_t>(i);
    }
  });
  return all;
}

double divergence(const Affinities& affinities, const float* places, double normaliser,
                  ThreadPool& pool) {
  const std::size_t n = affinities.size();
  std::vector<double> sums(blocks_of(n));
  pool.for_each(sums.size(), [&](std::size_t block, int) {
    double sum = 0;
    for (std::size_t i = block * kRows; i < std::min((block + 1) * kRows, n); ++i) {
      for (std::size_t k = affinities.starts[i]; k < affinities.starts[i + 1]; ++k) {
        const double p = double{affinities.weights[k]};
        if (p <= 0) continue;
        const std::size_t j = affinities.neighbours[k];
        const double dx = double{places[2 * i]} - double{places[2 * j]};
        const double dy = double{places[2 * i + 1]} - double{places[2 * j + 1]};
        sum += p * std::log(p * (1 + dx * dx + dy * dy) * normaliser);
      }
    }
    sums[block] = sum;
  });
  double all = 0;
  for (const double sum : sums) all += sum;
  return all;
}

}  // namespace weft
