// Activations, losses and optimizer steps in vectors; contracts in kernels.hpp.
#pragma once

#include "kernels/kernels.hpp"

namespace weft::fast {

// The whole of a table but for its dense products and its name.
Kernels<float> elementwise_kernels();

}  // namespace weft::fast
