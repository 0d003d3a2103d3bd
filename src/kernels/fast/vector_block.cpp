#include "kernels/fast/vector_block.hpp"

#include "kernels/fast/targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/fast/vector_block.cpp"
#include <hwy/foreach_target.h>  // must come before highway.h

#include "kernels/fast/vector_block-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weft::fast::HWY_NAMESPACE {
namespace {

std::size_t block_of_target() {
  return kBlock;
}

}  // namespace
}  // namespace weft::fast::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::fast {

HWY_EXPORT(block_of_target);
std::size_t vector_block() {
  return HWY_DYNAMIC_DISPATCH(block_of_target)();
}

}  // namespace weft::fast
#endif
