#include "report/layer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace weft {
namespace {

using nlohmann::ordered_json;

TEST(ReportLayer, ADenseLayerIsPicturesOfTheInput) {
  Model model;
  model.input = {1, 2, 2};
  model.weights.push_back({"layers.0.weight", Tensor(DataType::f32, {3, 4})});
  std::ranges::copy(std::vector<float>{0.5F, -1, 0, 2}, model.weights[0].value.as<float>().begin());
  const ordered_json layer = first_layer(model);
  EXPECT_EQ(layer["count"], 3);
  EXPECT_EQ(layer["height"], 2);
  // 32, -64 (from -63.5), 0, 127 and eight zeros.
  EXPECT_EQ(layer["values"], "IMAAfwAAAAAAAAAA");
}

TEST(ReportLayer, FiltersOverOtherChannelsAreShownOneByOne) {
  Model model;
  model.input = {2, 5, 5};
  model.weights.push_back({"layers.0.weight", Tensor(DataType::f32, {4, 2, 3, 3})});
  EXPECT_EQ(first_layer(model)["shown"], 8);
  EXPECT_EQ(first_layer(model)["channels"], 1);
}

TEST(ReportLayer, NothingWhereTheFirstWeightsAreNotOverThePicture) {
  Model model;
  model.input = {1, 2, 2};
  EXPECT_TRUE(first_layer(model).is_null());
  model.weights.push_back({"layers.0.weight", Tensor(DataType::f32, {3, 5})});
  EXPECT_TRUE(first_layer(model).is_null());
}

}  // namespace
}  // namespace weft
