#include "data/photo_stream.hpp"

#include <atomic>
#include <fstream>

#include "base/test_folder.hpp"

namespace weft {
namespace {

using test::TempFolder;

// A file of one colour, and what becomes of it.
std::string photo_file(const TempFolder& folder, const std::string& name, std::uint8_t grey) {
  const auto png = encode_png({8, 8, 1, std::vector<std::uint8_t>(64, grey)});
  test::Bytes bytes;
  for (const std::byte byte : png) bytes.push_back(std::to_integer<std::uint8_t>(byte));
  return folder.write(name, bytes).string();
}

PhotoWork work_for(int threads) {
  return {.input = {1, 4, 4}, .steps = plain_steps(), .threads = threads};
}

PhotoStream::Next in_turn(std::vector<std::string> files) {
  return [files = std::move(files), next = std::size_t{0}]() mutable -> std::optional<FoundPhoto> {
    if (next == files.size()) return std::nullopt;
    return FoundPhoto{files[next++]};
  };
}

TEST(PhotoStream, KeepsTheOrderWhateverTheThreads) {
  const TempFolder folder;
  std::vector<std::string> files;
  for (std::size_t i = 0; i < 2 * PhotoStream::kMostHeld; ++i) {
    files.push_back(
        i % 7 == 3 ? (folder.path() / "missing.jpg").string()
                   : photo_file(folder, std::to_string(i) + ".png", static_cast<std::uint8_t>(i)));
  }
  for (const int threads : {1, 4}) {
    PhotoStream stream(in_turn(files), work_for(threads));
    std::size_t seen = 0;
    while (true) {
      const auto photos = stream.take(10);
      if (photos.empty()) break;
      EXPECT_LE(photos.size(), 10U);
      for (const ConvertedPhoto& photo : photos) {
        EXPECT_EQ(photo.file, files[seen]);
        if (seen % 7 == 3) {
          EXPECT_THAT(photo.error, testing::HasSubstr("missing.jpg"));
          EXPECT_TRUE(photo.pixels.empty());
        } else {
          EXPECT_EQ(photo.error, "");
          EXPECT_EQ(photo.pixels, std::vector<std::uint8_t>(16, static_cast<std::uint8_t>(seen)));
        }
        ++seen;
      }
    }
    EXPECT_EQ(seen, files.size());
    EXPECT_TRUE(stream.take(1).empty());
  }
}

TEST(PhotoStream, HoldsNoMoreThanItSays) {
  const TempFolder folder;
  const std::string file = photo_file(folder, "a.png", 9);
  std::atomic<std::size_t> given = 0;
  const auto forever = [&]() -> std::optional<FoundPhoto> {
    ++given;
    return FoundPhoto{file};
  };
  PhotoStream stream(forever, work_for(2));
  std::size_t taken = 0;
  while (taken < 3 * PhotoStream::kMostHeld) {
    taken += stream.take(50).size();
    EXPECT_LE(given, taken + PhotoStream::kMostHeld);
  }
  // And ends though photos wait.
}

TEST(PhotoStream, WhatNextThrowsComesAfterWhatItGave) {
  const TempFolder folder;
  const std::string file = photo_file(folder, "a.png", 9);
  int given = 0;
  PhotoStream stream(
      [&]() -> std::optional<FoundPhoto> {
        if (given++ < 3) return FoundPhoto{file};
        throw Error(ErrorCode::bad_input, "the list is broken");
      },
      work_for(3));
  std::size_t taken = 0;
  test::expect_error(ErrorCode::bad_input, {"the list is broken"}, [&] {
    while (true) {
      const std::size_t count = stream.take(2).size();
      ASSERT_GT(count, 0U);
      taken += count;
    }
  });
  EXPECT_EQ(taken, 3U);
}

TEST(PhotoStream, FoldersThatCannotBeReadAreTold) {
  PhotoStream stream(
      [told = false]() mutable -> std::optional<FoundPhoto> {
        if (std::exchange(told, true)) return std::nullopt;
        return FoundPhoto{"closed/", "cannot list the folder"};
      },
      work_for(1));
  const auto photos = stream.take(5);
  ASSERT_EQ(photos.size(), 1U);
  EXPECT_EQ(photos[0].error, "cannot list the folder");
}

TEST(PhotoStream, RefusesNetworksThatTakeNoPhotos) {
  test::expect_error(ErrorCode::usage, {"2x4x4"}, [] {
    PhotoStream stream(in_turn({}), {.input = {2, 4, 4}, .steps = plain_steps()});
  });
}

}  // namespace
}  // namespace weft
