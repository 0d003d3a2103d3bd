#include "report/layer.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "base/base64.hpp"

namespace weft {
namespace {

constexpr std::size_t kMostUnits = 64;

// {units, channels, height, width}; rank 0 where these weights are not over pictures of this shape.
Shape picture_shape(const NamedTensor& weight, const Shape& input) {
  const Shape& shape = weight.value.shape();
  if (shape.rank() == 4 && shape[1] == input[0]) return shape;
  if (shape.rank() == 2 && shape[1] == input.elements()) {
    return {shape[0], input[0], input[1], input[2]};
  }
  return {};
}

}  // namespace

nlohmann::ordered_json first_layer(const Model& model) {
  const auto first = std::ranges::find_if(model.weights, [&](const NamedTensor& weight) {
    return weight.value.shape().rank() > 1 && weight.name.ends_with(".weight");
  });
  if (first == model.weights.end()) return nullptr;
  Shape shape = picture_shape(*first, model.input);
  if (shape.rank() == 0) return nullptr;
  if (shape[1] != 1 && shape[1] != 3) shape = {shape[0] * shape[1], 1, shape[2], shape[3]};
  const std::size_t shown = std::min(shape[0], kMostUnits);
  const auto values = first->value.as<float>().first(shown * shape[1] * shape[2] * shape[3]);
  float largest = 0;
  for (const float value : values) largest = std::max(largest, std::abs(value));
  std::vector<std::byte> bytes;
  bytes.reserve(values.size());
  for (const float value : values) {
    const long scaled = largest > 0 ? std::lround(127 * value / largest) : 0;
    bytes.push_back(static_cast<std::byte>(static_cast<std::int8_t>(scaled)));
  }
  return {{"name", first->name},    {"count", shape[0]},  {"shown", shown},
          {"channels", shape[1]},   {"height", shape[2]}, {"width", shape[3]},
          {"values", base64(bytes)}};
}

}  // namespace weft
