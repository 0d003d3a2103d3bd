// Muon against loops written out here, and its orthogonal matrices against their singular values.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "base/random.hpp"
#include "compare.hpp"
#include "nn/optimizer.hpp"
#include "nn/orthogonalise.hpp"

namespace weft {
namespace {

using testing::all_close;
using Values = std::vector<double>;

Values random_values(std::size_t count, std::uint32_t index) {
  RandomStream random(29, RandomPurpose::initialise, 0, index);
  Values values(count);
  for (double& value : values) value = random.normal();
  return values;
}

// {rows, k} times {k, columns}.
Values product(std::size_t rows, std::size_t k, std::size_t columns, const Values& a,
               const Values& b) {
  Values c(rows * columns);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) {
      for (std::size_t p = 0; p < k; ++p) c[i * columns + j] += a[i * k + p] * b[p * columns + j];
    }
  }
  return c;
}

Values transposed(std::size_t rows, std::size_t columns, const Values& a) {
  Values b(a.size());
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) b[j * rows + i] = a[i * columns + j];
  }
  return b;
}

// The iteration as its authors write it, transposing what is tall.
Values plain_orthogonal(std::size_t rows, std::size_t columns, int steps, Values x) {
  if (rows > columns) {
    return transposed(columns, rows,
                      plain_orthogonal(columns, rows, steps, transposed(rows, columns, x)));
  }
  double squares = 0;
  for (const double value : x) squares += value * value;
  for (double& value : x) value /= std::sqrt(squares) + 1e-7;
  for (int step = 0; step < steps; ++step) {
    const Values a = product(rows, columns, rows, x, transposed(rows, columns, x));
    Values b = product(rows, rows, rows, a, a);
    for (std::size_t i = 0; i < b.size(); ++i) b[i] = -4.7750 * a[i] + 2.0315 * b[i];
    const Values bx = product(rows, rows, columns, b, x);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = 3.4445 * x[i] + bx[i];
  }
  return x;
}

// Roots of the eigenvalues of X X^T, by Jacobi's rotations.
Values singular_values(std::size_t rows, std::size_t columns, const Values& x) {
  if (rows > columns) return singular_values(columns, rows, transposed(rows, columns, x));
  const std::size_t n = rows;
  Values a = product(n, columns, n, x, transposed(rows, columns, x));
  for (int sweep = 0; sweep < 30; ++sweep) {
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) {
        const double angle = 0.5 * std::atan2(2 * a[p * n + q], a[q * n + q] - a[p * n + p]);
        const double c = std::cos(angle), s = std::sin(angle);
        for (std::size_t i = 0; i < n; ++i) {
          const double ap = a[i * n + p], aq = a[i * n + q];
          a[i * n + p] = c * ap - s * aq;
          a[i * n + q] = s * ap + c * aq;
        }
        for (std::size_t i = 0; i < n; ++i) {
          const double ap = a[p * n + i], aq = a[q * n + i];
          a[p * n + i] = c * ap - s * aq;
          a[q * n + i] = s * ap + c * aq;
        }
      }
    }
  }
  Values values;
  for (std::size_t i = 0; i < n; ++i) values.push_back(std::sqrt(std::max(0.0, a[i * n + i])));
  std::ranges::sort(values);
  return values;
}

struct Size {
  std::size_t rows, columns;
};
const std::vector<Size> kSizes{{1, 1},  {1, 9},  {9, 1},   {6, 6},
                               {5, 17}, {17, 5}, {24, 90}, {70, 33}};

template <class T>
std::vector<T> orthogonal(const Kernels<T>& kernels, const Size& size, std::size_t steps,
                          const Values& matrix) {
  Orthogonaliser<T> orthogonalise(kernels);
  orthogonalise.reserve(80, 80);  // more room than is needed
  orthogonalise.reserve(size.rows, size.columns);
  std::vector<T> result;
  for (const double value : matrix) result.push_back(static_cast<T>(value));
  orthogonalise(size.rows, size.columns, steps, result.data());
  return result;
}

TEST(Orthogonalise, EqualsThePlainIteration) {
  for (const Size& size : kSizes) {
    for (const int steps : {1, 2, 5}) {
      SCOPED_TRACE(::testing::Message() << size.rows << " x " << size.columns << ", " << steps);
      const Values matrix = random_values(size.rows * size.columns, 1);
      const Values expected = plain_orthogonal(size.rows, size.columns, steps, matrix);
      const auto n = static_cast<std::size_t>(steps);
      EXPECT_TRUE(all_close(orthogonal(reference_kernels<double>(), size, n, matrix), expected,
                            1e-11, 1e-13));
      EXPECT_TRUE(
          all_close(orthogonal(reference_kernels<float>(), size, n, matrix), expected, 1e-4, 3e-5));
      EXPECT_TRUE(all_close(orthogonal(fast_kernels(), size, n, matrix), expected, 1e-4, 3e-5));
    }
  }
}

