#include "base/mapped_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

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

std::shared_ptr<std::byte> scratch_memory(std::size_t bytes, const std::filesystem::path& folder) {
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  std::string path = (folder / "scratch-XXXXXX").string();
  const int descriptor = ::mkostemp(path.data(), O_CLOEXEC);
  if (descriptor < 0) {
    fail(ErrorCode::failed, "cannot make a file in {}: {}", folder.string(), std::strerror(errno));
  }
  ::unlink(path.c_str());
  try {
    // Taken at once: a full disk would else be found by a store, which cannot say so.
    const int error = ::posix_fallocate(descriptor, 0, static_cast<off_t>(bytes));
    if (error != 0 && bytes > 0) {
      fail(ErrorCode::failed, "cannot take {} bytes in {}: {}", bytes, folder.string(),
           std::strerror(error));
    }
    auto memory = map_shared(descriptor, bytes, path);
    ::close(descriptor);
    return memory;
  } catch (...) {
    ::close(descriptor);
    throw;
  }
}

std::size_t physical_memory() {
  const long pages = ::sysconf(_SC_PHYS_PAGES), size = ::sysconf(_SC_PAGESIZE);
  return pages > 0 && size > 0 ? static_cast<std::size_t>(pages) * static_cast<std::size_t>(size)
                               : std::size_t{1} << 30;
}

}  // namespace weft
