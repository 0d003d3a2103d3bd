#include "base/threads.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace weft {
namespace {

TEST(ThreadPool, DoesEachIterationOnce) {
  for (const int threads : {1, 2, 3, 8}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    for (const std::size_t n : {0, 1, 2, 7, 1000}) {
      std::vector<int> times(n);  // not atomic: a second visit would be a race, too
      pool.for_each(n, [&](std::size_t i, int thread) {
        ++times[i];
        EXPECT_GE(thread, 0);
        EXPECT_LT(thread, threads);
      });
      EXPECT_EQ(times, std::vector<int>(n, 1)) << n << " iterations, " << threads << " threads";
    }
  }
}

// Many short loops, one after another, each seeing what the one before wrote.
TEST(ThreadPool, LoopsFollowEachOther) {
  ThreadPool pool(4);
  std::vector<std::uint64_t> values(5, 1);
  for (std::uint64_t loop = 0; loop < 20000; ++loop) {
    pool.for_each(values.size(), [&](std::size_t i, int) {
      ASSERT_EQ(values[i], loop + 1);
      ++values[i];
    });
  }
  EXPECT_EQ(values, std::vector<std::uint64_t>(5, 20001));
}

TEST(ThreadPool, TakesDenormalsAsZeroInsideOnly) {
  const auto half_of_smallest = [] {
    volatile float smallest = std::numeric_limits<float>::min();
    return smallest * 0.5F;
  };
  EXPECT_GT(half_of_smallest(), 0);
  ThreadPool pool(2);
  std::vector<float> halves(64, 1);
  pool.for_each(halves.size(), [&](std::size_t i, int) { halves[i] = half_of_smallest(); });
  EXPECT_EQ(halves, std::vector<float>(64, 0));
  EXPECT_GT(half_of_smallest(), 0);
}

}  // namespace
}  // namespace weft
