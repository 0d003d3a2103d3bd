#include "explore/neighbours.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <utility>

#include "base/error.hpp"
#include "kernels/kernels.hpp"
#include "kernels/map_kernels.hpp"
#include "tensor/aligned.hpp"

namespace weft {
namespace {

constexpr std::size_t kColumns =
    512;                           // points compared with at a time: packed, they fit in a cache
constexpr std::size_t kRows = 96;  // points that a thread takes at once
constexpr std::size_t kMore = 16;  // candidates beyond those asked for, as products round

// What is known of a point's neighbours so far: (distance, index) as one number that sorts as they
// do. Distances are without the point's own square, so they may be negative.
class Candidates {
 public:
  explicit Candidates(std::size_t keep) : keep_(keep) { found_.reserve(2 * keep); }

  float limit() const { return limit_; }
  void add(float value, std::uint32_t index) {
    // While a batch is added the limit may have fallen below what it was chosen by.
    if (!(value < limit_)) return;
    found_.push_back(std::uint64_t{ordered(value)} << 32 | index);
    if (found_.size() == 2 * keep_) shorten();
  }
  void shorten() {
    if (found_.size() <= keep_) return;
    const auto last = found_.begin() + static_cast<std::ptrdiff_t>(keep_ - 1);
    std::ranges::nth_element(found_, last);
    limit_ = value_of(static_cast<std::uint32_t>(*last >> 32));
    found_.resize(keep_);
  }
  template <class Use>
  void for_each(const Use& use) const {
    for (const std::uint64_t one : found_) use(static_cast<std::uint32_t>(one));
  }

 private:
  // Bits that are in the order of the numbers.
  static std::uint32_t ordered(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return bits >> 31 ? ~bits : bits | 0x80000000;
  }
  static float value_of(std::uint32_t bits) {
    return std::bit_cast<float>(bits >> 31 ? bits & 0x7fffffff : ~bits);
  }

  std::size_t keep_;
  float limit_ = std::numeric_limits<float>::infinity();
  std::vector<std::uint64_t> found_;
};

struct Space {  // a thread's own
  AlignedVector<float> dots = AlignedVector<float>(kRows * kColumns);
  std::array<float, kColumns + 16> values;
  std::array<std::uint32_t, kColumns + 16> places;
};

// The points less their mean: the smaller numbers are, the less their products round.
AlignedVector<float> centred(std::span<const float> points, std::size_t n, std::size_t size) {
  std::vector<double> mean(size);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t p = 0; p < size; ++p) mean[p] += double{points[i * size + p]};
  }
  std::vector<float> less;
  for (const double sum : mean) less.push_back(static_cast<float>(sum / static_cast<double>(n)));
  AlignedVector<float> moved(n * size);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t p = 0; p < size; ++p) moved[i * size + p] = points[i * size + p] - less[p];
  }
  return moved;
}

}  // namespace

Neighbours nearest_neighbours(std::span<const float> points, std::size_t n, std::size_t size,
                              std::size_t count, ThreadPool& pool,
                              const std::function<void(double)>& progress) {
  if (points.size() != n * size || size == 0) {
    fail(ErrorCode::usage, "neighbours: {} numbers for {} points of {} each", points.size(), n,
         size);
  }
  if (count == 0 || count >= n) {
    fail(ErrorCode::usage,
         "neighbours: {} of each among {} points: at least 1 and fewer than there are", count, n);
  }
  const MapKernels& kernels = fast_map_kernels();
  const Kernels<float>& products = fast_kernels();
  const AlignedVector<float> moved = centred(points, n, size);
  const std::vector<float> nothing(size);
  std::vector<float> squares(n);
  const std::size_t row_blocks = (n + kRows - 1) / kRows;
  pool.for_each(row_blocks, [&](std::size_t block, int) {
    for (std::size_t i = block * kRows; i < std::min((block + 1) * kRows, n); ++i) {
      squares[i] = kernels.squared_distance(size, moved.data() + i * size, nothing.data());
    }
  });

  const std::size_t keep = std::min(count + 1 + kMore, n);  // itself is among them
  std::vector<Candidates> candidates(n, Candidates(keep));
  std::vector<Space> spaces(static_cast<std::size_t>(pool.threads()));
  AlignedVector<std::byte> packed(products.dense_packed_bytes(size, kColumns));
  for (std::size_t begin = 0; begin < n; begin += kColumns) {
    const std::size_t columns = std::min(kColumns, n - begin);
    const float* others = moved.data() + begin * size;
    products.dense_pack(size, columns, others, packed.data());
    pool.for_each(row_blocks, [&](std::size_t block, int thread) {
      Space& space = spaces[static_cast<std::size_t>(thread)];
      const std::size_t first = block * kRows, rows = std::min(kRows, n - first);
      products.dense_forward(rows, size, columns, moved.data() + first * size, others,
                             packed.data(), nullptr, space.dots.data());
      for (std::size_t row = 0; row < rows; ++row) {
        Candidates& known = candidates[first + row];
        const std::size_t number =
            kernels.below(columns, squares.data() + begin, space.dots.data() + row * columns,
                          known.limit(), space.values.data(), space.places.data());
        for (std::size_t k = 0; k < number; ++k) {
          known.add(space.values[k], static_cast<std::uint32_t>(begin) + space.places[k]);
        }
      }
    });
    if (progress) progress(static_cast<double>(begin + columns) / static_cast<double>(n));
  }

  Neighbours found{count, std::vector<std::uint32_t>(n * count), std::vector<float>(n * count)};
  pool.for_each(row_blocks, [&](std::size_t block, int) {
    std::vector<std::pair<float, std::uint32_t>> near;
    for (std::size_t i = block * kRows; i < std::min((block + 1) * kRows, n); ++i) {
      near.clear();
      candidates[i].shorten();
      candidates[i].for_each([&](std::uint32_t j) {
        if (j == i) return;
        near.emplace_back(kernels.squared_distance(size, points.data() + i * size,
                                                   points.data() + std::size_t{j} * size),
                          j);
      });
      std::ranges::sort(near);
      for (std::size_t k = 0; k < count; ++k) {
        found.square[i * count + k] = near[k].first;
        found.index[i * count + k] = near[k].second;
      }
    }
  });
  return found;
}

}  // namespace weft
