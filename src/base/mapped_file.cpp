#include "base/mapped_file.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>

#include "base/error.hpp"

namespace weft {
namespace {

std::shared_ptr<std::byte> map(int descriptor, std::size_t bytes, int flags,
                               const std::filesystem::path& path) {
  if (bytes == 0) return nullptr;
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, descriptor, 0);
  if (memory == MAP_FAILED) {
    fail(ErrorCode::failed, "cannot map {} bytes of {}: {}", bytes, path.string(),
         std::strerror(errno));
  }
  return {static_cast<std::byte*>(memory), [bytes](std::byte* begin) { ::munmap(begin, bytes); }};
}

}  // namespace

std::shared_ptr<std::byte> map_private(int descriptor, std::size_t bytes,
                                       const std::filesystem::path& path) {
  // Nobody means to store into it, so no memory need be kept for that: a file larger than the
  // memory would be refused.
  return map(descriptor, bytes, MAP_PRIVATE | MAP_NORESERVE, path);
}

std::shared_ptr<std::byte> map_shared(int descriptor, std::size_t bytes,
                                      const std::filesystem::path& path) {
  return map(descriptor, bytes, MAP_SHARED, path);
}

}  // namespace weft
