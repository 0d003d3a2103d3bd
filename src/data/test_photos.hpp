// Small photos for tests.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include "data/test_folder.hpp"
#include "image/decode.hpp"

namespace weft::test {

// A picture that `seed` tells from others: blocks of colours, or of greys.
inline Picture photo(std::uint32_t seed, std::size_t height = 16, std::size_t width = 16,
                     std::size_t channels = 3) {
  Picture picture{height, width, channels, Bytes(height * width * channels)};
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      for (std::size_t c = 0; c < channels; ++c) {
        const auto block = static_cast<std::uint32_t>((y * 4 / height * 4 + x * 4 / width) * 3 + c);
        std::uint32_t value = seed * 7919 + block * 104729 + 12345;
        value ^= value >> 7;
        value *= 2654435761U;
        picture.pixels[(y * width + x) * channels + c] = static_cast<std::uint8_t>(value >> 24);
      }
    }
  }
  return picture;
}

inline void write_photo(const std::filesystem::path& file, const Picture& picture) {
  std::filesystem::create_directories(file.parent_path());
  const auto bytes = encode_png(picture);
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

// A folder of photos, and a cache of its own.
class PhotoFolder {
 public:
  std::filesystem::path root() const { return folder_.path() / "photos"; }
  std::filesystem::path cache() const { return folder_.path() / "cache"; }
  std::filesystem::path add(const std::string& name, std::uint32_t seed,
                            std::size_t channels = 3) const {
    write_photo(root() / name, photo(seed, 16, 16, channels));
    return root() / name;
  }
  void note(const std::string& name, const std::string& text) const {
    folder_.write("photos/" + name, Bytes(text.begin(), text.end()));
  }

 private:
  TempFolder folder_;
  Environment cache_{"WEFT_CACHE", (folder_.path() / "cache").string()};
  Environment size_{"WEFT_CACHE_SIZE", std::nullopt};
};

}  // namespace weft::test
