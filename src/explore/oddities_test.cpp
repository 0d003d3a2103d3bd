#include "explore/oddities.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/random.hpp"

namespace weft {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr std::size_t kSide = 16, kSize = kSide * kSide;

// Something light in the middle of a dark ground, now wider, now higher.
void put_thing(Tensor& images, std::size_t row, std::uint32_t seed) {
  RandomStream random(seed, RandomPurpose::initialise);
  const auto pixels = images.as<std::uint8_t>().subspan(row * kSize, kSize);
  const std::size_t high = 2 + random.below(3), wide = 2 + random.below(3);
  for (std::size_t p = 0; p < kSize; ++p) {
    const std::size_t y = p / kSide, x = p % kSide;
    const bool inside = y >= high && y < kSide - high && x >= wide && x < kSide - wide;
    pixels[p] = static_cast<std::uint8_t>((inside ? 180 : 0) + random.below(20));
  }
}

TEST(Oddities, DefectsAreTold) {
  Tensor images(DataType::u8, {7, 1, kSide, kSide});
  const auto picture = [&](std::size_t i) {
    return images.as<std::uint8_t>().subspan(i * kSize, kSize);
  };
  for (std::uint32_t i = 0; i < 7; ++i) put_thing(images, i, i);
  std::ranges::fill(picture(1), std::uint8_t{200});
  for (std::size_t p = 0; p < kSize; ++p) picture(2)[p] = static_cast<std::uint8_t>(100 + p % 9);
  std::ranges::fill(picture(3).last(6 * kSide), std::uint8_t{128});  // as decoders fill what lacks
  std::ranges::fill(picture(4).last(3 * kSide), std::uint8_t{8});    // the ground goes on
  std::ranges::fill(picture(5).last(kSide), std::uint8_t{128});      // one row is an edge
  std::ranges::fill(picture(6), std::uint8_t{200});                  // fills the width
  picture(6)[8 * kSide] = 90;
  std::ranges::fill(picture(6).first(4 * kSide), std::uint8_t{0});
  std::ranges::fill(picture(6).last(4 * kSide), std::uint8_t{0});
  EXPECT_THAT(find_defects(PictureRows({&images}), 2),
              ElementsAre(Defect::none, Defect::one_colour, Defect::one_colour, Defect::cut_off,
                          Defect::none, Defect::none, Defect::none));
  EXPECT_STREQ(name_of(Defect::cut_off), "cut off");
}

// A colour is one of three channels together.
TEST(Oddities, ColoursAreTold) {
  Tensor images(DataType::u8, {2, 3, 4, 4});
  const auto pixels = images.as<std::uint8_t>();
  const std::array<std::uint8_t, 3> colour{200, 30, 90};
  for (std::size_t p = 0; p < 96; ++p) pixels[p] = colour[p / 16 % 3];
  pixels[48 + 17] = 255;
  EXPECT_THAT(find_defects(PictureRows({&images}), 1),
              ElementsAre(Defect::one_colour, Defect::none));
}

TEST(Oddities, NoiseAmongThingsIsFarOut) {
  Tensor images(DataType::u8, {200, 1, kSide, kSide});
  for (std::uint32_t i = 0; i < 200; ++i) put_thing(images, i, i);
  RandomStream random(1, RandomPurpose::mix);
  for (const std::size_t row : {20U, 150U}) {
    for (auto& value : images.as<std::uint8_t>().subspan(row * kSize, kSize)) {
      value = static_cast<std::uint8_t>(random.below(256));
    }
  }
  const std::vector<float> far = strangeness(PictureRows({&images}), 1);
  const auto found = far_out(far);
  ASSERT_GE(found.size(), 2U);
  EXPECT_THAT((std::vector{found[0], found[1]}), UnorderedElementsAre(20, 150));
  EXPECT_LT(found.size(), 6U);
  EXPECT_EQ(far, strangeness(PictureRows({&images}), 2));
}

TEST(Oddities, FarOutAreBeyondTheFence) {
  // Quartiles 3 and 7: beyond 19.
  EXPECT_THAT(far_out({1, 2, 3, 4, 5, 6, 7, 20, 30}), ElementsAre(8, 7));
  EXPECT_THAT(far_out({1, 2, 3, 4, 5, 6, 7, 19, 8}), IsEmpty());
  EXPECT_THAT(far_out({1, 100}), IsEmpty());
  EXPECT_THAT(strangeness(PictureRows({}), 1), IsEmpty());
}

}  // namespace
}  // namespace weft
