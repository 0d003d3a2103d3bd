// Convolutions of 3x3 taps by Winograd's minimal filtering: tiles of 4x4 results take 36 products
// in place of 144 (Lavin and Gray, Fast algorithms for convolutional neural networks, 2015).
//
// The results are those of the definition but for rounding, whose error stays below 5e-6 of the
// largest sum of |products| (the tests ask for 1e-5). A sample's dst and diff_src do not depend on
// how many samples a call has.
#pragma once

#include <memory>

#include "kernels/kernels.hpp"

namespace weft::fast {

// Whether this kernel computes the convolution, and is worth it: 3x3, stride, dilation and groups
// 1, pads 0 to 2, both pictures in blocks of vector_block(); results of at least 3x3, for of a tile
// all 4x4 are computed.
bool winograd_takes(const Convolution& c);

// Of a convolution that winograd_takes, or would if it were larger.
std::unique_ptr<ConvolutionKernel<float>> make_winograd_convolution(const Convolution& c);

}  // namespace weft::fast
