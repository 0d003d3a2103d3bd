// Whether a model's parts belong together.
#pragma once

#include "weft/model.hpp"

namespace weft {

// Builds what the network's text says for the model's input, and compares the weights' names and
// shapes and the number of class names with it; allocates nothing that grows with them. `where`
// begins the message. Throws Error(bad_input).
void check_fit(const Model& model, const std::string& where);

}  // namespace weft
