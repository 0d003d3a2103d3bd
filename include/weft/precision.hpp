// The arithmetic that a network computes in.
#pragma once

namespace weft {

enum class Precision {
  automatic,  // the fastest that keeps accuracy: bf16 where the processor has instructions for it,
              // else f32
  f64,        // double precision, by the loops that are written to be read
  f32,
  bf16,  // factors of products rounded to bfloat16, but for 3x3 convolutions, which Winograd does
         // faster in f32; sums, activations and weights in f32
};

}  // namespace weft
