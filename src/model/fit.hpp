// Whether a model's parts belong together.
#pragma once

#include <string>
#include <string_view>

#include "weft/model.hpp"

namespace weft {

// Of each member's weights when there are several, else nothing.
std::string member_prefix(const Model& model, std::size_t member);
// Null where there is none of this name.
const NamedTensor* find_weight(const Model& model, std::string_view name);

// Builds what the network's text says for the model's input, and compares the weights' names and
// shapes and the number of class names with it; allocates nothing that grows with them. `where`
// begins the message. Throws Error(bad_input).
void check_fit(const Model& model, const std::string& where);

}  // namespace weft
