// Batch normalisation's parts and poolings of pictures in blocks of channels, in vectors; contracts
// in kernels.hpp. What is not in blocks of vector_block() goes through the reference loops.
#pragma once

#include "kernels/kernels.hpp"

namespace weft::fast {

// Puts them into a table.
void add_picture_kernels(Kernels<float>& table);

// values = gate(values)
void apply_gate(Gate gate, float slope, std::size_t count, float* values);

}  // namespace weft::fast
