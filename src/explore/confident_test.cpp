#include "explore/confident.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "weft/error.hpp"

namespace weft {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;

// By hand. Thresholds: class 0 (0.9 + 0.6 + 0.15) / 3 = 0.55, class 1 (0.8 + 0.3) / 2 = 0.55, class
// 2 1.0 / 1.
TEST(Confident, AsWorkedByHand) {
  const std::vector<float> probabilities{0.9F,  0.1F, 0,      //
                                         0.6F,  0.3F, 0.1F,   //
                                         0.15F, 0.8F, 0.05F,  // confidently of 1, says 0
                                         0.2F,  0.8F, 0,      //
                                         0.5F,  0.3F, 0.2F,   // of 0 most of all, but not enough
                                         0,     0,    1};
  const std::vector<Label> given{0, 0, 0, 1, 1, 2};
  const LabelErrors found = find_label_errors(probabilities, 3, given);
  EXPECT_THAT(found.thresholds,
              ElementsAre(DoubleNear(0.55, 1e-6), DoubleNear(0.55, 1e-6), DoubleNear(1, 1e-6)));
  EXPECT_THAT(found.joint,
              ElementsAre(ElementsAre(2, 1, 0), ElementsAre(0, 1, 0), ElementsAre(0, 0, 1)));
  EXPECT_THAT(found.suspect, ElementsAre(false, false, true, false, false, false));
  EXPECT_EQ(found.suspects(), 1U);
  EXPECT_THAT(found.suggested, ElementsAre(0, 0, 1, 1, 0, 2));
  EXPECT_THAT(found.score,
              ElementsAre(DoubleNear(0.9, 1e-6), DoubleNear(0.65, 1e-6), DoubleNear(0.175, 1e-6),
                          DoubleNear(0.8, 1e-6), DoubleNear(0.4, 1e-6), DoubleNear(1, 1e-6)));
  EXPECT_THAT(found.order, ElementsAre(2, 4, 1, 3, 0, 5));
  // Two thirds of three, all of two, all of one are right: 5 of 6.
  EXPECT_NEAR(found.noise, 1.0 / 6, 1e-9);
}

TEST(Confident, EquallySuspectOnesComeInTheirOrder) {
  const LabelErrors found = find_label_errors(
      std::vector<float>{0.5F, 0.5F, 0.5F, 0.5F, 0.2F, 0.8F}, 2, std::vector<Label>{1, 0, 0});
  EXPECT_THAT(found.order, ElementsAre(2, 0, 1));
}

TEST(Confident, AClassWithoutPicturesIsNoSuggestion) {
  const LabelErrors found =
      find_label_errors(std::vector<float>{0.1F, 0, 0.9F, 0.8F, 0.1F, 0.1F, 0.1F, 0.8F, 0.1F}, 3,
                        std::vector<Label>{0, 0, 1});
  EXPECT_TRUE(std::isnan(found.thresholds[2]));
  EXPECT_THAT(found.suspect, ElementsAre(false, false, false));
  EXPECT_THAT(found.joint[2], ElementsAre(0, 0, 0));
}

TEST(Confident, SizesMustAgree) {
  EXPECT_THROW(find_label_errors(std::vector<float>(5), 2, std::vector<Label>(3)), Error);
  EXPECT_THROW(find_label_errors(std::vector<float>(4), 2, std::vector<Label>{0, 2}), Error);
  EXPECT_THROW(find_label_errors(std::vector<float>(2), 1, std::vector<Label>(2)), Error);
  EXPECT_THROW(find_label_errors({}, 2, {}), Error);
}

}  // namespace
}  // namespace weft
