// Which of Highway's instruction sets the fast kernels are compiled for: include before highway.h.
#pragma once

// The blocks keep vectors in arrays, which scalable vectors cannot be.
#define WEFT_SCALABLE_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)

// Every target is compiled again: under the sanitizers, which make that slow, only the most usual.
#ifdef WEFT_FEW_TARGETS
#define HWY_DISABLED_TARGETS (WEFT_SCALABLE_TARGETS | HWY_SSSE3 | HWY_SSE4 | HWY_AVX3)
#else
#define HWY_DISABLED_TARGETS (WEFT_SCALABLE_TARGETS | HWY_SSSE3)
#endif
