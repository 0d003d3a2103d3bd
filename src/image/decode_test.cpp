// What pictures are decoded to. What is refused stands in decode_errors_test.cpp.
#include "image/decode.hpp"

#include <gmock/gmock.h>
#include <libdeflate.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <thread>

#include "base/test_folder.hpp"
#include "picture_maker.hpp"

namespace weft {

// For failures, as GoogleTest calls it. NOLINTNEXTLINE(readability-identifier-naming)
void PrintTo(const Picture& picture, std::ostream* stream);
void PrintTo(const Picture& picture, std::ostream* stream) {
  *stream << picture.height << " x " << picture.width << " x " << picture.channels;
}

namespace {

using test::FileStyle;
using test::image_file;
using test::Profile;

// Every pixel another, in steps that the formats with losses keep nearly.
Picture gradient(std::size_t height, std::size_t width, std::size_t channels) {
  Picture made{height, width, channels, {}};
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      const std::size_t values[] = {40 + y * 150 / height + x * 50 / width, 200 - y * 120 / height,
                                    60 + x * 130 / width, 255};
      for (std::size_t c = 0; c < channels; ++c) {
        made.pixels.push_back(static_cast<std::uint8_t>(values[c]));
      }
    }
  }
  return made;
}

Picture filled(std::size_t height, std::size_t width, const std::vector<std::uint8_t>& pixel) {
  Picture made{height, width, pixel.size(), {}};
  for (std::size_t i = 0; i < height * width; ++i) {
    made.pixels.insert(made.pixels.end(), pixel.begin(), pixel.end());
  }
  return made;
}

// Passes when sizes agree and no value is further off than `most`.
testing::AssertionResult near(const Picture& got, const Picture& expected, int most = 0) {
  if (got.height != expected.height || got.width != expected.width ||
      got.channels != expected.channels || got.pixels.size() != expected.pixels.size()) {
    return testing::AssertionFailure()
           << testing::PrintToString(got) << ", expected " << testing::PrintToString(expected);
  }
  for (std::size_t i = 0; i < got.pixels.size(); ++i) {
    if (std::abs(got.pixels[i] - expected.pixels[i]) > most) {
      return testing::AssertionFailure() << "value " << i << " is " << int{got.pixels[i]}
                                         << ", expected " << int{expected.pixels[i]};
    }
  }
  return testing::AssertionResult(!got.pixels.empty());
}

Picture decoded(const Picture& picture, const FileStyle& style, const DecodeOptions& options = {}) {
  return decode(image_file(picture, style), style.format, options);
}

TEST(Pictures, PngAndBackIsTheSame) {
  for (const auto& [height, width] : {std::pair{1U, 1U}, {5U, 3U}, {64U, 130U}}) {
    for (const std::size_t channels : {1U, 3U}) {
      const Picture picture = gradient(height, width, channels);
      const auto file = encode_png(picture);
      EXPECT_TRUE(near(decode(file, "made"), picture));
      EXPECT_EQ(encode_png(picture), file);
    }
  }
  test::expect_error(ErrorCode::usage, {"encode_png", "2 x 1 x 3", "5 values"}, [] {
    encode_png({2, 1, 3, std::vector<std::uint8_t>(5)});
  });
  test::expect_error(ErrorCode::usage, {"encode_png", "0 x 1"}, [] { encode_png({0, 1, 3, {}}); });
}

TEST(Pictures, EveryFormat) {
  const Picture picture = gradient(40, 56, 3);
  for (const char* format : {".png", ".png[interlace]", ".tif", ".tif[compression=lzw]",
                             ".tif[compression=deflate,tile]", ".webp[lossless]"}) {
    EXPECT_TRUE(near(decoded(picture, {.format = format}), picture)) << format;
  }
  for (const char* format :
       {".jpg[Q=95]", ".jpg[Q=95,interlace]", ".webp[Q=95]", ".gif[dither=0]",
        ".png[palette,dither=0]", ".tif[compression=jpeg,Q=95]", ".avif[Q=90]", ".heic[Q=90]"}) {
    EXPECT_TRUE(near(decoded(picture, {.format = format}), picture, 12)) << format;
  }
}

