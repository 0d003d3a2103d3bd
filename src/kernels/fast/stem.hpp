// A network's first convolution: few input channels in plain rows, so few products a result that
// only the output channels fill vectors. By the definition, several places at a time.
#pragma once

#include <memory>

#include "kernels/kernels.hpp"

namespace weft::fast {

// Whether this kernel computes the convolution: at most 32 products a result, src in plain order,
// dst in blocks of vector_block(), dilation and groups 1.
bool stem_takes(const Convolution& c);

// Of a convolution that stem_takes.
std::unique_ptr<ConvolutionKernel<float>> make_stem_convolution(const Convolution& c);

}  // namespace weft::fast
