// Whether a model's parts belong together.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "nn/architecture.hpp"
#include "weft/model.hpp"

namespace weft {

// Of each member's weights when there are several, else nothing.
std::string member_prefix(const Model& model, std::size_t member);
// Null where there is none of this name.
const NamedTensor* find_weight(const Model& model, std::string_view name);

// Assigns one member's weights to `parameters`, which lie as `architecture` says: of the model's
// network, or of its first layers. The model must fit (check_fit).
void copy_weights(const Model& model, std::size_t member, const Architecture<float>& architecture,
                  std::span<float> parameters);

// Builds what the network's text says for the model's input, and compares the weights' names and
// shapes and the number of class names with it; allocates nothing that grows with them. `where`
// begins the message. Throws Error(bad_input).
void check_fit(const Model& model, const std::string& where);

}  // namespace weft
