// Compiled with AVX-512 and its bfloat16 instructions switched on, where the compiler has them.
#include "kernels/fast/product_bf16.inc"

namespace weft::fast {

ProductKernel bf16_product_avx512() {
  return kTable;
}

}  // namespace weft::fast
