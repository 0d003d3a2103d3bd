// Which of Highway's instruction sets the fast kernels are compiled for: include before highway.h.
#pragma once

// The blocks keep vectors in arrays, which scalable vectors cannot be.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)
