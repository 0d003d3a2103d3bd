#include "model/sets.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "base/random.hpp"
#include "weft/error.hpp"
#include "weft/predictor.hpp"

namespace weft {
namespace {

using ::testing::ElementsAre;

// Pictures whose given class, 0, has these probabilities.
std::vector<double> fitted(const std::vector<float>& given) {
  Tensor probabilities(DataType::f32, {given.size(), 2});
  for (std::size_t i = 0; i < given.size(); ++i) {
    probabilities.as<float>()[2 * i] = given[i];
    probabilities.as<float>()[2 * i + 1] = 1 - given[i];
  }
  return fit_sets(probabilities, std::vector<Label>(given.size(), 0));
}

TEST(Sets, ThresholdsAreTheCorrectedQuantiles) {
  std::vector<float> given;
  for (std::size_t i = 0; i < 19; ++i) given.push_back(static_cast<float>(i + 1) / 20);
  const std::vector<double> thresholds = fitted(given);
  ASSERT_EQ(thresholds.size(), kSets);
  // ceil(20 * 0.95) = 19, the last of 19; beyond, none is sure enough.
  EXPECT_NEAR(thresholds[450], 0.05, 2e-7);
  EXPECT_EQ(thresholds[451], 0);
  EXPECT_EQ(thresholds.back(), 0);
  EXPECT_NEAR(thresholds[0], 0.5, 2e-7);                   // the tenth
  EXPECT_NEAR(thresholds[1], 0.45, 2e-7);                  // ceil(20 * 0.501) = 11
  EXPECT_NEAR(thresholds[50], 0.45, 2e-7);                 // 20 * 0.55 = 11
  EXPECT_LE(thresholds[450], static_cast<double>(0.05F));  // never rounded up
}

TEST(Sets, HoldTheMostProbableFirst) {
  std::vector<double> thresholds(kSets, 0.2);
  thresholds[0] = 0.9;
  for (std::size_t i = 451; i < kSets; ++i) thresholds[i] = 0;
  const std::vector<float> probabilities{0.25F, 0.05F, 0.45F, 0.25F};
  EXPECT_THAT(set_of(thresholds, probabilities, 0.95), ElementsAre(2, 0, 3));
  EXPECT_THAT(set_of(thresholds, probabilities, 0.9501), ElementsAre(2, 0, 3, 1));
  EXPECT_THAT(set_of(thresholds, probabilities, 0.5), ElementsAre(2));  // never none
  EXPECT_THAT(set_of(thresholds, std::vector<float>{0.5F, 0.5F}, 0.5), ElementsAre(0));
  // Every thousandth means itself, though few of them are exact in binary.
  for (std::size_t i = 0; i < kSets; ++i) {
    std::vector<double> one(kSets, 0.6);
    one[i] = 0.4;
    const double coverage = std::stod("0." + std::to_string(500 + i));
    EXPECT_EQ(set_of(one, std::vector<float>{0.5F, 0.5F}, coverage).size(), 2U) << coverage;
  }
  for (const double wrong : {0.49, 0.9995, 1.0, -1.0, std::nan("")}) {
    EXPECT_THROW(set_of(thresholds, probabilities, wrong), Error) << wrong;
  }
}

// A network that is often wrong, and knows it or not: the share of covered pictures is what was
// asked for all the same, up to what so many pictures leave open.
TEST(Sets, CoverNewPicturesAsAsked) {
  constexpr std::size_t kPictures = 20000, kClasses = 5;
  RandomStream random(7, RandomPurpose::split);
  for (const double overconfidence : {0.5, 1.0, 3.0}) {
    Tensor probabilities(DataType::f32, {kPictures, kClasses});
    const auto values = probabilities.as<float>();
    std::vector<Label> labels;
    for (std::size_t i = 0; i < kPictures; ++i) {
      std::array<double, kClasses> weight{}, shown{};
      double sum = 0, shown_sum = 0;
      for (std::size_t c = 0; c < kClasses; ++c) {
        const double logit = 2 * random.normal();
        sum += weight[c] = std::exp(logit);
        shown_sum += shown[c] = std::exp(overconfidence * logit);
      }
      double left = random.uniform() * sum;
      std::size_t label = 0;
      while (label + 1 < kClasses && (left -= weight[label]) >= 0) ++label;
      labels.push_back(static_cast<Label>(label));
      for (std::size_t c = 0; c < kClasses; ++c) {
        values[i * kClasses + c] = static_cast<float>(shown[c] / shown_sum);
      }
    }
    constexpr std::size_t kHalf = kPictures / 2;
    Tensor held_out(DataType::f32, {kHalf, kClasses});
    std::ranges::copy(values.first(kHalf * kClasses), held_out.as<float>().begin());
    const auto thresholds = fit_sets(held_out, std::span(labels).first(kHalf));
    for (const double coverage : {0.9, 0.95, 0.99}) {
      std::size_t covered = 0;
      for (std::size_t i = kHalf; i < kPictures; ++i) {
        const auto set = set_of(thresholds, values.subspan(i * kClasses, kClasses), coverage);
        covered += std::ranges::count(set, std::size_t{labels[i]}) > 0 ? 1 : 0;
      }
      // Four deviations of the fit and of the count together.
      const double deviation = std::sqrt(2 * coverage * (1 - coverage) / kHalf);
      EXPECT_NEAR(static_cast<double>(covered) / kHalf, coverage, 4 * deviation);
    }
  }
}

TEST(Sets, WrongSizesAreErrors) {
  const Tensor probabilities(DataType::f32, {2, 3});
  EXPECT_THROW(fit_sets(probabilities, std::vector<Label>{0}), Error);
  EXPECT_THROW(fit_sets(probabilities, std::vector<Label>{0, 3}), Error);
  EXPECT_THROW(fit_sets(Tensor(), {}), Error);
}

}  // namespace
}  // namespace weft
