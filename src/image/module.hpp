// What the library and its module for pictures (vips_module.cpp) say to each other: C types alone,
// and what is allocated on one side is released there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace weft {

// Where results go. No exception passes from one side to the other.
struct PicturesSink {
  void* context;
  // Memory for height x width x channels values. Null when there is none: nothing more happens.
  std::uint8_t* (*place)(void* context, std::size_t height, std::size_t width,
                         std::size_t channels);
  // Why there is no result: one line, without the file's name.
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

// Loads the module at the first call. Throws Error(failed) when there is none that fits, with where
// it was looked for.
const PicturesModule& pictures_module();

}  // namespace weft

// The one name that the module gives; null when libvips cannot be started.
extern "C" const weft::PicturesModule* weft_pictures();
