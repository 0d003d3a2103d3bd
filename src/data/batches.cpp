#include "data/batches.hpp"

#include <algorithm>
#include <numeric>

#include "base/error.hpp"
#include "base/random.hpp"

namespace weft {

Batches::Batches(std::size_t n) : order_(n) {
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

Batches Batches::shuffled(std::size_t n, std::size_t size, std::uint64_t seed) {
  if (size == 0 || n == 0) {
    fail(ErrorCode::usage, "batches: {} rows in batches of {}: both must be 1 or more", n, size);
  }
  Batches batches(n);
  for (std::size_t end = 0; end < n;) batches.ends_.push_back(end = std::min(n, end + size));
  batches.seed_ = seed;
  batches.shuffle_ = true;
  return batches;
}

void Batches::begin_epoch(std::uint32_t epoch) {
  if (!shuffle_) return;
  std::iota(order_.begin(), order_.end(),
            0U);  // an epoch's order does not depend on the epochs before it
  RandomStream random(seed_, RandomPurpose::shuffle, epoch);
  shuffle(order_, random);
}

std::span<const std::uint32_t> Batches::batch(std::size_t i) const {
  const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
  return std::span(order_).subspan(begin, ends_[i] - begin);
}

}  // namespace weft
