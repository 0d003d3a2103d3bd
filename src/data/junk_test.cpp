#include "data/junk.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "data/rows.hpp"

namespace weft {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes junk(const PictureSize& size, const Bytes& picture, std::uint32_t index) {
  Bytes drawn = picture;
  RandomStream random(5, RandomPurpose::mix, 0, index);
  draw_junk(size, random, drawn.data());
  return drawn;
}

TEST(Junk, IsAnotherThingEachTimeAndTheSameForTheSameNumbers) {
  const PictureSize size{1, 28, 28};
  Bytes picture(size.elements(), 0);
  for (std::size_t i = 200; i < 600; ++i) picture[i] = static_cast<std::uint8_t>(i % 250);
  std::set<Bytes> seen;
  for (std::uint32_t i = 0; i < 100; ++i) {
    EXPECT_EQ(junk(size, picture, i), junk(size, picture, i));
    EXPECT_NE(junk(size, picture, i), picture);
    seen.insert(junk(size, picture, i));
  }
  EXPECT_EQ(seen.size(), 100U);
}

// Something is there nearly always, most often on the picture's own background.
TEST(Junk, StandsOnTheBackground) {
  for (const std::uint8_t background : {std::uint8_t{0}, std::uint8_t{255}}) {
    const PictureSize size{3, 28, 28};
    int some = 0, corner = 0;
    for (std::uint32_t i = 0; i < 300; ++i) {
      const Bytes drawn = junk(size, Bytes(size.elements(), background), i);
      const auto same = static_cast<double>(std::ranges::count(drawn, background));
      some += same < 0.97 * static_cast<double>(size.elements()) ? 1 : 0;
      corner += drawn[0] == background ? 1 : 0;
    }
    EXPECT_GT(some, 200);
    EXPECT_GT(corner, 180);
  }
}

// Half of it is soft: no pixel of the rim of what stands alone is as far from the background as
// what it touches.
TEST(Junk, HasSoftEdgesAndHardOnes) {
  const PictureSize size{1, 28, 28};
  int soft = 0, hard = 0;
  for (std::uint32_t i = 0; i < 400; ++i) {
    const Bytes drawn = junk(size, Bytes(size.elements(), 0), i);
    int rim = 0, half = 0;
    for (std::size_t k = 29; k < size.elements() - 29; ++k) {
      const int touched = drawn[k + 1];
      if (drawn[k - 1] != 0 || drawn[k] == 0 || touched < 60) continue;
      ++rim;
      half += 10 * drawn[k] < 7 * touched ? 1 : 0;
    }
    if (rim < 5) continue;
    (10 * half > 9 * rim ? soft : hard) += 1;
  }
  EXPECT_GT(soft, 30);
  EXPECT_GT(hard, 60);
}

TEST(Junk, IsDrawnInPicturesOfAnySize) {
  for (const PictureSize& size : {PictureSize{1, 1, 1}, {3, 2, 5}, {1, 7, 3}, {3, 64, 64}}) {
    for (std::uint32_t i = 0; i < 30; ++i) {
      EXPECT_EQ(junk(size, Bytes(size.elements(), 40), i).size(), size.elements());
    }
  }
}

TEST(Junk, TakesItsShareOfThePictures) {
  Tensor images(DataType::u8, {1000, 1, 8, 8});
  const Augmentation augmentation = parse_augmentation("junk 0.2");
  const std::vector<float> mean = {0.5F};
  const Augmenter augmenter(augmentation, images, mean, 1);
  int count = 0;
  Bytes drawn(64);
  for (std::uint32_t i = 0; i < 1000; ++i) {
    const bool is_junk = augmenter.mixture(3, i).junk;
    count += is_junk ? 1 : 0;
    augmenter.picture(3, i, drawn.data());
    if (!is_junk) {
      EXPECT_EQ(drawn, Bytes(64, 0));
    }
  }
  EXPECT_NEAR(count, 200, 40);
}

}  // namespace
}  // namespace weft
