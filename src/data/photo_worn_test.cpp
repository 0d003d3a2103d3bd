#include "data/photo_worn.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace weft {
namespace {

constexpr std::size_t kSide = 28;

// A top of 150 on black, 24 pixels high: its body 12 wide, and with sleeves 4 wide that hang beside
// it, two pixels away.
Canvas top(bool sleeves) {
  Canvas canvas{{1, kSide, kSide}, std::vector<float>(kSide * kSide), {0}};
  for (std::size_t y = 2; y < 26; ++y) {
    std::fill_n(&canvas.at(0, y * kSide + 8), 12, 150.0F);
    if (!sleeves) continue;
    std::fill_n(&canvas.at(0, y * kSide + 2), y < 8 ? 8 : 4, 150.0F);
    std::fill_n(&canvas.at(0, y * kSide + (y < 8 ? 18 : 22)), y < 8 ? 8 : 4, 150.0F);
  }
  return canvas;
}

std::size_t covered(Canvas& canvas, std::size_t from_row, std::size_t to_row) {
  std::size_t count = 0;
  for (std::size_t i = from_row * kSide; i < to_row * kSide; ++i) {
    count += cover(canvas, i) > 0.5F ? 1 : 0;
  }
  return count;
}

TEST(PhotoWorn, ShowsABodyAroundTheProduct) {
  int legs = 0, heads = 0, arms = 0;
  for (std::uint32_t i = 0; i < 200; ++i) {
    RandomStream random(5, RandomPurpose::augment, 0, i);
    Canvas canvas = top(false);
    dress_somebody(canvas, false, random);
    legs += covered(canvas, kSide - 1, kSide) > 2 ? 1 : 0;
    heads += covered(canvas, 0, 3) > 1 && covered(canvas, 0, 1) < 8 ? 1 : 0;
    for (const float value : canvas.values) EXPECT_TRUE(value >= 0 && value <= 255);
    // Somewhere arms stand out from the body, which is never more than 11 pixels wide.
    bool wider = false;
    for (std::size_t y = 8; y < 20; ++y) wider |= covered(canvas, y, y + 1) > 12;
    arms += wider ? 1 : 0;
    EXPECT_GE(covered(canvas, 0, kSide), 60U) << "the product itself, at half its size";
  }
  EXPECT_GT(legs, 100);
  EXPECT_GT(heads, 60);
  EXPECT_GT(arms, 20);
}

TEST(PhotoWorn, FoldedSleevesCloseTheGapsAndKeepTheCloth) {
  int closed = 0;
  for (std::uint32_t i = 0; i < 100; ++i) {
    RandomStream random(5, RandomPurpose::augment, 0, i);
    Canvas canvas = top(true);
    fold_sleeves(canvas, random);
    EXPECT_EQ(canvas.at(0, 14 * kSide + 14), 150);
    EXPECT_TRUE(std::ranges::all_of(canvas.values, [](float v) { return v == 0 || v == 150; }));
    closed += cover(canvas, 15 * kSide + 6) > 0.5F || cover(canvas, 15 * kSide + 7) > 0.5F ? 1 : 0;
  }
  EXPECT_GT(closed, 50);
}

TEST(PhotoWorn, WhatHasNoSleevesHasNoneToFold) {
  RandomStream random(5, RandomPurpose::augment);
  Canvas canvas = top(false);
  for (std::size_t y = 2; y < 8; ++y) std::fill_n(&canvas.at(0, y * kSide + 3), 22, 150.0F);
  const std::vector<float> before = canvas.values;
  fold_sleeves(canvas, random);
  EXPECT_EQ(canvas.values, before);
}

TEST(PhotoWorn, TakesWhatHasNothingToWear) {
  for (const PictureSize& size : {PictureSize{1, 1, 1}, {3, 2, 5}, {1, 28, 28}}) {
    Canvas canvas{size, std::vector<float>(size.elements()), std::vector<float>(size.channels)};
    RandomStream random(5, RandomPurpose::augment);
    dress_somebody(canvas, true, random);
    fold_sleeves(canvas, random);
    EXPECT_EQ(canvas.values, std::vector<float>(size.elements()));
  }
}

}  // namespace
}  // namespace weft
