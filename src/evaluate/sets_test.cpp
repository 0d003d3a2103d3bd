#include "evaluate/sets.hpp"

#include <gmock/gmock.h>

#include "weft/error.hpp"

namespace weft {
namespace {

using Sets = std::vector<std::vector<std::size_t>>;

TEST(SetMetrics, CountByHand) {
  const Sets sets{{0}, {1, 0}, {2}, {2, 1, 0}};
  const SetMetrics m = measure_sets(sets, 4, std::vector<Label>{0, 0, 1, 1});
  EXPECT_EQ(m.coverage, 0.75);
  EXPECT_EQ(m.mean_size, 1.75);
  EXPECT_EQ(m.alone, 0.5);
  EXPECT_THAT(m.per_class, ::testing::ElementsAre(1, 0.5, 0, 0));
  const Interval wilson = wilson_interval(3, 4);
  EXPECT_EQ(m.coverage_interval.low, wilson.low);
  EXPECT_EQ(m.coverage_interval.high, wilson.high);
}

TEST(SetMetrics, WrongSizesAreErrors) {
  EXPECT_THROW(measure_sets(Sets{}, 2, {}), Error);
  EXPECT_THROW(measure_sets(Sets{{0}}, 2, std::vector<Label>{0, 1}), Error);
  EXPECT_THROW(measure_sets(Sets{{0}}, 2, std::vector<Label>{2}), Error);
}

}  // namespace
}  // namespace weft
