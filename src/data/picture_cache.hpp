// Photos that have been decoded and made to one size, in memory or in a file of the cache.
//
// The file: 4096 bytes that say how much follows, the pixels, and a JSON text about them. The first
// holds a line each of "weft pictures 1", the pixels' bytes, the text's bytes and its SHA-256; the
// text holds the SHA-256 of every 4 MiB of the pixels.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/atomic_file.hpp"
#include "data/photo_list.hpp"

namespace weft {

// One part's pictures, u8, {count, channels, height, width}, from a 64-byte border on.
struct FittedPart {
  Part part = Part::whole;
  std::size_t begin = 0;  // from the first pixel of all, in bytes
  std::size_t count = 0;
  std::string digest = {};  // as digest() of the part
};

struct FittedPhotos {
  std::string source;  // the folder or table that they are from, for people
  Shape picture;       // {channels, height, width}
  bool grey = false;   // had all of them one channel?
  std::vector<FittedPart> parts;
  std::vector<std::pair<std::size_t, std::string>> failed;  // of the list, and why; ascending
  std::vector<std::string> warnings;                        // that cost time to find
  std::size_t bytes = 0;                                    // of all pixels, gaps among them
  std::shared_ptr<std::byte> pixels;
};

// SHA-256 of all that decides the pictures but for their channels: how they are made, their size,
// every photo's name, part, class, and its file's size and times.
std::string key_of(const PhotoList& list, std::size_t height, std::size_t width);

// The photos of a cache file, mapped. Up to 64 of its 4 MiB blocks are compared with their
// digests. Throws Error(bad_input) for what is no such file, whole, of `photos` photos;
// Error(failed) when it cannot be read.
FittedPhotos read_cached(const std::filesystem::path& file, std::size_t photos);

// What a cache file says of its photos, without their pixels; throws alike.
FittedPhotos about_cached(const std::filesystem::path& file);

// read_cached for a file that is in memory already.
FittedPhotos parse_cached(const std::shared_ptr<std::byte>& file, std::size_t bytes,
                          std::size_t photos, const std::string& name);

// A cache file in the making.
class CacheWriter {
 public:
  // Room for so many bytes of pixels, zeroed. Throws Error(failed) when there is none.
  CacheWriter(const std::filesystem::path& file, std::size_t bytes);

  std::byte* pixels() const { return memory_.get() + kHeaderBytes; }
  std::shared_ptr<std::byte> shared_pixels() const { return {memory_, pixels()}; }
  // Writes down what stands in pixels() and is described by `photos`, whose pixels are the file's
  // from then on. Throws Error(failed) when that cannot be written; they are as good then.
  void finish(FittedPhotos& photos);

  static constexpr std::size_t kHeaderBytes = 4096;

 private:
  AtomicFile file_;
  std::shared_ptr<std::byte> memory_;
};

}  // namespace weft
