// Files unpacked when they are gzip (RFC 1952).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "base/file.hpp"

namespace weft {

// Whether the bytes begin as gzip does: 1f 8b.
bool is_gzip(std::span<const std::uint8_t> bytes);

// What `packed` bytes may unpack to: 32 times as many, and 64 MiB in any case. Pictures and tables
// do not pack tighter; what claims to is made to fill a memory.
constexpr std::size_t most_unpacked(std::size_t packed) {
  constexpr std::size_t kRatio = 32, kAlways = std::size_t{64} << 20;
  return packed > kAlways / kRatio ? packed * kRatio : kAlways;
}

// The contents of one or more gzip members that fill `packed` exactly, checksums checked. `file`
// names them in errors. Throws Error(bad_input) on damage, on bytes after the last member, and when
// the contents have more than `most` bytes or more than most_unpacked(packed.size()); finding that
// out takes less than twice so many bytes of memory.
FileBytes gunzip(std::span<const std::uint8_t> packed, std::size_t most, const std::string& file);

// read_file, then gunzip if the contents are gzip, whatever the file is called. `most` is for the
// contents.
FileBytes read_unpacked(const std::filesystem::path& file, std::size_t most);

}  // namespace weft
