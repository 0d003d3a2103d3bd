// Weights between a network's block and a model's tensors.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "nn/layer.hpp"
#include "weft/model.hpp"

namespace weft {

// The block's arrays as a model file keeps them: f32, by name.
template <class T>
std::vector<NamedTensor> named_weights(const std::vector<Parameter>& parameters,
                                       std::span<const T> block);

// Copies a model's weights over the block's. Where its classes are others than `class_names`, or in
// another order, the last layer's stay as they are. Throws Error(usage) when another layer's
// weights have no equal in the model.
template <class T>
void copy_weights(const Model& model, const std::vector<std::string>& class_names,
                  const std::vector<Parameter>& parameters, std::span<T> block);

// The model's network for so many classes: its last dense layer, if that is its last layer, gets
// as many outputs. Throws Error(usage) when the network ends otherwise.
std::string network_for(const Model& model, std::size_t classes);

}  // namespace weft
