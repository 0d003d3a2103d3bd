#include "explore/principal.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "base/random.hpp"
#include "kernels/kernels.hpp"
#include "tensor/aligned.hpp"

namespace weft {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr std::size_t kDirections = 16;  // at most: those beyond two make it converge
constexpr int kRounds = 12;
constexpr std::size_t kRows = 1024;  // whose products are one sum

// Products with the points less their mean, which are never made: (x - 1 m^T) v = x v - 1 (m^T v).
class Centred {
 public:
  Centred(std::span<const float> points, std::size_t n, std::size_t size, ThreadPool& pool)
      : points_(points), n_(n), size_(size), pool_(pool), mean_(size) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t p = 0; p < size; ++p) mean_[p] += double{points[i * size + p]};
    }
    for (double& mean : mean_) mean /= static_cast<double>(n);
  }

  // {n, directions} from {size, directions}
  AlignedVector<float> scores(const Matrix& directions) const {
    const auto count = static_cast<std::size_t>(directions.cols());
    AlignedVector<float> narrow(count * size_), scores(n_ * count);  // narrow: {count, size}
    std::vector<double> offset(count);
    for (std::size_t p = 0; p < size_; ++p) {
      for (std::size_t c = 0; c < count; ++c) {
        const double value = directions(static_cast<Eigen::Index>(p), static_cast<Eigen::Index>(c));
        narrow[c * size_ + p] = static_cast<float>(value);
        offset[c] += mean_[p] * value;
      }
    }
    AlignedVector<std::byte> packed(products_.dense_packed_bytes(size_, count));
    products_.dense_pack(size_, count, narrow.data(), packed.data());
    for_each_block([&](std::size_t, std::size_t begin, std::size_t rows) {
      float* dst = scores.data() + begin * count;
      products_.dense_forward(rows, size_, count, points_.data() + begin * size_, narrow.data(),
                              packed.data(), nullptr, dst);
      for (std::size_t i = 0; i < rows * count; ++i) {
        dst[i] = static_cast<float>(double{dst[i]} - offset[i % count]);
      }
    });
    return scores;
  }

  // {size, directions} from {n, directions}
  Matrix back(const AlignedVector<float>& scores) const {
    const std::size_t count = scores.size() / n_;
    std::vector<AlignedVector<float>> parts((n_ + kRows - 1) / kRows);
    for_each_block([&](std::size_t block, std::size_t begin, std::size_t rows) {
      parts[block].resize(count * size_);
      products_.dense_backward_weights(rows, size_, count, points_.data() + begin * size_,
                                       scores.data() + begin * count, false, parts[block].data(),
                                       nullptr);
    });
    std::vector<double> sum(count);
    for (std::size_t i = 0; i < scores.size(); ++i) sum[i % count] += double{scores[i]};
    Matrix result =
        Matrix::Zero(static_cast<Eigen::Index>(size_), static_cast<Eigen::Index>(count));
    for (const auto& part : parts) {
      for (std::size_t i = 0; i < part.size(); ++i) {
        result.data()[i % size_ * count + i / size_] += double{part[i]};
      }
    }
    for (std::size_t i = 0; i < size_ * count; ++i) {
      result.data()[i] -= mean_[i / count] * sum[i % count];
    }
    return result;
  }

 private:
  template <class Body>
  void for_each_block(const Body& body) const {
    pool_.for_each((n_ + kRows - 1) / kRows, [&](std::size_t block, int) {
      body(block, block * kRows, std::min(kRows, n_ - block * kRows));
    });
  }

  std::span<const float> points_;
  std::size_t n_, size_;
  ThreadPool& pool_;
  std::vector<double> mean_;
  const Kernels<float>& products_ = fast_kernels();
};

// Gram's and Schmidt's columns, each taken off the later ones twice, as once leaves what rounding
// makes of nearly equal ones. A column that is a sum of those before it becomes 0.
Matrix orthonormal(Matrix columns) {
  for (Eigen::Index c = 0; c < columns.cols(); ++c) {
    const double before = columns.col(c).norm();
    for (int time = 0; time < 2; ++time) {
      for (Eigen::Index other = 0; other < c; ++other) {
        const double part = columns.col(other).dot(columns.col(c));
        columns.col(c) -= part * columns.col(other);
      }
    }
    const double left = columns.col(c).norm();
    columns.col(c) *= left > 1e-12 * before ? 1 / left : 0;
  }
  return columns;
}

}  // namespace

std::vector<float> principal_scores(std::span<const float> points, std::size_t n, std::size_t size,
                                    std::uint64_t seed, ThreadPool& pool) {
  const Centred centred(points, n, size, pool);
  const std::size_t count = std::min(kDirections, size);
  Matrix directions(static_cast<Eigen::Index>(size), static_cast<Eigen::Index>(count));
  RandomStream random(seed, RandomPurpose::map);
  for (std::size_t i = 0; i < size * count; ++i) directions.data()[i] = random.normal();
  for (int round = 0; round < kRounds; ++round) {
    directions = orthonormal(centred.back(centred.scores(orthonormal(directions))));
  }

  // Within the subspace, the directions themselves.
  const AlignedVector<float> scores = centred.scores(directions);
  const Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> all(
      scores.data(), static_cast<Eigen::Index>(n), static_cast<Eigen::Index>(count));
  Eigen::MatrixXd products = Eigen::MatrixXd::Zero(all.cols(), all.cols());
  for (Eigen::Index i = 0; i < all.rows(); ++i) {
    const Eigen::VectorXd row = all.row(i).transpose().cast<double>();
    products += row * row.transpose();
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solved(products);
  std::vector<float> result(2 * n);
  for (Eigen::Index c = 0; c < std::min<Eigen::Index>(2, all.cols()); ++c) {
    const Eigen::VectorXd weights =
        solved.eigenvectors().col(all.cols() - 1 - c);  // ascending order
    double largest = 0;
    std::vector<double> values(n);
    for (std::size_t i = 0; i < n; ++i) {
      values[i] = all.row(static_cast<Eigen::Index>(i)).cast<double>().dot(weights.transpose());
      if (std::abs(values[i]) > std::abs(largest)) largest = values[i];
    }
    for (std::size_t i = 0; i < n; ++i) {
      result[2 * i + static_cast<std::size_t>(c)] =
          static_cast<float>(largest < 0 ? -values[i] : values[i]);
    }
  }
  return result;
}

}  // namespace weft
