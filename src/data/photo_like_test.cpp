#include "data/photo_like.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "data/photo_sole.hpp"

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

Bytes photo_like(const PictureSize& size, Bytes picture, std::uint32_t index,
                 Apparel apparel = Apparel::unknown) {
  RandomStream random(3, RandomPurpose::augment, 0, index);
  make_photo_like(size, apparel, random, picture.data());
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

struct Box {
  std::size_t top, left, bottom, right;

  // How much of it is covered, in a picture of 28 x 28 on black.
  double share(const Bytes& picture) const {
    double covered = 0;
    for (std::size_t y = top; y < bottom; ++y) {
      for (std::size_t x = left; x < right; ++x) covered += picture[y * 28 + x] > 20 ? 1 : 0;
    }
    return covered / static_cast<double>((bottom - top) * (right - left));
  }
};

// Of 1,000 pictures made of a product that takes the whole height, those for which `is` holds.
template <class Is>
int count(Apparel apparel, const Is& is) {
  const PictureSize size{1, 28, 28};
  Bytes whole(size.elements(), 0);
  for (std::size_t y = 0; y < 28; ++y)
    std::fill_n(whole.begin() + 28 * static_cast<long>(y) + 6, 16, 150);
  int found = 0;
  for (std::uint32_t i = 0; i < 1000; ++i) found += is(photo_like(size, whole, i, apparel)) ? 1 : 0;
  return found;
}

TEST(PhotoLike, ShowsEachKindAsItsPhotosDo) {
  const Box above{1, 12, 4, 16}, beside_left{1, 4, 4, 9}, beside_right{1, 19, 4, 24};
  const auto hood = [&](const Bytes& picture) {
    return above.share(picture) > 0.8 &&
           beside_left.share(picture) + beside_right.share(picture) < 0.3;
  };
  const Box left{10, 3, 18, 11}, right{10, 17, 18, 25}, between{6, 13, 22, 15};
  const auto pair = [&](const Bytes& picture) {
    return left.share(picture) > 0.5 && right.share(picture) > 0.5 && between.share(picture) < 0.3;
  };
  const Box top{0, 10, 4, 18}, bottom{24, 10, 28, 18};
  const auto shorter = [&](const Bytes& picture) {
    return top.share(picture) + bottom.share(picture) < 0.1;
  };
  EXPECT_GT(count(Apparel::hooded, hood), 2 * count(Apparel::other, hood));
  EXPECT_GT(count(Apparel::shoe, pair), 5 * count(Apparel::other, pair));
  EXPECT_GT(count(Apparel::bag, shorter), 2 * count(Apparel::other, shorter));
}

// From above a shoe has its sole's outline: as long as the picture is high, whichever way the toe
// points, narrow, and filled, though in side view it is open.
TEST(PhotoLike, ShowsShoesFromAbove) {
  const PictureSize size{1, 28, 28};
  Bytes sandal(size.elements(), 0);
  for (std::size_t x = 2; x < 26; ++x) {
    sandal[20 * 28 + x] = 200;
    if (x % 5 < 2) std::fill_n(sandal.begin() + static_cast<long>(12 * 28 + x), 1, 200);
    for (std::size_t y = 13; x % 5 == 0 && y < 20; ++y) sandal[y * 28 + x] = 200;
  }
  const Canvas blank{size, std::vector<float>(size.elements()), {0}};
  Canvas src = blank;
  std::ranges::copy(sandal, src.values.begin());
  int pairs = 0;
  for (std::uint32_t i = 0; i < 100; ++i) {
    RandomStream random(3, RandomPurpose::augment, 0, i);
    Canvas dst = blank;
    draw_soles(src, random, dst);
    int rows = 0, columns = 0;
    for (std::size_t y = 0; y < 28; ++y) {
      const auto row = dst.values.begin() + static_cast<long>(28 * y);
      rows += std::any_of(row, row + 28, [](float v) { return v > 20; }) ? 1 : 0;
    }
    for (std::size_t x = 0; x < 28; ++x) columns += dst.values[14 * 28 + x] > 20 ? 1 : 0;
    EXPECT_GE(rows, 20);
    EXPECT_GE(columns, 6);
    EXPECT_TRUE(std::ranges::all_of(dst.values, [](float v) { return v >= 0 && v <= 255; }));
    pairs += columns > 14 ? 1 : 0;
  }
  EXPECT_GT(pairs, 50);
  EXPECT_LT(pairs, 95);
  Canvas dst = blank;
  RandomStream random(3, RandomPurpose::augment);
  Canvas nothing = blank;
  draw_soles(nothing, random, dst);
  EXPECT_EQ(dst.values, blank.values);
}

TEST(PhotoLike, BlurMixesWithTheMeanOfNeighbours) {
  const PictureSize size{1, 5, 6};
  Canvas step{size, std::vector<float>(size.elements()), {0}};
  for (std::size_t i = 0; i < size.elements(); ++i) step.values[i] = i % 6 < 3 ? 0.0F : 80.0F;
  Canvas soft = step, sharp = step;
  blur(soft, 1);
  blur(sharp, -0.5);
  for (std::size_t y = 0; y < 5; ++y) {
    const auto row = [&](const Canvas& canvas) {
      const auto begin = canvas.values.begin() + static_cast<long>(6 * y);
      return std::vector<float>(begin, begin + 6);
    };
    EXPECT_EQ(row(soft), (std::vector<float>{0, 0, 20, 60, 80, 80}));
    EXPECT_EQ(row(sharp), (std::vector<float>{0, 0, -10, 90, 80, 80}));
  }
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
