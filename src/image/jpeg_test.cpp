// JPEG files that are decoded without the module, against what the module makes of them.
#include "image/jpeg.hpp"

#include <gmock/gmock.h>

#include "base/random.hpp"
#include "image/format.hpp"
#include "image/limits.hpp"
#include "image/module.hpp"
#include "picture_maker.hpp"

namespace weft {
namespace {

using test::FileStyle;
using test::image_file;
using test::Profile;

// Blocks of colours with noise: all frequencies.
Picture scene(std::size_t height, std::size_t width, std::size_t channels) {
  RandomStream random(3, RandomPurpose::shuffle);
  Picture made{height, width, channels, {}};
  for (std::size_t i = 0; i < height * width; ++i) {
    const std::size_t block = i / width / 9 * 5 + i % width / 7 * 3;
    for (std::size_t c = 0; c < channels; ++c) {
      const double value = static_cast<double>((block * 37 + c * 91) % 200) + random.uniform(0, 55);
      made.pixels.push_back(static_cast<std::uint8_t>(value));
    }
  }
  return made;
}

struct Answer {
  Picture picture;
  std::string refused;
};

Answer of_module(const std::vector<std::byte>& file, std::size_t longest_side) {
  Answer answer;
  const PicturesSink sink{
      &answer,
      [](void* context, std::size_t height, std::size_t width, std::size_t channels) {
        auto& picture = static_cast<Answer*>(context)->picture;
        picture = {height, width, channels, std::vector<std::uint8_t>(height * width * channels)};
        return picture.pixels.data();
      },
      [](void* context, const char* reason) { static_cast<Answer*>(context)->refused = reason; }};
  const DecodeRequest request{file.data(), file.size(),  static_cast<int>(PictureFormat::jpeg),
                              100'000'000, longest_side, {255, 255, 255}};
  pictures_module().decode(&request, &sink);
  return answer;
}

void expect_as_module(const std::vector<std::byte>& file, const std::string& what) {
  for (const std::size_t longest_side : {0U, 1U, 7U, 16U, 30U, 50U, 75U, 76U, 77U, 200U}) {
    const auto plain = decode_plain_jpeg(file, {.longest_side = longest_side});
    ASSERT_TRUE(plain) << what;
    const Picture module = of_module(file, longest_side).picture;
    EXPECT_EQ(plain->height, module.height) << what << ", " << longest_side;
    EXPECT_EQ(plain->width, module.width) << what << ", " << longest_side;
    EXPECT_EQ(plain->pixels, module.pixels) << what << ", " << longest_side;
  }
}

TEST(PlainJpeg, IsWhatTheModuleMakesOfIt) {
  for (const std::size_t channels : {1U, 3U}) {
    for (const char* format : {".jpg", ".jpg[Q=100]", ".jpg[subsample_mode=on]", ".jpg[interlace]",
                               ".jpg[optimize_coding]", ".jpg[restart_interval=2]"}) {
      expect_as_module(image_file(scene(77, 45, channels), {.format = format}), format);
    }
  }
  expect_as_module(image_file(scene(1, 1, 3), {.format = ".jpg"}), "1 x 1");
  expect_as_module(image_file(scene(2, 300, 3), {.format = ".jpg"}), "2 x 300");
}

TEST(PlainJpeg, LiesAsExifSays) {
  for (int orientation = 0; orientation <= 9; ++orientation) {
    const FileStyle style{.format = ".jpg", .orientation = orientation};
    expect_as_module(image_file(scene(30, 50, 3), style), std::to_string(orientation));
  }
}

TEST(PlainJpeg, OthersAreTheModules) {
  const DecodeOptions any;
  EXPECT_FALSE(decode_plain_jpeg(
      image_file(scene(9, 9, 3), {.format = ".jpg", .profile = Profile::swapped}), any));
  EXPECT_FALSE(
      decode_plain_jpeg(image_file(scene(9, 9, 4), {.format = ".jpg", .cmyk = true}), any));
}

// A pass over the whole for each of a few bytes.
TEST(PlainJpeg, ManyScansAreRefused) {
  auto file = image_file(scene(64, 64, 1), {.format = ".jpg[interlace,strip]"});
  const auto marker = [&](unsigned char kind, std::size_t from) {
    for (std::size_t i = from; i + 1 < file.size(); ++i) {
      if (file[i] == std::byte{0xff} && file[i + 1] == std::byte{kind}) return i;
    }
    return file.size();
  };
  // The tables before the last scan and that scan itself, again and again.
  const std::size_t end = file.size() - 2;
  std::size_t last = marker(0xda, 0);
  for (std::size_t next = last; next < end; next = marker(0xda, next + 1)) last = next;
  const std::vector<std::byte> scan(file.begin() + static_cast<std::ptrdiff_t>(last),
                                    file.begin() + static_cast<std::ptrdiff_t>(end));
  for (int i = 0; i < 120; ++i) {
    file.insert(file.end() - 2, scan.begin(), scan.end());
  }
  try {
    (void)decode_plain_jpeg(file, {});
    ADD_FAILURE() << "120 scans were read";
  } catch (const Refusal& refusal) {
    EXPECT_THAT(refusal.reason, testing::HasSubstr("scans"));
  }
}

}  // namespace
}  // namespace weft