TEST(Pictures, GreyStaysOneChannel) {
  const Picture picture = gradient(24, 32, 1);
  for (const char* format : {".png", ".png[interlace]", ".tif"}) {
    EXPECT_TRUE(near(decoded(picture, {.format = format}), picture)) << format;
  }
  EXPECT_TRUE(near(decoded(picture, {.format = ".jpg[Q=98]"}), picture, 4));
  EXPECT_TRUE(
      near(decoded(filled(9, 9, {255}), {.format = ".tif[bitdepth=1]"}), filled(9, 9, {255})));
}

TEST(Pictures, SixteenBitsBecomeEight) {
  for (const std::size_t channels : {1U, 3U}) {
    const Picture picture = gradient(8, 12, channels);
    for (const char* format : {".png", ".tif", ".png[interlace]"}) {
      EXPECT_TRUE(near(decoded(picture, {.format = format, .wide = true}), picture)) << format;
    }
  }
  Picture half = filled(3, 4, {200, 100, 0, 128});
  EXPECT_TRUE(
      near(decoded(half, {.format = ".png", .wide = true}), filled(3, 4, {227, 177, 127}), 1));
}

// As the TIFF specification puts it: on which sides of the upright picture the file's first row and
// first column lie.
struct Sides {
  int orientation;
  bool row_is_side, first_is_far, second_is_far;
};
constexpr Sides kSides[] = {
    {1, false, false, false},  // top, left
    {2, false, false, true},   // top, right
    {3, false, true, true},    // bottom, right
    {4, false, true, false},   // bottom, left
    {5, true, false, false},   // left, top
    {6, true, true, false},    // right, top
    {7, true, true, true},     // right, bottom
    {8, true, false, true},    // left, bottom
};

Picture upright(const Picture& file, const Sides& sides) {
  Picture made = file;
  if (sides.row_is_side) std::swap(made.height, made.width);
  for (std::size_t y = 0; y < file.height; ++y) {
    for (std::size_t x = 0; x < file.width; ++x) {
      const std::size_t first = sides.first_is_far ? file.height - 1 - y : y;
      const std::size_t second = sides.second_is_far ? file.width - 1 - x : x;
      const std::size_t row = sides.row_is_side ? second : first;
      const std::size_t column = sides.row_is_side ? first : second;
      std::copy_n(&file.pixels[(y * file.width + x) * file.channels], file.channels,
                  &made.pixels[(row * made.width + column) * file.channels]);
    }
  }
  return made;
}

