// What the library and its module for pictures (the folder vips) say to each other: C types alone,
// and what is allocated on one side is released there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace weft {

// Where results go. No exception passes from one side to the other.
struct PicturesSink {
  void* context;
  // Memory for height x width x channels values, or null. May be called twice: the last counts.
  std::uint8_t* (*place)(void* context, std::size_t height, std::size_t width,
                         std::size_t channels);
  // Why there is no result: one line, without the file's name; null when memory is short.
  void (*refuse)(void* context, const char* reason);
};

struct DecodeRequest {
  const void* bytes;
  std::size_t size;
  int format;  // a PictureFormat
  std::size_t max_pixels;
  std::size_t longest_side;  // 0: any
  std::uint8_t background[3];
};

struct EncodeRequest {
  const std::uint8_t* pixels;
  std::size_t height, width, channels;
};

struct PicturesModule {
  int version;
  // Each ends in a call of the sink's `refuse`, or has filled what `place` gave.
  void (*decode)(const DecodeRequest* request, const PicturesSink* sink);
  void (*encode_png)(const EncodeRequest* request, const PicturesSink* sink);  // 1 x 1 x bytes
};

constexpr int kPicturesVersion = 1;  // another for every change above

// Loads the module at the first call. It is looked for in $WEFT_MODULES, beside the program, and
// where it is installed. Throws Error(failed) when there is none that fits, with where it was
// looked for; the next call tries again.
const PicturesModule& pictures_module();
const PicturesModule& load_pictures_module(const std::vector<std::filesystem::path>& folders);

}  // namespace weft

// The one name that the module gives; null when libvips cannot be started.
extern "C" const weft::PicturesModule* weft_pictures();
