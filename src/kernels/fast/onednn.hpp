// Convolutions of any shape on oneDNN.
#pragma once

#include <memory>

#include "kernels/kernels.hpp"

namespace weft::fast {

// bf16: the factors of every product are rounded to bfloat16, the sums are float32; where the
// processor has no such instructions this is emulated. Throws Error(failed) where oneDNN cannot.
std::unique_ptr<ConvolutionKernel<float>> make_onednn_convolution(const Convolution& conv,
                                                                  bool bf16);

}  // namespace weft::fast
