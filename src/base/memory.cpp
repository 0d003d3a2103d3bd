#include "base/memory.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace weft {
namespace {

constexpr std::size_t kLine = 64, kHugePage = std::size_t{2} << 20;

}  // namespace

void* allocate(std::size_t bytes) {
  if (bytes > SIZE_MAX - kHugePage) throw std::bad_alloc();
  const std::size_t alignment = bytes < 2 * kHugePage ? kLine : kHugePage;
  const std::size_t size = (std::max(bytes, kLine) + kLine - 1) / kLine * kLine;
  void* memory = nullptr;
  if (::posix_memalign(&memory, alignment, size) != 0) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
  // Only advice: a system without huge pages gives what it has.
  if (alignment == kHugePage) static_cast<void>(::madvise(memory, size, MADV_HUGEPAGE));
#endif
  return memory;
}

void release(void* memory) noexcept {
  std::free(memory);
}

}  // namespace weft
