#include "nn/optimizer.hpp"

#include <gtest/gtest.h>

#include "compare.hpp"
#include "nn/schedule.hpp"

namespace weft {
namespace {

using testing::all_close;

const std::vector<Parameter> kParameters{{"weight", {2, 1}, 1, 2, true, 0},
                                         {"bias", {1}, 1, 2, false, 2}};

std::vector<double> step(const OptimizerSettings& settings, std::vector<double> weights,
                         int steps) {
  ThreadPool pool(1);
  Optimizer<double> optimizer(settings, kParameters, weights.size(), reference_kernels<double>(),
                              pool);
  const std::vector<double> gradients{0.5, -1.0, 2.0};
  for (int i = 0; i < steps; ++i) optimizer.step(0.1, gradients, weights);
  return weights;
}

TEST(Optimizer, PlainSgd) {
  EXPECT_TRUE(all_close(step({.kind = OptimizerKind::sgd}, {1, -2, 3}, 1),
                        std::vector{0.95, -1.9, 2.8}, 1e-15, 0));
}

TEST(Optimizer, DecayAndPenaltiesSpareTheBias) {
  // By hand: w - 0.1 (g + decay w + l1 sign(w) + l2 w), with 0.1 + 0.2 = 0.3 on w.
  const auto after =
      step({.kind = OptimizerKind::sgd, .weight_decay = 0.1, .l1 = 0.5, .l2 = 0.2}, {1, -2, 3}, 1);
  EXPECT_TRUE(
      all_close(after, std::vector{1 - 0.1 * (0.5 + 0.3 + 0.5), -2 - 0.1 * (-1.0 - 0.6 - 0.5), 2.8},
                1e-14, 0));
}

TEST(Optimizer, MomentumAndNesterovOverTwoSteps) {
  // v1 = g, v2 = 1.9 g; momentum moves v1 + v2, Nesterov (g + 0.9 v1) + (g + 0.9 v2).
  const auto momentum = step({.kind = OptimizerKind::sgd, .momentum = 0.9}, {0, 0, 0}, 2);
  EXPECT_TRUE(
      all_close(momentum, std::vector{-0.1 * 2.9 * 0.5, 0.1 * 2.9, -0.1 * 2.9 * 2}, 1e-14, 0));
  const auto nesterov =
      step({.kind = OptimizerKind::sgd, .momentum = 0.9, .nesterov = true}, {0, 0, 0}, 2);
  EXPECT_TRUE(
      all_close(nesterov, std::vector{-0.1 * 4.61 * 0.5, 0.1 * 4.61, -0.1 * 4.61 * 2}, 1e-14, 0));
}

TEST(Optimizer, AdamWFirstStepsMoveByTheRate) {
  // With a constant gradient both moments are unbiased from the first step: each step is rate *
  // sign(g).
  const auto after = step({.kind = OptimizerKind::adamw}, {0, 0, 0}, 3);
  EXPECT_TRUE(all_close(after, std::vector{-0.3, 0.3, -0.3}, 1e-7, 0));
  const auto decayed = step({.kind = OptimizerKind::adamw, .weight_decay = 0.5}, {1, 1, 1}, 1);
  EXPECT_TRUE(all_close(decayed, std::vector{1 - 0.05 - 0.1, 1 - 0.05 + 0.1, 0.9}, 1e-7, 0));
}

TEST(Schedule, Shapes) {
  const Schedule constant{.kind = ScheduleKind::constant, .peak = 2, .steps = 10};
  EXPECT_EQ(constant.rate(0), 2);
  EXPECT_EQ(constant.rate(9), 2);
  const Schedule step{.kind = ScheduleKind::step, .peak = 1, .steps = 9};
  EXPECT_TRUE(
      all_close(std::vector{step.rate(0), step.rate(2), step.rate(3), step.rate(6), step.rate(8)},
                std::vector{1.0, 1.0, 0.1, 0.01, 0.01}, 1e-12, 0));
  const Schedule cosine{.kind = ScheduleKind::cosine, .peak = 1, .steps = 4};
  EXPECT_TRUE(all_close(std::vector{cosine.rate(0), cosine.rate(1), cosine.rate(2)},
                        std::vector{1.0, 0.85355339059, 0.5}, 1e-9, 0));
  const Schedule warm{.kind = ScheduleKind::cosine, .peak = 1, .steps = 8, .warmup_steps = 4};
  EXPECT_TRUE(all_close(std::vector{warm.rate(0), warm.rate(3), warm.rate(4), warm.rate(6)},
                        std::vector{0.25, 1.0, 1.0, 0.5}, 1e-12, 0));
  const Schedule cycle{.kind = ScheduleKind::one_cycle, .peak = 1, .steps = 10};
  EXPECT_TRUE(
      all_close(std::vector{cycle.rate(0), cycle.rate(3)}, std::vector{0.04, 1.0}, 1e-12, 0));
  for (std::size_t i = 4; i < 10; ++i) EXPECT_LT(cycle.rate(i), cycle.rate(i - 1));
  EXPECT_GT(cycle.rate(9), 0);
}

}  // namespace
}  // namespace weft
