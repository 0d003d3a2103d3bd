// Random numbers that depend on what they are for, not on who drew before.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace weft {

// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3; 2011).
using PhiloxBlock = std::array<std::uint32_t, 4>;
PhiloxBlock philox4x32(PhiloxBlock counter, std::array<std::uint32_t, 2> key);

// What a stream is for. The numbers are part of what makes a run repeatable: never reuse one.
enum class RandomPurpose : std::uint32_t {
  initialise = 1,
  shuffle = 2,
  split = 3,
  dropout = 4,
  whiten = 5,
  augment = 6,
  mix = 7,
  tune = 8,
  map = 12
};

// One stream of numbers, a function of (seed, purpose, epoch, index, part) alone.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, RandomPurpose purpose, std::uint32_t epoch = 0,
               std::uint32_t index = 0, std::uint32_t part = 0);  // part: its lower 24 bits

  std::uint32_t bits();  // 32 random bits
  double uniform();      // [0, 1), 53 bits
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  double normal();  // mean 0, deviation 1 (Box and Muller, 1958)
  std::uint32_t below(
      std::uint32_t exclusive);  // [0, exclusive), exact (Lemire, 2019); exclusive > 0

 private:
  std::array<std::uint32_t, 2> key_;
  PhiloxBlock counter_;
  PhiloxBlock block_{};
  unsigned used_ = 4;
};

// Fisher and Yates; in place.
void shuffle(std::span<std::uint32_t> values, RandomStream& random);

// numpy.random.RandomState, as far as the article uses it: MT19937, legacy seeding by one integer.
class NumpyRandom {
 public:
  explicit NumpyRandom(std::uint32_t seed) : engine_(seed) {}

  double uniform();  // [0, 1), 53 bits
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  std::vector<std::uint32_t> permutation(std::uint32_t n);  // of 0 .. n-1

 private:
  std::uint32_t at_most(std::uint32_t inclusive);  // by masking and rejection

  std::mt19937 engine_;
};

}  // namespace weft
