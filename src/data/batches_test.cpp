#include "data/batches.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "weft/error.hpp"

namespace weft {
namespace {

std::vector<std::uint32_t> rows_of(const Batches& batches) {
  std::vector<std::uint32_t> rows;
  for (std::size_t i = 0; i < batches.count(); ++i) {
    const auto batch = batches.batch(i);
    rows.insert(rows.end(), batch.begin(), batch.end());
  }
  return rows;
}

TEST(Batches, AnEpochGoesThroughAllRowsOnceInAnOrderOfItsOwn) {
  Batches batches = Batches::shuffled(103, 10, 7);
  EXPECT_EQ(batches.count(), 11U);
  EXPECT_EQ(batches.steps(0), 0U);
  EXPECT_EQ(batches.steps(3), 33U);
  std::set<std::vector<std::uint32_t>> orders;
  for (const std::uint32_t epoch : {0U, 1U, 2U}) {
    batches.begin_epoch(epoch);
    std::vector<std::uint32_t> rows = rows_of(batches);
    orders.insert(rows);
    std::ranges::sort(rows);
    std::vector<std::uint32_t> all(103);
    std::iota(all.begin(), all.end(), 0U);
    EXPECT_EQ(rows, all);
  }
  EXPECT_EQ(orders.size(), 3U);
}

TEST(Batches, SelectsTheHardestAndOthers) {
  Batches batches = Batches::shuffled(1000, 64, 3, 0.4);
  EXPECT_TRUE(batches.selects());
  EXPECT_EQ(batches.steps(1), 16U);
  EXPECT_EQ(batches.steps(3), 16U + 2 * 7);
  batches.begin_epoch(0);
  EXPECT_EQ(batches.rows(), 1000U);
  std::vector<float> difficulty(1000);
  for (std::size_t i = 0; i < 1000; ++i) difficulty[i] = static_cast<float>(i * 37 % 1000);
  std::set<std::uint32_t> seen;
  for (std::uint32_t epoch = 1; epoch < 9; ++epoch) {
    batches.begin_epoch(epoch, difficulty);
    EXPECT_EQ(batches.count(), 7U);
    EXPECT_EQ(batches.batch(6).size(), 400U - 6 * 64);
    const std::vector<std::uint32_t> order = rows_of(batches);
    const std::set<std::uint32_t> rows(order.begin(), order.end());
    EXPECT_EQ(rows.size(), 400U);
    EXPECT_EQ(std::ranges::count_if(rows, [&](auto row) { return difficulty[row] >= 720; }), 280);
    // Neither the hard ones first nor the others.
    const auto hard_in_front = std::count_if(order.begin(), order.begin() + 200,
                                             [&](auto row) { return difficulty[row] >= 720; });
    EXPECT_GT(hard_in_front, 110);
    EXPECT_LT(hard_in_front, 170);
    seen.insert(rows.begin(), rows.end());
    // The same again: it depends on nothing else.
    Batches again = Batches::shuffled(1000, 64, 3, 0.4);
    again.begin_epoch(epoch, difficulty);
    EXPECT_EQ(rows_of(again), order);
  }
  EXPECT_GT(seen.size(), 780U);  // the easy ones are met in turns
  batches.begin_epoch(0);
  EXPECT_EQ(batches.rows(), 1000U);
}

TEST(Batches, SelectsFromFewRowsAndFromEqualOnes) {
  for (const std::size_t n : {1U, 2U, 3U}) {
    Batches batches = Batches::shuffled(n, 2, 1, 0.01);
    batches.begin_epoch(1, std::vector<float>(n));
    EXPECT_EQ(batches.rows(), 1U);
  }
  Batches all = Batches::shuffled(5, 2, 1, 1);
  EXPECT_FALSE(all.selects());
  all.begin_epoch(1);
  EXPECT_EQ(all.rows(), 5U);
}

TEST(Batches, RefuseWhatCannotBeCut) {
  EXPECT_THROW(Batches::in_order(3, 4), Error);
  EXPECT_THROW(Batches::in_order(3, 0), Error);
  EXPECT_THROW(Batches::shuffled(0, 4, 1), Error);
  EXPECT_THROW(Batches::shuffled(3, 0, 1), Error);
  for (const double share : {0.0, -1.0, 1.1}) {
    EXPECT_THROW(Batches::shuffled(3, 2, 1, share), Error);
  }
}

}  // namespace
}  // namespace weft
