// Files as memory: read when they are looked at, and given back by the system when it needs the
// room, so that they may be larger than the memory is.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>

namespace weft {

// The first `bytes` bytes, from a page's beginning; null for none. The file must not become shorter
// while they are used; it may be removed. `path` is for errors. Throw Error(failed).
//
// private: what is stored there changes this memory alone. shared: it changes the file.
std::shared_ptr<std::byte> map_private(int descriptor, std::size_t bytes,
                                       const std::filesystem::path& path);
std::shared_ptr<std::byte> map_shared(int descriptor, std::size_t bytes,
                                      const std::filesystem::path& path);

}  // namespace weft
