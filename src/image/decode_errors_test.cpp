// What is refused, and how that is said: every fault is an Error(bad_input) with the file and why.
#include <gmock/gmock.h>
#include <unistd.h>

#include <fstream>

#include "base/random.hpp"
#include "base/test_folder.hpp"
#include "image/decode.hpp"
#include "image/module.hpp"
#include "picture_maker.hpp"

namespace weft {
namespace {

using test::expect_error;
using test::FileStyle;
using test::image_file;

std::vector<std::byte> bytes_of(const std::string& text) {
  std::vector<std::byte> bytes;
  for (const char c : text) bytes.push_back(static_cast<std::byte>(c));
  return bytes;
}

void expect_refused(const std::vector<std::byte>& file, std::vector<std::string> parts,
                    const DecodeOptions& options = {}) {
  parts.emplace_back("the-file");
  expect_error(ErrorCode::bad_input, parts, [&] { decode(file, "the-file", options); });
}

Picture noise(std::size_t height, std::size_t width, std::size_t channels) {
  RandomStream random(1, RandomPurpose::shuffle);
  Picture made{height, width, channels, std::vector<std::uint8_t>(height * width * channels)};
  for (auto& value : made.pixels) value = static_cast<std::uint8_t>(random.bits());
  return made;
}

TEST(PictureErrors, WhatIsNoPictureIsNamed) {
  expect_refused({}, {"empty"});
  expect_refused(bytes_of("BM1234567890"), {"BMP", "PNG"});
  expect_refused(bytes_of("<svg xmlns='http://www.w3.org/2000/svg'/>"), {"SVG"});
  expect_refused(bytes_of("<?xml version='1.0'?><svg/>"), {"SVG"});
  expect_refused(bytes_of("%PDF-1.4"), {"PDF"});
  expect_refused(bytes_of(std::string("\0\0\0\x18"
                                      "ftypmp42",
                                      12)),
                 {"film"});
  expect_refused(bytes_of("\n<!DOCTYPE HTML><title>404</title>"), {"web page"});
  expect_refused(bytes_of("hello"), {"68 65 6c 6c 6f", "JPEG", "HEIC"});
  expect_refused(bytes_of("P6 1 1 255 abc"), {"50 36"});
  expect_refused(bytes_of("\x89"), {"begins with 89"});
}

TEST(PictureErrors, RandomBytes) {
  RandomStream random(1, RandomPurpose::shuffle);
  const std::vector<std::string> begins = {"",
                                           "\xff\xd8\xff\xe0",
                                           "\x89PNG\r\n\x1a\n",
                                           "GIF89a",
                                           "RIFF....WEBPVP8 ",
                                           std::string("II*\0\x08\0\0\0", 8),
                                           std::string("\0\0\0\x18"
                                                       "ftypavif",
                                                       12)};
  for (const std::string& begin : begins) {
    for (int i = 0; i < 20; ++i) {
      auto file = bytes_of(begin);
      for (std::uint32_t left = random.below(2000); left > 0; --left) {
        file.push_back(static_cast<std::byte>(random.bits()));
      }
      if (!file.empty()) expect_refused(file, {});
    }
  }
}

TEST(PictureErrors, EveryCut) {
  for (const FileStyle& style :
       {FileStyle{".jpg[strip]"}, FileStyle{".jpg[strip,interlace]"}, FileStyle{".png"},
        FileStyle{".png[interlace]"}, FileStyle{".webp"}, FileStyle{".webp[lossless]"},
        FileStyle{".gif"}, FileStyle{".tif"}, FileStyle{".tif[compression=lzw]"},
        FileStyle{".avif"}}) {
    const auto file = image_file(noise(9, 7, 3), style);
    const auto whole = decode(file, "whole").pixels;
    for (std::size_t length = 0; length < file.size(); ++length) {
      const std::vector<std::byte> cut(file.begin(),
                                       file.begin() + static_cast<std::ptrdiff_t>(length));
      try {
        // What ends a file may be missing if all of the picture is there.
        EXPECT_EQ(decode(cut, "cut").pixels, whole)
            << style.format << " cut to " << length << " of " << file.size();
      } catch (const Error& error) {
        EXPECT_EQ(static_cast<int>(error.code()), static_cast<int>(ErrorCode::bad_input));
        EXPECT_THAT(error.what(), testing::StartsWith("cut: "));
      }
    }
  }
}

TEST(PictureErrors, Limits) {
  const auto file = image_file(noise(20, 30, 3), {.format = ".png"});
  EXPECT_EQ(decode(file, "x", {.max_bytes = file.size(), .max_pixels = 600}).width, 30U);
  expect_refused(file, {std::to_string(file.size()), "bytes", "at most 100"}, {.max_bytes = 100});
  for (const char* format : {".png", ".jpg", ".webp", ".gif", ".tif", ".avif"}) {
    expect_refused(image_file(noise(20, 30, 3), {.format = format}),
                   {"30 x 20 pixels", "at most 599"}, {.max_pixels = 599});
    expect_refused(image_file(noise(20, 30, 3), {.format = format}),
                   {"30 x 20 pixels", "at most 599"}, {.max_pixels = 599, .longest_side = 3});
  }
}

// What cannot be decoded by rows is held whole: more bytes than pixels.
TEST(PictureErrors, LimitOfMemory) {
  const Picture picture = noise(20, 30, 3);
  const Picture clear = noise(20, 30, 4);
  const std::vector<std::string> parts = {"30 x 20 pixels", "bytes of memory", "at most 2400"};
  const DecodeOptions tight{.max_pixels = 600, .longest_side = 29};
  expect_refused(image_file(picture, {.format = ".jpg[interlace]"}), parts, tight);
  expect_refused(image_file(clear, {.format = ".png[interlace]", .wide = true}), parts, tight);
  expect_refused(image_file(picture, {.format = ".webp"}), parts, tight);
  expect_refused(image_file(picture, {.format = ".avif"}), parts, tight);
  for (const char* format : {".jpg", ".png[interlace]", ".png", ".tif", ".gif"}) {
    EXPECT_EQ(decode(image_file(picture, {.format = format}), "x", tight).width, 29U) << format;
  }
  EXPECT_EQ(
      decode(image_file(picture, {.format = ".webp"}), "x", {.max_pixels = 600, .longest_side = 10})
          .width,
      10U);
}

TEST(PictureErrors, Paths) {
  const test::TempFolder folder;
  expect_error(ErrorCode::bad_input, {"none.png", "No such file"},
               [&] { decode_file(folder.path() / "none.png"); });
  expect_error(ErrorCode::bad_input, {folder.path().string(), "not a regular file"},
               [&] { decode_file(folder.path()); });
  expect_error(ErrorCode::bad_input, {"empty.png", "empty"},
               [&] { decode_file(folder.write("empty.png", {})); });
  const auto large = folder.write("large.png", test::Bytes(101));
  expect_error(ErrorCode::bad_input, {"large.png", "101 bytes", "at most 100"},
               [&] { decode_file(large, {.max_bytes = 100}); });
  const auto closed = folder.write("closed.png", {1, 2, 3});
  std::filesystem::permissions(closed, std::filesystem::perms::none);
  if (::access(closed.c_str(), R_OK) == 0) return;  // root reads everything
  expect_error(ErrorCode::bad_input, {"closed.png", "Permission denied"},
               [&] { decode_file(closed); });
}

TEST(PictureErrors, ValuesAndColoursThatAreNotRead) {
  const Picture picture = noise(5, 5, 3);
  expect_refused(image_file(picture, {.format = ".tif", .type = "float"}), {"float", "convert"});
  expect_refused(image_file(picture, {.format = ".tif", .type = "uint"}), {"uint", "convert"});
  expect_refused(image_file(noise(5, 5, 6), {.format = ".tif"}), {"6 values a pixel", "RGB"});
}

TEST(PictureErrors, ReasonsAreOneLine) {
  auto file = image_file(noise(30, 30, 3), {.format = ".jpg"});
  file.resize(file.size() / 2);
  try {
    decode(file, "photo.jpg");
    ADD_FAILURE() << "half a file was taken";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::StartsWith("photo.jpg: JPEG: "));
    EXPECT_THAT(std::string(error.what()),
                testing::Each(testing::AllOf(testing::Ge(' '), testing::Le('~'))));
  }
}

// What the libraries have to say comes with the error. But of AVIF: dav1d, which libheif decodes it
// with, writes a line of its own about some.
TEST(PictureErrors, DamagedFilesPrintNothing) {
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  RandomStream random(1, RandomPurpose::shuffle);
  for (const char* format : {".jpg", ".jpg[interlace]", ".png", ".webp", ".webp[lossless]", ".gif",
                             ".tif", ".tif[compression=lzw]", ".heic"}) {
    const auto whole = image_file(noise(20, 20, 3), {.format = format});
    for (int i = 0; i < 50; ++i) {
      auto file = whole;
      for (int changes = 0; changes < 3; ++changes) {
        const std::uint32_t at = 8 + random.below(static_cast<std::uint32_t>(file.size()) - 8);
        file[at] = static_cast<std::byte>(random.bits());
      }
      try {
        decode(file, "changed");
      } catch (const Error&) {
      }
    }
  }
  const std::string printed =
      testing::internal::GetCapturedStderr() + testing::internal::GetCapturedStdout();
  EXPECT_EQ(printed, "");
}

TEST(PictureModule, SaysWhereItWasLookedFor) {
  const test::TempFolder folder;
  expect_error(ErrorCode::failed, {"weft_pictures.so", folder.path().string(), "WEFT_MODULES"},
               [&] {
                 load_pictures_module({folder.path(), "/none"});
               });
  folder.write("weft_pictures.so", {1, 2, 3});
  expect_error(ErrorCode::failed, {folder.path().string(), "cannot be loaded", "libvips42"}, [&] {
    load_pictures_module({"/none", folder.path()});
  });
}

// A large picture is not held when a small one is asked for.
TEST(SlowPictures, ALargePngTakesLittleMemory) {
  constexpr std::size_t kSide = 8000;
  Picture large{kSide, kSide, 3, std::vector<std::uint8_t>(kSide * kSide * 3, 77)};
  const auto file = encode_png(large);
  large = {};
  std::ofstream("/proc/self/clear_refs") << "5";  // the peak begins anew
  const auto peak = [] {
    std::ifstream status("/proc/self/status");
    std::string word;
    while (status >> word && word != "VmHWM:") {
    }
    std::size_t kib = 0;
    status >> kib;
    return kib / 1024;
  };
  const std::size_t before = peak();
  EXPECT_EQ(decode(file, "large", {.longest_side = 64}).pixels,
            std::vector<std::uint8_t>(64 * 64 * 3, 77));
  EXPECT_LE(peak(), before + 60) << "MiB";
}

}  // namespace
}  // namespace weft
