#include "image/product.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "image/colour_mixture.hpp"
#include "image/guided_filter.hpp"
#include "image/regions.hpp"

namespace weft {
namespace {

// Noise of a fixed kind, -1 to 1.
float noise(std::size_t i) {
  return static_cast<float>((i * 2654435761U) % 1999) / 999.5F - 1;
}

using Colour = std::array<float, 3>;

// A photo of `height` x `width`: `inside` where `in` holds, else `outside` that gets lighter to the
// right by `slope`, both with noise.
template <class In>
Plane photo(std::size_t height, std::size_t width, const Colour& outside, const Colour& inside,
            float slope, const In& in) {
  Plane plane(height, width, 3);
  for (std::size_t i = 0; i < plane.pixels(); ++i) {
    const std::size_t y = i / width, x = i % width;
    for (std::size_t c = 0; c < 3; ++c) {
      const float light = slope * static_cast<float>(x) / static_cast<float>(width);
      plane.pixel(i)[c] = (in(y, x) ? inside[c] : outside[c] + light) + 6 * noise(3 * i + c);
    }
  }
  return plane;
}

// The share of pixels, of the small picture, on which `product` and `in` agree.
template <class In>
double agreement(const Product& product, std::size_t height, std::size_t width, const In& in) {
  const Plane& cover = product.cover;
  std::size_t same = 0;
  for (std::size_t i = 0; i < cover.pixels(); ++i) {
    const std::size_t y = i / cover.width * height / cover.height;
    const std::size_t x = i % cover.width * width / cover.width;
    same += (cover.values[i] > 0.5F) == in(y, x) ? 1 : 0;
  }
  return static_cast<double>(same) / static_cast<double>(cover.pixels());
}

bool in_box(std::size_t y, std::size_t x) {
  return y >= 60 && y < 240 && x >= 50 && x < 150;
}

TEST(Product, IsFoundOnALightAndOnADarkAndOnAnUnevenBackground) {
  for (const Colour outside : {Colour{250, 250, 250}, Colour{8, 8, 8}, Colour{130, 100, 70}}) {
    for (const float slope : {0.0F, 60.0F}) {
      const float towards = outside[0] > 200 ? -slope : slope;
      const Product found = find_product(photo(300, 200, outside, {60, 90, 170}, towards, in_box));
      EXPECT_TRUE(found.found);
      EXPECT_GT(agreement(found, 300, 200, in_box), 0.97) << outside[0] << " " << slope;
    }
  }
}

TEST(Product, IsWhiteOnWhiteWhenItsEdgesShow) {
  const Product found = find_product(photo(300, 200, {222, 222, 222}, {250, 250, 250}, 0, in_box));
  EXPECT_GT(agreement(found, 300, 200, in_box), 0.95);
}

TEST(Product, IsTheLargestPartWithItsHolesFilled) {
  const auto ring = [](std::size_t y, std::size_t x) {
    return in_box(y, x) && !(y >= 120 && y < 180 && x >= 80 && x < 120);
  };
  const auto with_crumb = [&](std::size_t y, std::size_t x) {
    return ring(y, x) || (y >= 20 && y < 40 && x >= 170 && x < 190);
  };
  const Product found =
      find_product(photo(300, 200, {240, 240, 235}, {150, 20, 30}, 0, with_crumb));
  EXPECT_GT(agreement(found, 300, 200, in_box), 0.97);
}

// A shoe beside the other, and a crumb.
TEST(Product, IsEveryPartNearlyAsLarge) {
  const auto pair = [](std::size_t y, std::size_t x) {
    return y >= 60 && y < 240 && ((x >= 30 && x < 90) || (x >= 110 && x < 160));
  };
  const auto with_crumb = [&](std::size_t y, std::size_t x) {
    return pair(y, x) || (y >= 20 && y < 45 && x >= 80 && x < 120);
  };
  const Product found =
      find_product(photo(300, 200, {240, 240, 235}, {150, 20, 30}, 0, with_crumb));
  EXPECT_GT(agreement(found, 300, 200, pair), 0.97);
}

TEST(Product, CoversAllWhereThereIsNothingToTellApart) {
  const auto nowhere = [](std::size_t, std::size_t) { return false; };
  for (const Plane& plain : {photo(64, 64, {200, 200, 200}, {}, 0, nowhere), Plane(1, 1, 1),
                             Plane(1, 2000, 3), Plane(3000, 1, 1)}) {
    const Product product = find_product(plain);
    for (const float cover : product.cover.values) {
      EXPECT_TRUE(cover == 1 || product.found);
      EXPECT_TRUE(cover >= 0 && cover <= 1);
    }
  }
}

TEST(Product, OfAGreyPhotoIsFoundByLightness) {
  const Plane colours = photo(300, 200, {200, 200, 200}, {70, 70, 70}, 0, in_box);
  Plane grey(300, 200, 1);
  for (std::size_t i = 0; i < grey.pixels(); ++i) grey.values[i] = colours.pixel(i)[0];
  EXPECT_GT(agreement(find_product(grey), 300, 200, in_box), 0.97);
}

TEST(ColourMixture, IsLessSurprisedByItsOwnColours) {
  Plane colours(10, 20, 3);
  std::vector<float> weights(200, 0);
  for (std::size_t i = 0; i < 200; ++i) {
    const float kind = i % 3 == 0 ? 0.1F : i % 3 == 1 ? 0.5F : 0.9F;
    for (std::size_t c = 0; c < 3; ++c) colours.pixel(i)[c] = kind + 0.01F * noise(3 * i + c);
    weights[i] = i % 3 == 2 ? 0.0F : 1.0F;  // the third kind is outside
  }
  const ColourMixture mixture(colours, weights, 5);
  const std::vector<float> surprises = mixture.surprises(colours);
  ASSERT_EQ(surprises.size(), 200U);
  for (std::size_t i = 0; i + 2 < 200; i += 3) {
    EXPECT_LT(surprises[i] + 3, surprises[i + 2]);
    EXPECT_LT(surprises[i + 1] + 3, surprises[i + 2]);
  }
  EXPECT_TRUE(ColourMixture(colours, std::vector<float>(200, 0), 5).empty());
}

// One Gaussian alone, against the density's formula.
TEST(ColourMixture, OfOnePartIsTheGaussianOfItsMoments) {
  Plane colours(1, 2, 3);
  colours.values = {0.2F, 0.4F, 0.6F, 0.4F, 0.4F, 0.6F};
  const ColourMixture mixture(colours, std::vector<float>{1, 1}, 1);
  const double xx = 0.01 + 4e-4, other = 4e-4;
  Plane at(1, 1, 3);
  at.values = {0.5F, 0.41F, 0.6F};
  const double expected =
      (0.2 * 0.2 / xx + 0.01 * 0.01 / other) / 2 + std::log(xx * other * other) / 2;
  EXPECT_NEAR(mixture.surprises(at).front(), expected, 1e-3);
}

// Of a large region only some pixels are looked at: as good, whatever its width.
TEST(ColourMixture, OfALargeRegionIsThatOfASmallOne) {
  const auto mixture_of = [](std::size_t height, std::size_t width) {
    Plane colours(height, width, 3);
    for (std::size_t i = 0; i < colours.pixels(); ++i) {
      const float kind = noise(i * i + 5) < -0.4F ? 0.2F : 0.7F;
      for (std::size_t c = 0; c < 3; ++c) colours.pixel(i)[c] = kind + 0.03F * noise(3 * i + c);
    }
    return ColourMixture(colours, std::vector<float>(colours.pixels(), 1), 5);
  };
  Plane at(1, 3, 3);
  at.values = {0.2F, 0.2F, 0.2F, 0.7F, 0.7F, 0.7F, 0.45F, 0.4F, 0.5F};
  const std::vector<float> expected = mixture_of(40, 45).surprises(at);
  for (const std::size_t width : {95U, 96U, 97U, 100U}) {
    const std::vector<float> found = mixture_of(96, width).surprises(at);
    for (std::size_t i = 0; i < 2; ++i) EXPECT_NEAR(found[i], expected[i], 0.2) << width;
    EXPECT_GT(found[2], found[0] + 5) << width;
  }
}

TEST(GuidedFilter, KeepsAnEdgeThatTheGuideHasAndFlattensOneThatItHasNot) {
  Plane guide(20, 20, 3), edge(20, 20), other(20, 20);
  for (std::size_t i = 0; i < 400; ++i) {
    for (std::size_t c = 0; c < 3; ++c) guide.pixel(i)[c] = i % 20 < 10 ? 0.1F : 0.9F;
    edge.values[i] = i % 20 < 10 ? 0.0F : 1.0F;
    other.values[i] = i / 20 < 10 ? 0.0F : 1.0F;
  }
  GuidedFilter filter(guide, 3, 1e-3F);
  const Plane kept = filter(edge), flat = filter(other);
  EXPECT_LT(kept.values[10 * 20 + 9], 0.05F);
  EXPECT_GT(kept.values[10 * 20 + 10], 0.95F);
  EXPECT_NEAR(flat.values[10 * 20 + 5], 0.5F, 0.15F);
}

TEST(GuidedFilter, BoxMeansAreTheMeansOfWhatIsInside) {
  Plane plane(5, 7, 3);
  for (std::size_t i = 0; i < plane.values.size(); ++i) plane.values[i] = noise(i);
  Plane mean;
  box_mean(plane, 2, mean);
  for (long y = 0; y < 5; ++y) {
    for (long x = 0; x < 7; ++x) {
      double sum = 0;
      int count = 0;
      for (long v = std::max(0L, y - 2); v <= std::min(4L, y + 2); ++v) {
        for (long u = std::max(0L, x - 2); u <= std::min(6L, x + 2); ++u, ++count) {
          sum += static_cast<double>(plane.values[static_cast<std::size_t>((v * 7 + u) * 3 + 1)]);
        }
      }
      EXPECT_NEAR(mean.values[static_cast<std::size_t>((y * 7 + x) * 3 + 1)], sum / count, 1e-6);
    }
  }
}

Region region(std::size_t width, const std::string& marks) {
  Region region{marks.size() / width, width, {}};
  for (const char mark : marks) region.in.push_back(mark == '#' ? 1 : 0);
  return region;
}

std::string marks_of(const Region& region) {
  std::string marks;
  for (const std::uint8_t in : region.in) marks += in != 0 ? '#' : '.';
  return marks;
}

TEST(Regions, AreThinnedThickenedConnectedAndFilled) {
  const Region ring = region(5,
                             ".###."
                             ".#.#."
                             ".###."
                             "....#");
  EXPECT_EQ(marks_of(filled(ring)),
            ".###."
            ".###."
            ".###."
            "....#");
  EXPECT_EQ(marks_of(dilated(region(3, "...#....."))), "#..##.#..");
  EXPECT_EQ(marks_of(eroded(region(5,
                                   "#####"
                                   "#####"
                                   "#####"))),
            "......###......");
  const Parts parts = connected_parts(ring);
  EXPECT_EQ(parts.count, 2U);
  EXPECT_EQ(parts.of[1], 1U);
  EXPECT_EQ(parts.of[19], 2U);
  EXPECT_EQ(parts.of[0], 0U);
  EXPECT_EQ(ring.count(), 9U);
}

}  // namespace
}  // namespace weft
