#include "train/weights.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "nn/network_text.hpp"

namespace weft {
namespace {

// "layers.2.weight" -> "layers.2."
std::string_view layer_of(std::string_view parameter) {
  return parameter.substr(0, parameter.rfind('.') + 1);
}

}  // namespace

template <class T>
std::vector<NamedTensor> named_weights(const std::vector<Parameter>& parameters,
                                       std::span<const T> block) {
  std::vector<NamedTensor> weights;
  for (const Parameter& parameter : parameters) {
    Tensor value(DataType::f32, parameter.shape);
    std::ranges::transform(block.subspan(parameter.offset, value.elements()),
                           value.as<float>().begin(), [](T w) { return static_cast<float>(w); });
    weights.push_back({parameter.name, std::move(value)});
  }
  return weights;
}

template <class T>
void copy_weights(const Model& model, const std::vector<std::string>& class_names,
                  const std::vector<Parameter>& parameters, std::span<T> block) {
  if (parameters.empty()) return;
  if (model.members > 1) {
    fail(ErrorCode::usage, "init-from: the model is an ensemble of {} networks: give a single one",
         model.members);
  }
  const bool same_classes = model.class_names == class_names;
  const std::string_view last = layer_of(parameters.back().name);
  for (const Parameter& parameter : parameters) {
    if (!same_classes && layer_of(parameter.name) == last) continue;
    const auto found = std::ranges::find(model.weights, parameter.name, &NamedTensor::name);
    if (found == model.weights.end() || found->value.shape() != parameter.shape) {
      fail(ErrorCode::usage,
           "init-from: the network needs {} of {}, but the model (\"{}\") has {}: give the same "
           "network but for its last layer, or none",
           parameter.name, parameter.shape.text(), model.network,
           found == model.weights.end() ? "none" : found->value.shape().text());
    }
    const auto values = found->value.as<float>();
    std::ranges::copy(values, block.begin() + static_cast<std::ptrdiff_t>(parameter.offset));
  }
}

std::string network_for(const Model& model, std::size_t classes) {
  if (model.class_names.size() == classes) return model.network;
  std::vector<LayerText> layers = parse_network(model.network);
  LayerText& last = layers.back();
  if (last.name != "dense" || last.words.empty()) {
    fail(ErrorCode::usage,
         "init-from: the model's network (\"{}\") does not end in a dense layer, so it cannot get "
         "{} outputs: give --network",
         model.network, classes);
  }
  last.words.front() = std::to_string(classes);
  return text_of(layers);
}

template std::vector<NamedTensor> named_weights(const std::vector<Parameter>&,
                                                std::span<const float>);
template std::vector<NamedTensor> named_weights(const std::vector<Parameter>&,
                                                std::span<const double>);
template void copy_weights(const Model&, const std::vector<std::string>&,
                           const std::vector<Parameter>&, std::span<float>);
template void copy_weights(const Model&, const std::vector<std::string>&,
                           const std::vector<Parameter>&, std::span<double>);

}  // namespace weft
