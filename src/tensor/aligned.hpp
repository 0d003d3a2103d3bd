// Vectors whose memory begins at a cache line, as the fast kernels want it. Bytes are room to work
// in: resizing a vector of them leaves the new ones unset.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/memory.hpp"

namespace weft {

template <class T>
struct AlignedAllocator {
  using value_type = T;

  AlignedAllocator() = default;
  template <class U>  // NOLINTNEXTLINE(google-explicit-constructor): as std::allocator's
  AlignedAllocator(const AlignedAllocator<U>&) {}

  T* allocate(std::size_t n) { return static_cast<T*>(weft::allocate(n * sizeof(T))); }
  template <class U, class... Arguments>
  void construct(U* place, Arguments&&... arguments) {
    if constexpr (sizeof...(Arguments) > 0 || !std::is_same_v<U, std::byte>) {
      std::construct_at(place, std::forward<Arguments>(arguments)...);
    }
  }
  void deallocate(T* memory, std::size_t) { release(memory); }

  friend bool operator==(const AlignedAllocator&, const AlignedAllocator&) { return true; }
};

template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

}  // namespace weft
