// First values of a network's parameters.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "nn/layer.hpp"

namespace weft {

enum class Initialisation {
  uniform,  // weights U(-b, b), b = 1 / sqrt(fan_in)
  xavier,   // weights U(-b, b), b = sqrt(6 / (fan_in + fan_out))  (Glorot and Bengio, 2010)
  he,       // weights N(0, 2 / fan_in)                            (He et al., 2015)
};

// "uniform", "xavier", "he"; parse throws Error(usage) naming the three.
Initialisation parse_initialisation(const std::string& text);
const char* name_of(Initialisation initialisation);

// Assigns every parameter of the block; biases become 0. Each parameter array draws from its own
// stream of the seed, in double precision, so the values do not depend on T beyond rounding.
template <class T>
void initialise(Initialisation initialisation, std::uint64_t seed,
                const std::vector<Parameter>& parameters, std::span<T> block);

}  // namespace weft
