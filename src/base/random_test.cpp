#include "base/random.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace weft {
namespace {

// Known answers of the authors' Random123 distribution (kat_vectors, philox 4x32 10).
TEST(Philox, KnownAnswers) {
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}),
            (PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox4x32({~0U, ~0U, ~0U, ~0U}, {~0U, ~0U}),
            (PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(RandomStream, DependsOnEachCoordinate) {
  const auto first = [](std::uint64_t seed, RandomPurpose purpose, std::uint32_t epoch,
                        std::uint32_t index) {
    return RandomStream(seed, purpose, epoch, index).bits();
  };
  const auto base = first(1, RandomPurpose::shuffle, 2, 3);
  EXPECT_EQ(base, first(1, RandomPurpose::shuffle, 2, 3));
  EXPECT_NE(base, first(2, RandomPurpose::shuffle, 2, 3));
  EXPECT_NE(base, first(1ULL << 32 | 1, RandomPurpose::shuffle, 2, 3));
  EXPECT_NE(base, first(1, RandomPurpose::split, 2, 3));
  EXPECT_NE(base, first(1, RandomPurpose::shuffle, 3, 3));
  EXPECT_NE(base, first(1, RandomPurpose::shuffle, 2, 4));
}

TEST(RandomStream, MomentsOfUniformAndNormal) {
  RandomStream random(7, RandomPurpose::initialise);
  const int n = 200000;
  double sum = 0, squares = 0, normal_sum = 0, normal_squares = 0;
  for (int i = 0; i < n; ++i) {
    const double u = random.uniform();
    ASSERT_GE(u, 0.0);
    ASSERT_LT(u, 1.0);
    sum += u;
    squares += u * u;
    const double z = random.normal();
    normal_sum += z;
    normal_squares += z * z;
  }
  // Five standard errors of each mean.
  EXPECT_NEAR(sum / n, 0.5, 5 * 0.2887 / 447);
  EXPECT_NEAR(squares / n, 1.0 / 3, 5 * 0.2981 / 447);
  EXPECT_NEAR(normal_sum / n, 0.0, 5 * 1.0 / 447);
  EXPECT_NEAR(normal_squares / n, 1.0, 5 * 1.4142 / 447);
}

TEST(RandomStream, BelowReachesEveryValueEvenly) {
  RandomStream random(3, RandomPurpose::shuffle);
  std::array<int, 7> counts{};
  for (int i = 0; i < 70000; ++i) ++counts.at(random.below(7));
  for (const int count : counts) EXPECT_NEAR(count, 10000, 500);
}

TEST(Shuffle, IsAPermutationAndRepeats) {
  std::vector<std::uint32_t> values(1000);
  std::iota(values.begin(), values.end(), 0U);
  const auto sorted = values;
  RandomStream random(5, RandomPurpose::shuffle);
  shuffle(values, random);
  EXPECT_NE(values, sorted);
  auto again = sorted;
  RandomStream same(5, RandomPurpose::shuffle);
  shuffle(again, same);
  EXPECT_EQ(values, again);
  std::ranges::sort(values);
  EXPECT_EQ(values, sorted);
}

// numpy.random.RandomState(42): random_sample(3) and permutation(10).
TEST(NumpyRandom, DrawsAsNumpyDoes) {
  NumpyRandom random(42);
  EXPECT_EQ(random.uniform(), 0.3745401188473625);
  EXPECT_EQ(random.uniform(), 0.9507143064099162);
  EXPECT_EQ(random.uniform(), 0.7319939418114051);
  EXPECT_THAT(NumpyRandom(42).permutation(10),
              testing::ElementsAre(8U, 1U, 5U, 0U, 7U, 2U, 9U, 4U, 3U, 6U));
}

}  // namespace
}  // namespace weft
