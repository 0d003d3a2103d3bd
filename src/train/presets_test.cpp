#include <gmock/gmock.h>

#include <cmath>

#include "kernels/kernels.hpp"
#include "nn/architecture.hpp"
#include "train/settings.hpp"
#include "weft/error.hpp"

namespace weft {
namespace {

// Six dark pictures of 6 x 6.
Dataset three_classes() {
  Dataset data;
  data.class_names = {"top", "middle", "bottom"};
  data.train = {Tensor(DataType::u8, {6, 1, 6, 6}), {0, 1, 2, 0, 1, 2}};
  return data;
}

TEST(PresetSettings, AdaptToTheData) {
  for (const std::string& name : preset_names()) {
    SCOPED_TRACE(name);
    for (const Shape& picture : {Shape{1, 28, 28},
                                 {1, 8, 8},
                                 {3, 32, 32},
                                 {3, 64, 48},
                                 {3, 224, 224},
                                 {4, 1, 1},
                                 {1, 3, 100}}) {
      for (const std::size_t pictures : {2U, 1797U, 60000U, 1000000U}) {
        const TrainSettings s = preset(name, {picture, 7, pictures, false});
        const Architecture<float> network(s.network, picture, reference_kernels<float>());
        EXPECT_EQ(network.output(), Shape{7}) << s.network;
        EXPECT_EQ(s.augmentation.mirror, Mirror::none);
        EXPECT_EQ(s.views.find("mirror"), std::string::npos);
        EXPECT_GE(s.epochs, 1U);
        EXPECT_GE(s.batch_size, 1U);
      }
    }
  }
  EXPECT_GT(preset("quick", {.pictures = 1797}).epochs, preset("quick", {}).epochs);
  EXPECT_LT(preset("quick", {.pictures = 600000}).epochs, preset("quick", {}).epochs);
  EXPECT_NE(preset("quick", {}).augmentation.mirror, Mirror::none);
}

TEST(PresetSettings, MirrorNeitherDigitsNorLetters) {
  Dataset data = three_classes();
  EXPECT_TRUE(facts_of(data).mirrors);
  data.class_names = {"a", "b", "7"};
  EXPECT_FALSE(facts_of(data).mirrors);
  data.class_names = {"10", "11", "12"};
  EXPECT_TRUE(facts_of(data).mirrors);
  data.numbered = true;
  EXPECT_FALSE(facts_of(data).mirrors);
}

TEST(ClassWeights, BalanceTheClasses) {
  Dataset data = three_classes();
  data.class_names.push_back("none");
  data.train.labels = {0, 0, 0, 1, 1, 2};
  EXPECT_THAT(class_weights("balanced", data), ::testing::ElementsAre(0.5, 0.75, 1.5, 1));
  EXPECT_THAT(class_weights("sqrt", data),
              ::testing::Pointwise(::testing::DoubleNear(1e-12),
                                   {std::sqrt(0.5), std::sqrt(0.75), std::sqrt(1.5), 1.0}));
  EXPECT_TRUE(class_weights("none", data).empty());
  EXPECT_THROW(class_weights("no-such-file.json", data), Error);
}

TEST(ClassWeights, PresetsWeighClassesThatAreUneven) {
  Dataset data = three_classes();
  data.train.labels = {0, 0, 1, 1, 1, 2};
  EXPECT_EQ(preset("quick", facts_of(data)).class_weights, class_weights("sqrt", data));
  data.train.labels = {0, 0, 1, 1, 2, 2};
  EXPECT_TRUE(preset("quick", facts_of(data)).class_weights.empty());
  data.class_names.push_back("none of them");  // a class without pictures says nothing
  data.train.labels = {0, 0, 1, 1, 1, 1};
  EXPECT_TRUE(preset("mlp", facts_of(data)).class_weights.empty());
}

}  // namespace
}  // namespace weft
