#include "data/augment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "data/rows.hpp"
#include "weft/data.hpp"
#include "weft/error.hpp"

namespace weft {
namespace {

using Bytes = std::vector<std::uint8_t>;

// Pictures whose bytes are all different from their neighbours'.
Tensor pictures(std::size_t n, std::size_t channels, std::size_t height, std::size_t width) {
  Tensor images(DataType::u8, {n, channels, height, width});
  const auto bytes = images.as<std::uint8_t>();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(10 + (i * 37) % 200);
  }
  return images;
}

Bytes picture_of(const Tensor& images, std::size_t i) {
  const auto bytes =
      images.as<std::uint8_t>().subspan(i * images.row_elements(), images.row_elements());
  return {bytes.begin(), bytes.end()};
}

Bytes augmented(const Augmenter& augmenter, std::uint32_t epoch, std::uint32_t index) {
  Bytes picture(augmenter.width());
  augmenter.picture(epoch, index, picture.data());
  return picture;
}

Augmenter augmenter_of(const std::string& text, const Tensor& images, std::uint64_t seed = 1) {
  return {parse_augmentation(text), images, fit_scaler(ScalerKind::channel, images).mean, seed};
}

TEST(Augmentation, ReadsAndWritesItsText) {
  const char* all =
      "mirror alternate, shift 2 reflect, rotate 10, zoom 0.1, brightness 0.2, contrast 0.3, "
      "gamma 1.5, cutout 8, erase 0.5, photo 0.4, junk 0.1, mixup 0.2, cutmix 1";
  EXPECT_EQ(text_of(parse_augmentation(all)), all);
  EXPECT_EQ(text_of(parse_augmentation("  cutout   3 ,mirror random")), "mirror, cutout 3");
  EXPECT_FALSE(parse_augmentation("none").any());
  EXPECT_FALSE(parse_augmentation("").any());
  EXPECT_EQ(text_of({}), "none");
}

TEST(Augmentation, RefusesWhatItDoesNotKnow) {
  for (const char* wrong :
       {"mirror,", ",", "turn 3", "shift", "shift 1.5", "shift -1", "shift 65", "shift 1 wrap",
        "shift 1 reflect 2", "mirror sideways", "mirror random 3", "erase 2", "erase nan",
        "cutout 0", "zoom 0.1x", "none, mirror", "gamma 0.5", "gamma 9", "gamma 0"}) {
    EXPECT_THROW(parse_augmentation(wrong), Error) << wrong;
  }
}

TEST(Place, MovesAndMirrors) {
  const PictureSize size{1, 2, 3};
  const Bytes src{1, 2, 3, 4, 5, 6};
  Bytes dst(6);
  place(size, {.mirror = true}, false, src.data(), dst.data());
  EXPECT_EQ(dst, (Bytes{3, 2, 1, 6, 5, 4}));
  place(size, {.dx = 1}, true, src.data(), dst.data());
  EXPECT_EQ(dst, (Bytes{2, 1, 2, 5, 4, 5}));
  place(size, {.dy = -1}, true, src.data(), dst.data());
  EXPECT_EQ(dst, (Bytes{4, 5, 6, 1, 2, 3}));
  // The border's bytes are 1 to 6: the lower of the two in the middle is 3.
  place(size, {.dx = -1}, false, src.data(), dst.data());
  EXPECT_EQ(dst, (Bytes{2, 3, 3, 5, 6, 3}));
  place(size, {.mirror = true, .dx = 1}, true, src.data(), dst.data());
  EXPECT_EQ(dst, (Bytes{2, 3, 2, 5, 6, 5}));
}

TEST(Place, SaysWhereItsPixelsComeFrom) {
  const PictureSize size{1, 4, 5};
  std::vector<std::uint8_t> src(20), dst(20);
  for (std::size_t i = 0; i < 20; ++i) src[i] = static_cast<std::uint8_t>(10 + i);
  const std::uint8_t background = median_of_border(src.data(), 4, 5);
  for (const bool reflect : {false, true}) {
    for (const bool mirror : {false, true}) {
      for (const int dx : {-7, -1, 0, 2}) {
        const Placement placement{.mirror = mirror, .dx = dx, .dy = dx / 2 + 1};
        place(size, placement, reflect, src.data(), dst.data());
        const auto from = placed_from(size, placement, reflect);
        ASSERT_EQ(from.size(), 20U);
        for (std::size_t i = 0; i < 20; ++i) {
          EXPECT_EQ(dst[i], from[i] == kBackground ? background : src.at(from[i]));
        }
      }
    }
  }
}

TEST(Place, TurnsAboutTheMiddle) {
  const PictureSize size{1, 3, 3};
  const Bytes src{1, 2, 3, 4, 5, 6, 7, 8, 9};
  Bytes dst(9);
  place(size, {.degrees = 90}, true, src.data(), dst.data());
  const Bytes clockwise{7, 4, 1, 8, 5, 2, 9, 6, 3}, other{3, 6, 9, 2, 5, 8, 1, 4, 7};
  EXPECT_TRUE(dst == clockwise || dst == other);
  EXPECT_EQ(dst, clockwise);
  place(size, {.degrees = 180}, true, src.data(), dst.data());
  EXPECT_EQ(dst, (Bytes{9, 8, 7, 6, 5, 4, 3, 2, 1}));
}

TEST(Place, ZoomsAboutTheMiddle) {
  const PictureSize size{1, 5, 5};
  Bytes src(25, 0), dst(25);
  for (const std::size_t i : {6, 7, 8, 11, 12, 13, 16, 17, 18}) src[i] = 100;
  place(size, {.zoom = 2}, false, src.data(), dst.data());
  // From the middle 2 pixels to the border are 1 in the source: all within the square.
  EXPECT_EQ(dst, Bytes(25, 100));
}

TEST(Place, ATinyPictureReflectsToo) {
  const Bytes src{7};
  Bytes dst(1);
  place({1, 1, 1}, {.dx = 3, .dy = -5}, true, src.data(), dst.data());
  EXPECT_EQ(dst, src);
}

TEST(Augmenter, IsAFunctionOfSeedEpochAndIndex) {
  const Tensor images = pictures(8, 3, 9, 7);
  const std::string text =
      "mirror, shift 2, rotate 15, zoom 0.2, brightness 0.1, contrast 0.2, gamma 2, cutout 3, "
      "erase 0.5, mixup 0.4, cutmix 1";
  const Augmenter one = augmenter_of(text, images), same = augmenter_of(text, images);
  const Augmenter other = augmenter_of(text, images, 2);
  std::set<Bytes> seen;
  for (std::uint32_t epoch = 0; epoch < 3; ++epoch) {
    for (std::uint32_t i = 0; i < 8; ++i) {
      EXPECT_EQ(augmented(one, epoch, i), augmented(same, epoch, i));
      seen.insert(augmented(one, epoch, i));
      seen.insert(augmented(other, epoch, i));
    }
  }
  EXPECT_EQ(seen.size(), 48U);
}

TEST(Augmenter, MirrorsHalfAndAlternates) {
  const Tensor images = pictures(200, 1, 3, 4);
  const Augmenter random = augmenter_of("mirror", images);
  const Augmenter alternate = augmenter_of("mirror alternate", images);
  std::size_t mirrored = 0, first = 0;
  for (std::uint32_t i = 0; i < 200; ++i) {
    const Bytes plain = picture_of(images, i);
    Bytes turned(plain.size());
    place({1, 3, 4}, {.mirror = true}, false, plain.data(), turned.data());
    const Bytes seen = augmented(random, 0, i);
    EXPECT_TRUE(seen == plain || seen == turned);
    mirrored += seen == turned ? 1 : 0;
    first += augmented(alternate, 0, i) == turned ? 1 : 0;
    EXPECT_NE(augmented(alternate, 0, i), augmented(alternate, 1, i));
    EXPECT_EQ(augmented(alternate, 0, i), augmented(alternate, 2, i));
  }
  EXPECT_NEAR(static_cast<double>(mirrored), 100, 30);
  EXPECT_NEAR(static_cast<double>(first), 100, 30);
}

TEST(Augmenter, ShiftsReachEveryPlaceWithinTheirBounds) {
  Tensor images(DataType::u8, {1, 1, 7, 7});
  images.as<std::uint8_t>()[3 * 7 + 3] = 255;
  const Augmenter augmenter = augmenter_of("shift 1", images);
  std::set<std::ptrdiff_t> places;
  for (std::uint32_t epoch = 0; epoch < 200; ++epoch) {
    const Bytes picture = augmented(augmenter, epoch, 0);
    places.insert(std::ranges::find(picture, 255) - picture.begin());
  }
  EXPECT_EQ(places, (std::set<std::ptrdiff_t>{16, 17, 18, 23, 24, 25, 30, 31, 32}));
}

TEST(Augmenter, CutsASquareOfTheMeanColour) {
  Tensor images(DataType::u8, {2, 2, 8, 8});
  const auto bytes = images.as<std::uint8_t>();
  std::fill_n(bytes.begin(), 64, std::uint8_t{200});      // channel 0 of the first: mean 100
  std::fill_n(bytes.begin() + 64, 64, std::uint8_t{60});  // channel 1: mean 30
  const Augmenter augmenter = augmenter_of("cutout 4", images);
  std::size_t largest = 0;
  for (std::uint32_t epoch = 0; epoch < 50; ++epoch) {
    const Bytes picture = augmented(augmenter, epoch, 0);
    const auto cut =
        static_cast<std::size_t>(std::count(picture.begin(), picture.begin() + 64, 100));
    EXPECT_EQ(std::count(picture.begin() + 64, picture.end(), 30), static_cast<long>(cut));
    EXPECT_GE(cut, 4U);  // a corner: a quarter of the square
    largest = std::max(largest, cut);
  }
  EXPECT_EQ(largest, 16U);
}

TEST(Augmenter, ErasesWithItsChance) {
  const Tensor images(DataType::u8, {400, 1, 12, 12});
  const Augmenter augmenter = augmenter_of("erase 0.25", images);
  std::size_t erased = 0;
  for (std::uint32_t i = 0; i < 400; ++i) {
    const Bytes picture = augmented(augmenter, 0, i);
    const auto noise = picture.size() - static_cast<std::size_t>(std::ranges::count(picture, 0));
    erased += noise > 0 ? 1 : 0;
    EXPECT_LE(noise, 75U);  // 40 % of 144 pixels, and rounding
  }
  EXPECT_NEAR(static_cast<double>(erased), 100, 35);
}

TEST(Augmenter, MixesPicturesAsItSays) {
  Tensor images(DataType::u8, {2, 1, 10, 10});
  std::fill_n(images.as<std::uint8_t>().begin() + 100, 100, std::uint8_t{200});
  for (const char* text : {"mixup 1", "cutmix 1", "mixup 0.2, cutmix 0.5"}) {
    const Augmenter augmenter = augmenter_of(text, images);
    double sum = 0;
    for (std::uint32_t epoch = 0; epoch < 100; ++epoch) {
      const Mixture mixture = augmenter.mixture(epoch, 0);
      const Bytes picture = augmented(augmenter, epoch, 0);
      const double mean = std::accumulate(picture.begin(), picture.end(), 0.0) / 100;
      EXPECT_NEAR(mean, mixture.other == 1 ? 200.0 * static_cast<double>(mixture.share) : 0, 0.51);
      EXPECT_GE(mixture.share, 0.0F);
      EXPECT_LE(mixture.share, 1.0F);
      sum += static_cast<double>(mixture.share);
    }
    EXPECT_GT(sum / 100, 0.2) << text;
    EXPECT_LT(sum / 100, 0.7) << text;
  }
}

TEST(BentTones, KeepBothEndsAndTheOrder) {
  const auto square = bent_tones(2), root = bent_tones(0.5), same = bent_tones(1);
  for (std::size_t v = 0; v < 256; ++v) {
    EXPECT_EQ(same[v], v);
    EXPECT_LE(square[v], v);
    EXPECT_GE(root[v], v);
  }
  for (const auto& tones : {square, root}) {
    EXPECT_EQ(tones[0], 0);
    EXPECT_EQ(tones[255], 255);
    EXPECT_TRUE(std::ranges::is_sorted(tones));
  }
  EXPECT_EQ(square[128], 64);
  EXPECT_EQ(root[64], 128);
}

// As far one way as the other, and no farther than it says.
TEST(Augmenter, BendsTones) {
  Tensor images(DataType::u8, {300, 1, 1, 1});
  std::ranges::fill(images.as<std::uint8_t>(), 64);
  const Augmenter augmenter = augmenter_of("gamma 2", images);
  int darker = 0;
  std::uint8_t least = 255, most = 0;
  for (std::uint32_t i = 0; i < 300; ++i) {
    const std::uint8_t value = augmented(augmenter, 0, i)[0];
    darker += value < 64 ? 1 : 0;
    least = std::min(least, value);
    most = std::max(most, value);
  }
  EXPECT_GE(least, 16);
  EXPECT_LT(least, 20);
  EXPECT_LE(most, 128);
  EXPECT_GT(most, 120);
  EXPECT_NEAR(darker, 150, 40);
}

TEST(AugmentedRows, AreScaledPicturesOfTheirEpoch) {
  const Tensor images = pictures(5, 3, 6, 6);
  const Scaler scaler = fit_scaler(ScalerKind::channel, images);
  AugmentedRows<double> rows(parse_augmentation("shift 2, mirror"), images, scaler, 7);
  const Augmenter augmenter = augmenter_of("shift 2, mirror", images, 7);
  const PixelScale<double> scale(images.shape(), scaler);
  const std::vector<std::uint32_t> positions{3, 0};
  std::vector<double> got(2 * rows.width()), want(rows.width());
  for (std::uint32_t epoch = 0; epoch < 2; ++epoch) {
    rows.begin_epoch(epoch);
    rows.fetch(positions, got.data());
    for (std::size_t i = 0; i < 2; ++i) {
      scale.scale(augmented(augmenter, epoch, positions[i]).data(), want.data());
      EXPECT_TRUE(std::equal(want.begin(), want.end(), got.data() + i * rows.width()));
    }
  }
}

}  // namespace
}  // namespace weft
