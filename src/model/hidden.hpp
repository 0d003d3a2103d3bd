// What a network makes of pictures before it decides.
#pragma once

#include "weft/model.hpp"
#include "weft/tensor.hpp"

namespace weft {

// Is there a dense layer behind another layer, whose input could be told?
bool has_hidden_values(const Model& model);

// The input of the network's last dense layer, {n, values}, f32; of several networks in one model
// side by side. Of the pictures as they are, whatever views the model has. images: u8 {n, channels,
// height, width}. threads: 0 for all processors. Throws Error(usage) when the pictures' shape is
// not the model's, or when there are none.
Tensor hidden_values(const Model& model, const Tensor& images, int threads = 0);

}  // namespace weft
