#include "image/details.hpp"

#include <gtest/gtest.h>

#include <string>

namespace weft {
namespace {

constexpr std::size_t kHeight = 60, kWidth = 50;

// A bag of 30 x 30 with a handle two pixels thick, and a speck apart.
bool in_bag(std::size_t y, std::size_t x) {
  return y >= 25 && y < 55 && x >= 10 && x < 40;
}
bool under_handle(std::size_t y, std::size_t x) {
  return y >= 15 && y < 25 && x >= 20 && x < 30;
}
bool in_handle(std::size_t y, std::size_t x) {
  return y >= 13 && y < 25 && x >= 18 && x < 32 && !under_handle(y, x);
}
bool in_speck(std::size_t y, std::size_t x) {
  return y >= 3 && y < 6 && x >= 3 && x < 6;
}

template <class In>
Region region_of(const In& in) {
  Region region{kHeight, kWidth, {}};
  for (std::size_t i = 0; i < kHeight * kWidth; ++i) {
    region.in.push_back(in(i / kWidth, i % kWidth) ? 1 : 0);
  }
  return region;
}

// Lightness 0.2 where `in` holds, 0.9 elsewhere, and `rough` of it at every second pixel.
template <class In>
Plane colours_of(const In& in, float rough = 0) {
  Plane colours(kHeight, kWidth, 3);
  for (std::size_t i = 0; i < colours.pixels(); ++i) {
    const bool inside = in(i / kWidth, i % kWidth);
    colours.pixel(i)[0] = inside ? 0.2F : 0.9F - rough * static_cast<float>(i % 2);
  }
  return colours;
}

bool in_picture(std::size_t y, std::size_t x) {
  return in_bag(y, x) || in_handle(y, x) || in_speck(y, x);
}

TEST(Details, OfAPlainBackgroundAreKeptAndWhatIsUnderAHandleIsOpen) {
  const auto with_handle = [](std::size_t y, std::size_t x) {
    return in_bag(y, x) || in_handle(y, x);
  };
  EXPECT_EQ(with_details(colours_of(in_picture), region_of(in_bag)).in, region_of(with_handle).in);
  EXPECT_EQ(with_details(colours_of(in_picture, 0.03F), region_of(in_bag)).in,
            region_of(with_handle).in);
}

TEST(Details, AreLeftWhereTheBackgroundIsNotPlain) {
  EXPECT_EQ(with_details(colours_of(in_picture, 0.2F), region_of(in_bag)).in, region_of(in_bag).in);
}

TEST(Details, AreNotOtherThings) {
  const auto with_head = [](std::size_t y, std::size_t x) {
    return in_bag(y, x) || (y >= 10 && y < 25 && x >= 15 && x < 30);
  };
  EXPECT_EQ(with_details(colours_of(with_head), region_of(in_bag)).in, region_of(in_bag).in);
}

TEST(Details, EncloseNoSpecks) {
  const auto with_loop = [](std::size_t y, std::size_t x) {
    return in_bag(y, x) || (y >= 22 && y < 25 && x >= 20 && x < 24 && !(y == 24 && x == 21));
  };
  const auto whole_loop = [](std::size_t y, std::size_t x) {
    return in_bag(y, x) || (y >= 22 && y < 25 && x >= 20 && x < 24);
  };
  EXPECT_EQ(with_details(colours_of(with_loop), region_of(in_bag)).in, region_of(whole_loop).in);
}

TEST(Details, HolesOfTheRegionAreFilled) {
  const auto ring = [](std::size_t y, std::size_t x) {
    return in_bag(y, x) && !(y >= 35 && y < 45 && x >= 20 && x < 30);
  };
  EXPECT_EQ(with_details(colours_of(ring), region_of(ring)).in, region_of(in_bag).in);
  EXPECT_EQ(with_details(colours_of(ring, 0.2F), region_of(ring)).in, region_of(in_bag).in);
}

TEST(Details, OfNothingAreNothing) {
  const auto nowhere = [](std::size_t, std::size_t) { return false; };
  EXPECT_EQ(with_details(colours_of(in_speck), region_of(nowhere)).count(), 0U);
}

}  // namespace
}  // namespace weft