TEST(Orthogonalise, SingularValuesComeNearOne) {
  for (const Size& size : kSizes) {
    SCOPED_TRACE(::testing::Message() << size.rows << " x " << size.columns);
    if (size.rows == 6) continue;  // a square one may have a singular value near 0
    const Values matrix = random_values(size.rows * size.columns, 2);
    const Values before = singular_values(size.rows, size.columns, matrix);
    const auto result = orthogonal(fast_kernels(), size, 5, matrix);
    const Values after =
        singular_values(size.rows, size.columns, Values(result.begin(), result.end()));
    EXPECT_GT(after.front(), 0.67);
    EXPECT_LT(after.back(), 1.2);
    EXPECT_LE(after.back() / after.front(), std::max(1.8, before.back() / before.front()));
  }
  // Of zeros there is no direction.
  EXPECT_EQ(orthogonal(fast_kernels(), {3, 4}, 5, Values(12)), std::vector<float>(12));
}

// Squared and rounded, the small singular values may come out negative; they must stay small.
TEST(Orthogonalise, AMatrixOfNearlyOneDirectionStaysBounded) {
  for (const double rest : {0.0, 1e-6, 1e-4}) {
    const Size size{24, 90};
    const Values left = random_values(24, 3), right = random_values(90, 4);
    Values matrix = random_values(24 * 90, 5);
    for (std::size_t i = 0; i < matrix.size(); ++i) {
      matrix[i] = left[i / 90] * right[i % 90] + rest * matrix[i];
    }
    const auto result = orthogonal(fast_kernels(), size, 5, matrix);
    const Values after = singular_values(24, 90, Values(result.begin(), result.end()));
    EXPECT_GT(after.back(), 0.67) << rest;
    EXPECT_LT(after.back(), 1.2) << rest;
    EXPECT_LT(after[after.size() - 2], rest == 0 ? 0.01 : 1.2) << rest;
  }
}

// A network's parameters: filters, their bias, a frozen filter, a dense layer and the last one.
const std::vector<Parameter> kParameters{{"filters", {6, 2, 3, 3}, 18, 54, true, 0},
                                         {"bias", {6}, 18, 54, false, 108},
                                         {"frozen", {4, 1, 3, 3}, 9, 36, true, 114, false},
                                         {"dense", {12, 5}, 5, 12, true, 150},
                                         {"running_mean", {3}, 1, 1, false, 210, false},
                                         {"last", {3, 12}, 12, 3, true, 213},
                                         {"last bias", {3}, 12, 3, false, 249}};
constexpr std::size_t kCount = 252;

template <class T>
std::vector<T> steps(const OptimizerSettings& settings, const Kernels<T>& kernels, int count,
                     int threads = 1) {
  ThreadPool pool(threads);
  Optimizer<T> optimizer(settings, kParameters, kCount, kernels, pool);
  std::vector<T> weights, gradients(kCount);
  for (const double w : random_values(kCount, 3)) weights.push_back(static_cast<T>(w));
  for (int i = 0; i < count; ++i) {
    const Values g = random_values(kCount, static_cast<std::uint32_t>(10 + i));
    std::ranges::transform(g, gradients.begin(), [](double x) { return static_cast<T>(x); });
    for (const Parameter& parameter : kParameters) {
      if (parameter.trained) continue;  // nor is their gradient looked at
      std::fill_n(gradients.begin() + static_cast<std::ptrdiff_t>(parameter.offset),
                  parameter.shape.elements(), std::numeric_limits<T>::quiet_NaN());
    }
    optimizer.step(0.1, gradients, weights);
  }
  return weights;
}

OptimizerSettings muon() {
  return {.kind = OptimizerKind::muon,
          .momentum = 0.9,
          .nesterov = true,
          .weight_decay = 0.3,
          .others_rate = 0.25};
}

