#include "data/photo_like.hpp"

#include <gmock/gmock.h>

#include <set>

namespace weft {
namespace {

using Bytes = std::vector<std::uint8_t>;

// A product of many tones in the middle of a plain background.
Bytes product(const PictureSize& size, std::uint8_t background) {
  Bytes picture(size.elements(), background);
  for (std::size_t c = 0; c < size.channels; ++c) {
    for (std::size_t y = 6; y < 22; ++y) {
      for (std::size_t x = 9; x < 19; ++x) {
        picture[(c * size.height + y) * size.width + x] =
            static_cast<std::uint8_t>(60 + (y * 7 + x * 5 + c * 31) % 120);
      }
    }
  }
  return picture;
}

Bytes photo_like(const PictureSize& size, Bytes picture, std::uint32_t index) {
  RandomStream random(3, RandomPurpose::augment, 0, index);
  make_photo_like(size, random, picture.data());
  return picture;
}

TEST(PhotoLike, IsAnotherPictureEachTimeAndTheSameForTheSameNumbers) {
  const PictureSize size{1, 28, 28};
  const Bytes picture = product(size, 0);
  std::set<Bytes> seen;
  for (std::uint32_t i = 0; i < 50; ++i) {
    EXPECT_EQ(photo_like(size, picture, i), photo_like(size, picture, i));
    seen.insert(photo_like(size, picture, i));
  }
  EXPECT_EQ(seen.size(), 50U);
}

// Of many pictures the mean still has its product in the middle and its background at the rim.
TEST(PhotoLike, KeepsBackgroundAndProduct) {
  for (const std::uint8_t background : {std::uint8_t{0}, std::uint8_t{255}}) {
    const PictureSize size{3, 28, 28};
    double middle = 0, corner = 0;
    constexpr int kPictures = 400;
    for (std::uint32_t i = 0; i < kPictures; ++i) {
      const Bytes made = photo_like(size, product(size, background), i);
      middle += std::abs(made[14 * 28 + 14] - background);
      corner += std::abs(made[28 + 1] - background);
    }
    EXPECT_GT(middle / kPictures, 60);
    EXPECT_LT(corner / kPictures, 25);
  }
}

TEST(PhotoLike, LeavesAPlainPictureNearlyPlain) {
  const PictureSize size{1, 28, 28};
  int plain = 0;
  for (std::uint32_t i = 0; i < 200; ++i) {
    const Bytes made = photo_like(size, Bytes(size.elements(), 0), i);
    plain += made == Bytes(size.elements(), 0) ? 1 : 0;
  }
  EXPECT_GT(plain, 100);  // in the others something was left over
}

TEST(PhotoLike, TakesPicturesOfAnySize) {
  for (const PictureSize& size : {PictureSize{1, 1, 1}, {3, 2, 5}, {1, 7, 3}, {3, 64, 64}}) {
    for (std::uint32_t i = 0; i < 20; ++i) {
      Bytes picture(size.elements(), 90);
      picture[0] = 7;
      EXPECT_EQ(photo_like(size, picture, i).size(), size.elements());
    }
  }
}

}  // namespace
}  // namespace weft
