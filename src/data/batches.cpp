#include "data/batches.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/error.hpp"

namespace weft {
namespace {

constexpr std::size_t kHardTenths = 7;  // of the selected rows, the hardest of all

}  // namespace

Batches::Batches(std::size_t n) : order_(n), all_(n), selected_(n) {
  std::iota(order_.begin(), order_.end(), 0U);
}

Batches Batches::in_order(std::size_t n, std::size_t count) {
  if (count == 0 || count > n) {
    fail(ErrorCode::usage, "batches: {} rows cannot be cut into {} batches: ask for 1 to {}", n,
         count, n);
  }
  Batches batches(n);
  for (std::size_t i = 0, end = 0; i < count; ++i) {
    end += n / count + (i < n % count ? 1 : 0);
    batches.ends_.push_back(end);
  }
  return batches;
}

Batches Batches::shuffled(std::size_t n, std::size_t size, std::uint64_t seed, double selected) {
  if (size == 0 || n == 0) {
    fail(ErrorCode::usage, "batches: {} rows in batches of {}: both must be 1 or more", n, size);
  }
  if (!(selected > 0 && selected <= 1)) {
    fail(ErrorCode::usage, "batches: {} of the rows are selected: it must be above 0, at most 1",
         selected);
  }
  Batches batches(n);
  batches.selected_ = std::clamp<std::size_t>(
      static_cast<std::size_t>(std::llround(selected * static_cast<double>(n))), 1, n);
  batches.size_ = size;
  batches.seed_ = seed;
  batches.shuffle_ = true;
  batches.cut();
  return batches;
}

void Batches::cut() {
  ends_.clear();
  const std::size_t n = order_.size();
  for (std::size_t end = 0; end < n;) ends_.push_back(end = std::min(n, end + size_));
}

std::size_t Batches::steps(std::size_t epochs) const {
  if (epochs == 0 || !shuffle_) return epochs * ends_.size();
  const auto batches = [&](std::size_t rows) { return (rows + size_ - 1) / size_; };
  return batches(all_) + (epochs - 1) * batches(selected_);
}

void Batches::begin_epoch(std::uint32_t epoch, std::span<const float> difficulty) {
  if (!shuffle_) return;
  // An epoch's order depends on the epochs before it only by what they found hard.
  order_.resize(all_);
  std::iota(order_.begin(), order_.end(), 0U);
  RandomStream random(seed_, RandomPurpose::shuffle, epoch);
  shuffle(order_, random);
  if (!selects()) return;
  if (epoch > 0) select(difficulty, random);
  cut();
}

void Batches::select(std::span<const float> difficulty, RandomStream& random) {
  const std::size_t count = selected_ * kHardTenths / 10;
  std::vector<std::uint32_t> by_difficulty = order_;
  const auto hard = by_difficulty.begin() + static_cast<std::ptrdiff_t>(count);
  std::ranges::nth_element(by_difficulty, hard, [&](std::uint32_t a, std::uint32_t b) {
    return std::pair(difficulty[a], a) > std::pair(difficulty[b], b);
  });
  std::vector<bool> is_hard(all_);
  for (auto at = by_difficulty.begin(); at != hard; ++at) is_hard[*at] = true;
  std::size_t others = selected_ - count;
  std::erase_if(order_, [&](std::uint32_t position) {
    if (is_hard[position]) return false;
    if (others == 0) return true;
    --others;
    return false;
  });
  shuffle(order_, random);  // else the others, which come first in it, would all be in front
}

std::span<const std::uint32_t> Batches::batch(std::size_t i) const {
  const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
  return std::span(order_).subspan(begin, ends_[i] - begin);
}

}  // namespace weft
