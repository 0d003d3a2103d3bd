#include "data/gzip.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <memory>
#include <new>

#include "base/error.hpp"

namespace weft {
namespace {

struct FreeDecompressor {
  void operator()(libdeflate_decompressor* decompressor) const {
    libdeflate_free_decompressor(decompressor);
  }
};

// Where to start guessing. The last four bytes say how long the last member is, modulo 2^32, and
// may lie; a byte of deflate unpacks to no more than 1032.
std::size_t likely_size(std::span<const std::uint8_t> packed, std::size_t most) {
  constexpr std::size_t kSmallest = 1024, kExpansion = 1032;
  std::size_t size = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(packed.size(), 4); ++i) {
    size = size << 8 | packed[packed.size() - 1 - i];
  }
  size = std::max(size, kSmallest);
  if (packed.size() < most / kExpansion) size = std::min(size, packed.size() * kExpansion);
  return std::min(size, most);
}

FileBytes enlarged(const FileBytes& bytes, std::size_t used, std::size_t most) {
  FileBytes larger(bytes.size() > most / 2 ? most : bytes.size() * 2);
  std::copy_n(bytes.span().begin(), used, larger.data());
  return larger;
}

}  // namespace

bool is_gzip(std::span<const std::uint8_t> bytes) {
  return bytes.size() >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

FileBytes gunzip(std::span<const std::uint8_t> packed, std::size_t most, const std::string& file) {
  most = std::min(most, most_unpacked(packed.size()));
  const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor(
      libdeflate_alloc_decompressor());
  if (!decompressor) throw std::bad_alloc();
  FileBytes dst(likely_size(packed, most));
  std::size_t read = 0;
  std::size_t written = 0;
  do {
    const auto rest = packed.subspan(read);
    if (!is_gzip(rest)) {
      fail(
          ErrorCode::bad_input,
          "gzip: {}: byte {}: a member begins with 1f 8b, but {} bytes of something else are here: "
          "was something appended to the file?",
          file, read, rest.size());
    }
    std::size_t taken = 0;
    std::size_t made = 0;
    const auto result =
        libdeflate_gzip_decompress_ex(decompressor.get(), rest.data(), rest.size(),
                                      dst.data() + written, dst.size() - written, &taken, &made);
    if (result == LIBDEFLATE_SUCCESS) {
      read += taken;
      written += made;
    } else if (result == LIBDEFLATE_INSUFFICIENT_SPACE && dst.size() < most) {
      dst = enlarged(dst, written, most);
    } else if (result == LIBDEFLATE_INSUFFICIENT_SPACE) {
      fail(ErrorCode::bad_input,
           "gzip: {}: {} bytes unpack to more than the {} that such a file may have: is it the "
           "right one?",
           file, packed.size(), most);
    } else {
      fail(ErrorCode::bad_input,
           "gzip: {}: the member at byte {} of {} is damaged or cut short: fetch the file again",
           file, read, packed.size());
    }
  } while (read < packed.size());
  dst.shorten(written);
  return dst;
}

FileBytes read_unpacked(const std::filesystem::path& file, std::size_t most) {
  // Gzip adds a header and five bytes per block of what it cannot compress.
  const std::size_t most_packed = most + most / 1024 + 4096;
  FileBytes bytes = read_file(file, most_packed);
  if (is_gzip(bytes.span())) return gunzip(bytes.span(), most, file.string());
  if (bytes.size() > most) {
    fail(ErrorCode::bad_input, "{}: {} bytes, but such a file has at most {}: is it the right one?",
         file.string(), bytes.size(), most);
  }
  return bytes;
}

}  // namespace weft
