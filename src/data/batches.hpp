// Which rows form which batch.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace weft {

// The batches of every epoch: nearly equal, in order; shuffled anew each epoch where asked.
class Batches {
 public:
  // n rows in `count` batches in their given order, the first n % count one row longer, as
  // numpy.array_split cuts. Throws Error(usage) when count is 0 or above n.
  static Batches in_order(std::size_t n, std::size_t count);
  // n rows in batches of `size`, shuffled by (seed, epoch); the last batch is what is left.
  static Batches shuffled(std::size_t n, std::size_t size, std::uint64_t seed);

  std::size_t rows() const { return order_.size(); }
  std::size_t count() const { return ends_.size(); }
  void begin_epoch(std::uint32_t epoch);
  std::span<const std::uint32_t> batch(std::size_t i) const;  // positions of its rows

 private:
  explicit Batches(std::size_t n);

  std::vector<std::uint32_t> order_;
  std::vector<std::size_t> ends_;
  std::uint64_t seed_ = 0;
  bool shuffle_ = false;
};

}  // namespace weft
