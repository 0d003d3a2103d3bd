#include "kernels/fast/product_bf16.inc"

namespace weft::fast {

ProductKernel bf16_product_portable() {
  return kTable;
}

bool has_avx512_bf16() {
#ifdef __x86_64__
  return __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
  return false;
#endif
}

}  // namespace weft::fast
