#include "base/threads.hpp"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace weft {

int default_threads() {
  return omp_get_max_threads();
}

#if defined(__SSE2__)
FlushDenormals::FlushDenormals() : before_(_mm_getcsr()) {
  constexpr unsigned kFlushToZero = 0x8000, kDenormalsAreZero = 0x0040;
  _mm_setcsr(static_cast<unsigned>(before_) | kFlushToZero | kDenormalsAreZero);
}
FlushDenormals::~FlushDenormals() {
  _mm_setcsr(static_cast<unsigned>(before_));
}
#elif defined(__aarch64__)
FlushDenormals::FlushDenormals() {
  asm volatile("mrs %0, fpcr" : "=r"(before_));
  asm volatile("msr fpcr, %0" ::"r"(before_ | std::uint64_t{1} << 24));
}
FlushDenormals::~FlushDenormals() {
  asm volatile("msr fpcr, %0" ::"r"(before_));
}
#else
FlushDenormals::FlushDenormals() = default;
FlushDenormals::~FlushDenormals() = default;
#endif

}  // namespace weft
