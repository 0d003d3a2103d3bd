// Memory for arrays: beginning at a cache line, as the fast kernels want it, and unset.
#pragma once

#include <cstddef>

namespace weft {

// Throws std::bad_alloc. Of a large block the system is asked for huge pages: taking 8 MB in pages
// of 4 KiB costs about as long as filling them.
void* allocate(std::size_t bytes);
void release(void* memory) noexcept;

struct Release {
  void operator()(void* memory) const noexcept { release(memory); }
};

}  // namespace weft
