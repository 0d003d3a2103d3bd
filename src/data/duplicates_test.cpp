#include "data/duplicates.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstring>

#include "data/test_photos.hpp"
#include "image/photo_steps.hpp"

namespace weft {
namespace {

using ::testing::IsEmpty;

constexpr std::size_t kSide = 32;

Tensor fitted(const std::vector<Picture>& pictures, std::size_t channels = 3) {
  Tensor images(DataType::u8, {pictures.size(), channels, kSide, kSide});
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    convert(
        pictures[i], plain_steps(), {channels, kSide, kSide},
        images.as<std::uint8_t>().subspan(i * channels * kSide * kSide, channels * kSide * kSide));
  }
  return images;
}

std::vector<Twins> twins_of(const Tensor& first, const Tensor& second) {
  return near_duplicates(first, hashes_of(first), second, hashes_of(second));
}

// Lighter or darker by up to `most`, differently from pixel to pixel.
Picture noisy(Picture picture, int most) {
  std::uint32_t state = 1;
  for (std::uint8_t& value : picture.pixels) {
    state = state * 1664525 + 1013904223;
    const int by = static_cast<int>(state >> 16) % (2 * most + 1) - most;
    value = static_cast<std::uint8_t>(std::clamp(value + by, 0, 255));
  }
  return picture;
}

TEST(Duplicates, AreFoundThoughSizeAndNoiseDiffer) {
  for (const std::size_t channels : {1, 3}) {
    std::vector<Picture> first, second;
    for (std::uint32_t i = 0; i < 200; ++i) first.push_back(test::photo(i, 48, 48));
    for (std::uint32_t i = 0; i < 50; ++i) {
      second.push_back(test::photo(1000 + i, 48, 48));
      second.push_back(i % 2 == 0 ? test::photo(i, 200, 200) : noisy(test::photo(i, 48, 48), 8));
    }
    const auto twins = twins_of(fitted(first, channels), fitted(second, channels));
    ASSERT_EQ(twins.size(), 50U);
    for (std::uint32_t i = 0; i < 50; ++i) {
      EXPECT_EQ(twins[i].first, i);
      EXPECT_EQ(twins[i].second, 2 * i + 1);
    }
  }
}

TEST(Duplicates, PlainPicturesOfOtherColoursAreNone) {
  const auto plain = [](std::uint8_t value) { return Picture{8, 8, 3, test::Bytes(192, value)}; };
  EXPECT_THAT(twins_of(fitted({plain(10), plain(200)}), fitted({plain(30), plain(220)})),
              IsEmpty());
  EXPECT_EQ(twins_of(fitted({plain(10), plain(200)}), fitted({plain(200)})).size(), 1U);
}

// Things on a white ground are alike in most of their pixels.
TEST(Duplicates, SmallDifferentThingsOnWhiteAreNone) {
  std::vector<Picture> first, second;
  for (std::uint32_t i = 0; i < 40; ++i) {
    Picture picture{kSide, kSide, 3, test::Bytes(kSide * kSide * 3, 255)};
    const Picture thing = test::photo(i, 10, 10);
    for (std::size_t y = 0; y < 10; ++y) {
      std::memcpy(&picture.pixels[((y + 11) * kSide + 11) * 3], &thing.pixels[y * 30], 30);
    }
    (i % 2 == 0 ? first : second).push_back(picture);
  }
  EXPECT_THAT(twins_of(fitted(first), fitted(second)), IsEmpty());
}

TEST(Duplicates, OfNothingThereAreNone) {
  EXPECT_THAT(twins_of(fitted({}), fitted({test::photo(1)})), IsEmpty());
  EXPECT_THAT(twins_of(fitted({test::photo(1)}), fitted({})), IsEmpty());
}

}  // namespace
}  // namespace weft
