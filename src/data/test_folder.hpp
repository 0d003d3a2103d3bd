// What the tests of this room share: files to read.
#pragma once

#include <libdeflate.h>

#include <cstdint>
#include <initializer_list>

#include "base/test_folder.hpp"

namespace weft::test {

inline Bytes gzipped(const Bytes& contents) {
  libdeflate_compressor* compressor = libdeflate_alloc_compressor(6);
  Bytes packed(libdeflate_gzip_compress_bound(compressor, contents.size()));
  packed.resize(libdeflate_gzip_compress(compressor, contents.data(), contents.size(),
                                         packed.data(), packed.size()));
  libdeflate_free_compressor(compressor);
  return packed;
}

// An IDX file of bytes: the header for `sizes`, then `elements`, whether or not they fit together.
inline Bytes idx(std::initializer_list<std::uint32_t> sizes, const Bytes& elements) {
  Bytes bytes = {0, 0, 8, static_cast<std::uint8_t>(sizes.size())};
  for (const std::uint32_t size : sizes) {
    for (const int shift : {24, 16, 8, 0})
      bytes.push_back(static_cast<std::uint8_t>(size >> shift));
  }
  bytes.insert(bytes.end(), elements.begin(), elements.end());
  return bytes;
}

}  // namespace weft::test