std::vector<std::byte> bytes_of(std::initializer_list<int> values) {
  std::vector<std::byte> bytes;
  for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

// libvips reads EXIF in PNG, but does not write it. The chunk stands after the header's.
std::vector<std::byte> png_with_exif(const Picture& picture, int orientation) {
  auto chunk = bytes_of({'e',  'X', 'I', 'f', 'M', 'M', 0, 42, 0,           0, 0, 8, 0, 1, 1,
                         0x12, 0,   3,   0,   0,   0,   1, 0,  orientation, 0, 0, 0, 0, 0, 0});
  const std::uint32_t sum = libdeflate_crc32(0, chunk.data(), chunk.size());
  for (const int shift : {24, 16, 8, 0}) chunk.push_back(static_cast<std::byte>(sum >> shift));
  const auto length = bytes_of({0, 0, 0, static_cast<int>(chunk.size()) - 8});
  chunk.insert(chunk.begin(), length.begin(), length.end());
  auto file = encode_png(picture);
  file.insert(file.begin() + 33, chunk.begin(), chunk.end());
  return file;
}

TEST(Pictures, EveryOrientation) {
  for (const Sides& sides : kSides) {
    for (const std::size_t channels : {1U, 3U}) {
      const Picture picture = gradient(30, 50, channels);
      const Picture expected = upright(picture, sides);
      for (const char* format : {".tif", ".jpg[Q=98]"}) {
        const FileStyle style{.format = format, .orientation = sides.orientation};
        EXPECT_TRUE(near(decoded(picture, style), expected, format[1] == 'j' ? 8 : 0))
            << format << " " << sides.orientation;
      }
      EXPECT_TRUE(near(decode(png_with_exif(picture, sides.orientation), "png"), expected));
    }
    const FileStyle webp{.format = ".webp[lossless]", .orientation = sides.orientation};
    const Picture picture = gradient(30, 50, 3);
    EXPECT_TRUE(near(decoded(picture, webp), upright(picture, sides))) << sides.orientation;
    const Picture small = decoded(picture, {.format = ".tif", .orientation = sides.orientation},
                                  {.longest_side = 25});
    EXPECT_TRUE(near(small, upright(gradient(15, 25, 3), sides), 8)) << sides.orientation;
  }
}

// In AVIF and HEIC the container turns the picture; what EXIF says besides is not heeded.
TEST(Pictures, OrientationInAvifIsNotExifs) {
  const Picture picture = gradient(30, 50, 3);
  EXPECT_TRUE(near(decoded(picture, {.format = ".avif[Q=90]", .orientation = 6}), picture, 12));
}

TEST(Pictures, CmykBecomesRgb) {
  struct Ink {
    std::vector<std::uint8_t> cmyk, rgb;
  };
  for (const char* format : {".jpg[Q=95]", ".tif"}) {
    for (const Ink& ink :
         {Ink{{0, 0, 0, 0}, {255, 255, 255}}, Ink{{0, 0, 0, 255}, {35, 31, 32}},
          Ink{{255, 0, 0, 0}, {0, 174, 239}}, Ink{{0, 255, 255, 0}, {237, 28, 36}}}) {
      const FileStyle style{.format = format, .cmyk = true};
      EXPECT_TRUE(near(decoded(filled(16, 16, ink.cmyk), style), filled(16, 16, ink.rgb), 40))
          << format << " " << testing::PrintToString(ink.cmyk);
      EXPECT_TRUE(near(decoded(filled(16, 16, ink.cmyk), style, {.longest_side = 4}),
                       filled(4, 4, ink.rgb), 40));
    }
  }
}

TEST(Pictures, TransparencyShowsTheBackground) {
  Picture picture = filled(4, 4, {200, 100, 50, 255});
  for (std::size_t i = 8; i < 16; ++i) picture.pixels[i * 4 + 3] = 0;  // the lower half
  for (const char* format :
       {".png", ".png[palette]", ".gif", ".webp[lossless]", ".tif", ".png[interlace]"}) {
    for (const DecodeOptions& options :
         {DecodeOptions{}, DecodeOptions{.background = {9, 80, 120}}}) {
      const Picture got = decoded(picture, {.format = format}, options);
      Picture expected = filled(4, 4, {200, 100, 50});
      for (std::size_t i = 8 * 3; i < expected.pixels.size(); ++i) {
        expected.pixels[i] = options.background[i % 3];
      }
      EXPECT_TRUE(near(got, expected, 2)) << format;
    }
  }
  EXPECT_TRUE(near(decoded(picture, {.format = ".png"}, {.longest_side = 1}),
                   filled(1, 1, {228, 178, 153}), 1));
}

TEST(Pictures, GreyWithTransparency) {
  const Picture picture = filled(4, 4, {100, 51});
  for (const char* format : {".png", ".tif"}) {
    EXPECT_TRUE(near(decoded(picture, {.format = format}), filled(4, 4, {224}), 1)) << format;
    EXPECT_TRUE(near(decoded(picture, {.format = format}, {.background = {0, 0, 0}}),
                     filled(4, 4, {20}), 1));
    EXPECT_TRUE(near(decoded(picture, {.format = format}, {.background = {0, 100, 200}}),
                     filled(4, 4, {20, 100, 180}), 1));
  }
}

TEST(Pictures, ColourProfiles) {
  const Picture picture = filled(8, 8, {220, 60, 90});
  const Picture turned = filled(8, 8, {60, 220, 90});
  for (const char* format : {".png", ".tif", ".jpg[Q=98]", ".webp[lossless]"}) {
    const int off = format[1] == 'j' ? 4 : 2;
    for (const std::size_t side : {0U, 2U}) {
      const Picture expected = side == 0 ? turned : filled(2, 2, {60, 220, 90});
      EXPECT_TRUE(near(
          decoded(picture, {.format = format, .profile = Profile::swapped}, {.longest_side = side}),
          expected, off))
          << format;
    }
    EXPECT_TRUE(near(decoded(picture, {.format = format, .profile = Profile::srgb}), picture, off))
        << format;
    EXPECT_TRUE(
        near(decoded(picture, {.format = format, .profile = Profile::nonsense}), picture, off))
        << format;
  }
  EXPECT_TRUE(near(decoded(picture, {.format = ".png", .profile = Profile::swapped, .wide = true}),
                   turned, 2));
  EXPECT_TRUE(near(
      decoded(filled(8, 8, {220, 60, 90, 128}), {.format = ".png", .profile = Profile::swapped}),
      filled(8, 8, {157, 237, 172}), 2));
}

TEST(Pictures, ProfilesOfGreyAndOfOtherColours) {
  const Picture grey = filled(8, 8, {128});
  EXPECT_TRUE(near(decoded(grey, {.format = ".png", .profile = Profile::linear_grey}),
                   filled(8, 8, {188}), 2));
  EXPECT_TRUE(
      near(decoded(filled(8, 8, {128, 0}), {.format = ".png", .profile = Profile::linear_grey}),
           filled(8, 8, {255})));
  EXPECT_TRUE(
      near(decoded(filled(8, 8, {128, 255}), {.format = ".png", .profile = Profile::linear_grey},
                   {.background = {1, 2, 3}}),
           filled(8, 8, {188, 188, 188}), 2));
}

TEST(Pictures, FirstFrameOfSeveral) {
  Picture frames = filled(12, 10, {250, 10, 10});
  std::fill(frames.pixels.begin() + 6 * 10 * 3, frames.pixels.end(), std::uint8_t{60});
  for (const char* format : {".gif", ".webp[lossless]", ".tif"}) {
    EXPECT_TRUE(
        near(decoded(frames, {.format = format, .frames = 2}), filled(6, 10, {250, 10, 10}), 4))
        << format;
    EXPECT_TRUE(near(decoded(frames, {.format = format, .frames = 2}, {.longest_side = 5}),
                     filled(3, 5, {250, 10, 10}), 4))
        << format;
  }
}

TEST(Pictures, MadeSmallerWithProportionsKept) {
  struct Sizes {
    std::size_t height, width, longest, to_height, to_width;
  };
  for (const Sizes& sizes :
       {Sizes{40, 60, 30, 20, 30}, Sizes{60, 40, 30, 30, 20}, Sizes{100, 99, 10, 10, 10},
        Sizes{300, 7, 50, 50, 1}, Sizes{40, 60, 60, 40, 60}, Sizes{40, 60, 1000, 40, 60},
        Sizes{1, 1, 1, 1, 1}, Sizes{513, 1025, 64, 32, 64}, Sizes{37, 53, 1, 1, 1}}) {
    for (const char* format : {".png", ".jpg[Q=95]", ".webp[Q=95]", ".tif", ".gif[dither=0]",
                               ".jpg[Q=95,interlace]", ".png[interlace]"}) {
      const Picture got = decoded(gradient(sizes.height, sizes.width, 3), {.format = format},
                                  {.longest_side = sizes.longest});
      SCOPED_TRACE(testing::Message() << format << " " << sizes.height << " x " << sizes.width);
      ASSERT_EQ(got.height, sizes.to_height);
      ASSERT_EQ(got.width, sizes.to_width);
      if (sizes.to_width >= 20) {
        EXPECT_TRUE(near(got, gradient(sizes.to_height, sizes.to_width, 3), 14));
      }
    }
  }
}

TEST(Pictures, SmallestAndLongest) {
  for (const char* format :
       {".png", ".jpg[Q=98]", ".webp[lossless]", ".gif", ".tif", ".avif[Q=98]"}) {
    EXPECT_TRUE(near(decoded(filled(1, 1, {200, 100, 50}), {.format = format}),
                     filled(1, 1, {200, 100, 50}), 8))
        << format;
  }
  for (const char* format : {".png", ".jpg[Q=98]", ".webp[Q=98]", ".gif", ".tif"}) {
    for (const std::size_t height : {1U, 2U, 3U}) {
      EXPECT_TRUE(
          near(decoded(filled(height, 700, {99, 99, 99}), {.format = format}, {.longest_side = 3}),
               filled(1, 3, {99, 99, 99}), 3))
          << format;
    }
  }
  const Picture line = gradient(1, 100'000, 1);
  EXPECT_TRUE(near(decoded(line, {.format = ".png"}), line));
  EXPECT_TRUE(
      near(decoded(line, {.format = ".png"}, {.longest_side = 100}), gradient(1, 100, 1), 1));
  const Picture column = gradient(100'000, 1, 3);
  EXPECT_TRUE(near(decoded(column, {.format = ".tif"}), column));
  EXPECT_TRUE(
      near(decoded(column, {.format = ".tif"}, {.longest_side = 100}), gradient(100, 1, 3), 1));
}

TEST(Pictures, BytesTellTheFormatNotTheName) {
  const test::TempFolder folder;
  const auto bytes = encode_png(gradient(4, 5, 3));
  const auto path = folder.path() / "picture.jpg";
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  EXPECT_TRUE(near(decode_file(path), gradient(4, 5, 3)));
}

TEST(Pictures, NamesOfPictures) {
  for (const char* name : {"a.jpg", "a.JPEG", "b/c.png", "x.y.WebP", "a.gif", "a.tif", "a.TIFF",
                           "a.avif", "a.heic", "a.HEIF", "a.jfif"}) {
    EXPECT_TRUE(is_picture_name(name)) << name;
  }
  for (const char* name :
       {"", "jpg", ".jpg", "a.jpgx", "a.txt", "a.bmp", "a.png.gz", "png/a", "a."}) {
    EXPECT_FALSE(is_picture_name(name)) << name;
  }
}

TEST(Pictures, ThreadsGiveWhatOneGives) {
  const std::vector<FileStyle> styles = {{.format = ".jpg[Q=90]", .profile = Profile::swapped},
                                         {.format = ".png"},
                                         {.format = ".webp[Q=90]"},
                                         {.format = ".gif"},
                                         {.format = ".tif"},
                                         {.format = ".avif"},
                                         {.format = ".jpg[Q=90]", .orientation = 6}};
  std::vector<std::vector<std::byte>> files;
  for (const FileStyle& style : styles) files.push_back(image_file(gradient(200, 300, 3), style));
  // Two that are damaged, each with a reason of its own.
  files.push_back(image_file(gradient(200, 300, 3), {.format = ".jpg"}));
  files.back().resize(files.back().size() / 2);
  files.push_back(image_file(gradient(200, 300, 3), {.format = ".png"}));
  files.back().resize(files.back().size() / 2);

  const auto outcome = [&](std::size_t i) {
    try {
      const Picture picture = decode(files[i], "file", {.longest_side = 64});
      return std::string(picture.pixels.begin(), picture.pixels.end());
    } catch (const Error& error) {
      return std::string(error.what());
    }
  };
  std::vector<std::string> alone;
  for (std::size_t i = 0; i < files.size(); ++i) alone.push_back(outcome(i));
  constexpr std::size_t kThreads = 4, kRounds = 10;
  std::vector<std::vector<std::string>> together(kThreads);
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (std::size_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::size_t i = 0; i < kRounds * files.size(); ++i) {
        together[thread].push_back(outcome((i + thread) % files.size()));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (std::size_t thread = 0; thread < kThreads; ++thread) {
    for (std::size_t i = 0; i < kRounds * files.size(); ++i) {
      EXPECT_EQ(together[thread][i], alone[(i + thread) % files.size()]);
    }
  }
}

}  // namespace
}  // namespace weft
