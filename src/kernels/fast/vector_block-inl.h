// The vectors of one instruction set, as the convolutions use them. Included once for each.

#if defined(WEFT_VECTOR_BLOCK_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef WEFT_VECTOR_BLOCK_INL_H
#undef WEFT_VECTOR_BLOCK_INL_H
#else
#define WEFT_VECTOR_BLOCK_INL_H
#endif

#include <hwy/highway.h>

#include <cstddef>

HWY_BEFORE_NAMESPACE();
namespace weft::fast::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using F32 = hn::ScalableTag<float>;
using Vector = hn::Vec<F32>;

constexpr std::size_t kLanes = hn::MaxLanes(F32());
constexpr std::size_t kBlock = HWY_MAX(kLanes, 8);  // of channels, in a picture
constexpr std::size_t kLine = 16;                   // floats of a line of the cache

// Sums that stand in registers, in two columns, beside their three operands.
#if HWY_TARGET <= HWY_AVX3 || HWY_ARCH_ARM_A64
constexpr std::size_t kSums = 24;  // of 32 registers
#else
constexpr std::size_t kSums = 12;  // of 16
#endif

}  // namespace
}  // namespace weft::fast::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
