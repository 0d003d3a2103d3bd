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

// Zeroed memory that the system may write to a file in `folder`, which nobody else sees and which
// is gone with it: for what is larger than the machine's memory. Throws Error(failed), also where
// the folder's file system has not so much room.
std::shared_ptr<std::byte> scratch_memory(std::size_t bytes, const std::filesystem::path& folder);

// Of this machine, in bytes.
std::size_t physical_memory();

}  // namespace weft
