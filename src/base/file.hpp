// Files read whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "base/memory.hpp"

namespace weft {

// Bytes that nobody has zeroed first: a file's contents are written once, not twice.
class FileBytes {
 public:
  FileBytes() = default;
  explicit FileBytes(std::size_t size)
      : memory_(static_cast<std::uint8_t*>(allocate(size))), size_(size) {}

  std::uint8_t* data() { return memory_.get(); }
  std::size_t size() const { return size_; }
  std::span<const std::uint8_t> span() const { return {memory_.get(), size_}; }
  void shorten(std::size_t size) { size_ = size; }  // size <= size()

 private:
  std::unique_ptr<std::uint8_t[], Release> memory_;
  std::size_t size_ = 0;
};

// The file as it lies on the disk. Throws Error(failed) with the system's reason when it cannot be
// read, Error(bad_input) when it is no regular file or has more than `most` bytes.
FileBytes read_file(const std::filesystem::path& file, std::size_t most);

}  // namespace weft
