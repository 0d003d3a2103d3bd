// Which kernels a program uses: from the precision asked for, the processor and two environment
// variables.
#pragma once

#include <string>

#include "kernels/kernels.hpp"
#include "weft/precision.hpp"

namespace weft {

// "auto", "f64", "f32", "bf16"; parse throws Error(usage) naming the four.
Precision parse_precision(const std::string& text);
const char* name_of(Precision precision);

// automatic becomes the fastest that keeps the accuracy: bf16 where the processor has the
// instructions, else f32.
Precision resolve(Precision asked);

// The table for float32 or bf16. WEFT_KERNELS=reference takes the loops to be read instead of the
// fast ones; WEFT_MAX_ISA=AVX2 (or SSE4, ...) uses no better vector instructions than these. Throws
// Error(usage) when either has another value.
const Kernels<float>& select_kernels(Precision resolved);

// These, but where they round factors to bfloat16 those that do not: for sums that need float32
// whatever the network's arithmetic.
const Kernels<float>& unrounded(const Kernels<float>& kernels);
const Kernels<double>& unrounded(const Kernels<double>& kernels);

}  // namespace weft