// What `steps` should come to for the matrix at `offset`.
Values plain_muon(const OptimizerSettings& s, std::size_t offset, const Size& size, int count) {
  const std::size_t n = size.rows * size.columns;
  const auto part = [&](const Values& all) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(offset);
    return Values(begin, begin + static_cast<std::ptrdiff_t>(n));
  };
  Values w = part(random_values(kCount, 3)), v(n);
  for (int i = 0; i < count; ++i) {
    const Values g = part(random_values(kCount, static_cast<std::uint32_t>(10 + i)));
    Values direction(n);
    for (std::size_t j = 0; j < n; ++j) {
      v[j] = s.momentum * v[j] + g[j];
      direction[j] = s.nesterov ? g[j] + s.momentum * v[j] : v[j];
    }
    direction = plain_orthogonal(size.rows, size.columns, static_cast<int>(s.newton_schulz_steps),
                                 direction);
    double squares = 0;
    for (const double value : w) squares += value * value;
    const auto rows = static_cast<double>(size.rows), columns = static_cast<double>(size.columns);
    const double factor = s.normalise ? std::sqrt(rows / squares) : 1;
    const double scale = std::sqrt(std::max(1.0, rows / columns));
    for (std::size_t j = 0; j < n; ++j) {
      w[j] = (1 - 0.1 * s.weight_decay) * factor * w[j] - 0.1 * scale * direction[j];
    }
  }
  return w;
}

template <class T>
Values part_of(const std::vector<T>& all, const Parameter& parameter) {
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(parameter.offset);
  return {begin, begin + static_cast<std::ptrdiff_t>(parameter.shape.elements())};
}

TEST(Muon, EqualsItsFormula) {
  for (const bool nesterov : {true, false}) {
    for (const bool normalise : {false, true}) {
      OptimizerSettings s = muon();
      s.nesterov = nesterov;
      s.normalise = normalise;
      s.newton_schulz_steps = normalise ? 3 : 5;
      const auto in_double = steps(s, reference_kernels<double>(), 3);
      const auto in_float = steps(s, fast_kernels(), 3);
      for (const auto& [index, size] : {std::pair{0U, Size{6, 18}}, std::pair{3U, Size{12, 5}}}) {
        const Values expected = plain_muon(s, kParameters[index].offset, size, 3);
        EXPECT_TRUE(all_close(part_of(in_double, kParameters[index]), expected, 1e-11, 1e-12));
        EXPECT_TRUE(all_close(part_of(in_float, kParameters[index]), expected, 1e-4, 1e-4));
      }
    }
  }
}

// The last layer and all that is no matrix.
TEST(Muon, LeavesTheRestToAdamW) {
  ThreadPool pool(1);
  const Values with_muon = steps(muon(), reference_kernels<double>(), 3);
  Optimizer<double> adamw({.kind = OptimizerKind::adamw, .weight_decay = 0.3}, kParameters, kCount,
                          reference_kernels<double>(), pool);
  Values weights = random_values(kCount, 3);
  for (std::uint32_t i = 0; i < 3; ++i) {
    adamw.step(0.1 * 0.25, random_values(kCount, 10 + i), weights);
  }
  for (const std::size_t index : {1U, 5U, 6U}) {
    EXPECT_EQ(part_of(with_muon, kParameters[index]), part_of(weights, kParameters[index]));
  }
}

TEST(Optimizers, LeaveWhatIsNotTrainedAsItIs) {
  const Values start = random_values(kCount, 3);
  for (const OptimizerKind kind : {OptimizerKind::sgd, OptimizerKind::adamw, OptimizerKind::muon}) {
    for (const bool with_all : {false, true}) {
      OptimizerSettings s{.kind = kind, .momentum = 0.9, .weight_decay = 0.1};
      if (with_all) {
        s.l1 = s.l2 = 0.1;
        s.clip_norm = 0.5;
        s.lookahead = 2;
      }
      const Values after = steps(s, reference_kernels<double>(), 5);
      for (const Parameter& parameter : kParameters) {
        const Values before = part_of(start, parameter), now = part_of(after, parameter);
        if (parameter.trained) {
          EXPECT_NE(now, before) << parameter.name;
        } else {
          EXPECT_EQ(now, before) << parameter.name;
        }
        EXPECT_TRUE(std::ranges::all_of(now, [](double w) { return std::isfinite(w); }));
      }
    }
  }
}

TEST(Optimizers, AnyNumberOfThreadsGivesTheSameBytes) {
  for (const OptimizerKind kind : {OptimizerKind::sgd, OptimizerKind::adamw, OptimizerKind::muon}) {
    OptimizerSettings s = muon();
    s.kind = kind;
    s.normalise = true;
    s.l1 = s.l2 = 0.01;
    s.clip_norm = 2;
    s.lookahead = 3;
    for (const auto* kernels : {&fast_kernels(), &bf16_kernels(), &reference_kernels<float>()}) {
      const auto once = steps(s, *kernels, 7);
      EXPECT_EQ(steps(s, *kernels, 7, 2), once) << kernels->name;
      EXPECT_EQ(steps(s, *kernels, 7, 3), once) << kernels->name;
    }
  }
}

}  // namespace
}  // namespace weft
