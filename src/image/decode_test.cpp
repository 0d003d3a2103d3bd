#include "image/decode.hpp"

#include <gmock/gmock.h>

#include "base/test_folder.hpp"

namespace weft {
namespace {

Picture gradient(std::size_t height, std::size_t width, std::size_t channels) {
  Picture made{height, width, channels, {}};
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      for (std::size_t c = 0; c < channels; ++c) {
        made.pixels.push_back(static_cast<std::uint8_t>((y * 37 + x * 11 + c * 90) % 256));
      }
    }
  }
  return made;
}

TEST(Pictures, PngAndBackIsTheSame) {
  for (const auto& [height, width] : {std::pair{1U, 1U}, {5U, 3U}, {64U, 130U}}) {
    for (const std::size_t channels : {1U, 3U}) {
      const Picture picture = gradient(height, width, channels);
      const Picture back = decode(encode_png(picture), "made");
      EXPECT_EQ(back.height, height);
      EXPECT_EQ(back.width, width);
      EXPECT_EQ(back.channels, channels);
      EXPECT_EQ(back.pixels, picture.pixels);
    }
  }
}

}  // namespace
}  // namespace weft
