// Which rows form which batch.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.hpp"

namespace weft {

// The batches of every epoch: nearly equal, in order; shuffled anew each epoch where asked.
class Batches {
 public:
  // n rows in `count` batches in their given order, the first n % count one row longer, as
  // numpy.array_split cuts. Throws Error(usage) when count is 0 or above n.
  static Batches in_order(std::size_t n, std::size_t count);
  // n rows in batches of `size`, shuffled by (seed, epoch); the last batch is what is left. From
  // the second epoch on it is only the share `selected` of them, in (0, 1]: seven tenths of that
  // are the hardest of all, three tenths any of the others.
  static Batches shuffled(std::size_t n, std::size_t size, std::uint64_t seed, double selected = 1);

  std::size_t all_rows() const { return all_; }
  bool selects() const { return selected_ < all_; }
  // Batches of so many epochs, from the first one on.
  std::size_t steps(std::size_t epochs) const;

  // difficulty: of each row, larger means harder; needed where this selects, from epoch 1 on.
  void begin_epoch(std::uint32_t epoch, std::span<const float> difficulty = {});
  // Of this epoch.
  std::size_t rows() const { return order_.size(); }
  std::size_t count() const { return ends_.size(); }
  std::span<const std::uint32_t> batch(std::size_t i) const;  // positions of its rows

 private:
  explicit Batches(std::size_t n);

  void select(std::span<const float> difficulty, RandomStream& random);
  void cut();

  std::vector<std::uint32_t> order_;
  std::vector<std::size_t> ends_;
  std::size_t all_ = 0, selected_ = 0, size_ = 0;
  std::uint64_t seed_ = 0;
  bool shuffle_ = false;
};

}  // namespace weft
