#include "nn/optimizer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/random.hpp"
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

TEST(Optimizer, ClipsByTheNormOfAllGradients) {
  const double norm = std::sqrt(0.25 + 1 + 4);
  const double factor = 1 / (norm + 1e-6);
  EXPECT_TRUE(all_close(step({.kind = OptimizerKind::sgd, .clip_norm = 1}, {1, -2, 3}, 1),
                        std::vector{1 - 0.05 * factor, -2 + 0.1 * factor, 3 - 0.2 * factor}, 1e-14,
                        0));
  // Before the penalties: a factor on the gradient, not on l2 w.
  EXPECT_TRUE(all_close(
      step({.kind = OptimizerKind::sgd, .l2 = 0.5, .clip_norm = 1}, {1, -2, 3}, 1),
      std::vector{1 - 0.1 * (0.5 * factor + 0.5), -2 - 0.1 * (-factor - 1.0), 3 - 0.2 * factor},
      1e-14, 0));
  for (const OptimizerKind kind : {OptimizerKind::sgd, OptimizerKind::adamw, OptimizerKind::muon}) {
    EXPECT_EQ(step({.kind = kind, .clip_norm = norm}, {1, -2, 3}, 2),
              step({.kind = kind}, {1, -2, 3}, 2));
  }
}

TEST(Optimizer, LookaheadGoesHalfwayEveryOtherStep) {
  // Fast weights 1, 0.9, 0.8 -> 0.9; 0.8, 0.7 -> 0.8; in units of the gradient.
  const OptimizerSettings settings{
      .kind = OptimizerKind::sgd, .lookahead = 2, .lookahead_alpha = 0.5};
  for (const auto& [steps, moved] :
       std::initializer_list<std::pair<int, double>>{{1, 1}, {2, 1}, {3, 2}, {4, 2}, {5, 3}}) {
    const double m = -0.1 * moved;
    EXPECT_TRUE(
        all_close(step(settings, {0, 0, 0}, steps), std::vector{0.5 * m, -m, 2 * m}, 1e-14, 0))
        << steps;
  }
}

TEST(WeightAverage, WarmsUpToItsDecay) {
  ThreadPool pool(2);
  WeightAverage<double> average(0.3, 1, pool);
  average.start(std::vector{5.0});
  double expected = 5;
  const std::vector<double> decays{0.1, 2.0 / 11, 0.25, 0.3, 0.3};
  for (std::size_t i = 0; i < decays.size(); ++i) {
    const std::vector<double> weights{static_cast<double>(i * i)};
    average.after_step(i + 1, weights);
    expected = decays[i] * expected + (1 - decays[i]) * weights[0];
    EXPECT_NEAR(average.weights()[0], expected, 1e-14);
  }
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
