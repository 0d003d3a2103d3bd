#include "explore/copies.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/random.hpp"
#include "weft/error.hpp"

namespace weft {
namespace {

using ::testing::IsEmpty;

// Grey or coloured scenes of a few soft blobs with some grain, none like another.
Tensor scenes(std::size_t count, std::size_t channels = 1, std::size_t side = 20) {
  Tensor images(DataType::u8, {count, channels, side, side});
  const auto pixels = images.as<std::uint8_t>();
  for (std::size_t i = 0; i < count; ++i) {
    RandomStream random(7, RandomPurpose::initialise, 0, static_cast<std::uint32_t>(i));
    std::vector<double> scene(channels * side * side, 60);
    for (int blob = 0; blob < 6; ++blob) {
      const double y = random.uniform(0, 20), x = random.uniform(0, 20), r = random.uniform(2, 5);
      for (std::size_t c = 0; c < channels; ++c) {
        const double by = random.uniform(-50, 90);
        for (std::size_t p = 0; p < side * side; ++p) {
          const double dy = static_cast<double>(p / side) - y,
                       dx = static_cast<double>(p % side) - x;
          scene[c * side * side + p] += by * std::exp(-(dy * dy + dx * dx) / (2 * r * r));
        }
      }
    }
    for (std::size_t p = 0; p < scene.size(); ++p) {
      const double value = scene[p] + random.uniform(0, 12);
      pixels[i * scene.size() + p] = static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0));
    }
  }
  return images;
}

// `change(value at (y, x))` of one picture, moved; what comes in from outside is 0.
template <class Change>
void put_changed(const Tensor& from, std::size_t row, Tensor& to, std::size_t at, int dy, int dx,
                 const Change& change) {
  const Shape& shape = from.shape();
  const auto src = from.as<std::uint8_t>().subspan(row * from.row_elements());
  const auto dst = to.as<std::uint8_t>().subspan(at * to.row_elements());
  for (std::size_t c = 0; c < shape[1]; ++c) {
    for (std::size_t y = 0; y < shape[2]; ++y) {
      for (std::size_t x = 0; x < shape[3]; ++x) {
        const auto sy = static_cast<std::size_t>(static_cast<int>(y) - dy);
        const auto sx = static_cast<std::size_t>(static_cast<int>(x) - dx);
        const bool inside = sy < shape[2] && sx < shape[3];
        const double value = inside ? change(src[(c * shape[2] + sy) * shape[3] + sx]) : 0;
        dst[(c * shape[2] + y) * shape[3] + x] =
            static_cast<std::uint8_t>(std::clamp(std::round(value), 0.0, 255.0));
      }
    }
  }
}

TEST(Copies, AreFoundMovedBrighterAndDarkerAcrossParts) {
  for (const std::size_t channels : {1U, 3U}) {
    const Tensor first = scenes(150, channels);
    Tensor second(DataType::u8, {6, channels, 20, 20});
    const auto same = [](double v) { return v; };
    put_changed(first, 3, second, 0, 0, 0, same);
    put_changed(first, 40, second, 1, 1, -1, same);
    put_changed(first, 71, second, 2, 0, 1, [](double v) { return 0.6 * v + 15; });
    put_changed(first, 149, second, 3, 0, 0, [](double v) { return 1.3 * v; });  // cut off at 255
    put_changed(first, 0, second, 4, 0, 0, [](double v) { return v - 40; });     // and at 0
    put_changed(second, 4, second, 5, 0, 0, same);                               // a copy of a copy
    const std::vector<Copy> found = find_copies(PictureRows({&first, &second}), 2);
    ASSERT_EQ(found.size(), 6U) << channels;
    const std::uint32_t originals[] = {3, 40, 71, 149, 0, 154};
    for (std::uint32_t i = 0; i < 6; ++i) {
      EXPECT_EQ(found[i].second, 150 + i);
      EXPECT_EQ(found[i].first, originals[i]) << i;
      EXPECT_EQ(found[i].exact, i == 0 || i == 5);
      EXPECT_GE(found[i].likeness, 0.995);
    }
  }
}

TEST(Copies, TwoPixelsAndOtherGrainAreNone) {
  const Tensor first = scenes(60);
  Tensor second(DataType::u8, {2, 1, 20, 20});
  put_changed(first, 3, second, 0, 2, 0, [](double v) { return v; });
  RandomStream random(1, RandomPurpose::mix);
  put_changed(first, 4, second, 1, 0, 0, [&](double v) { return v + random.uniform(-20, 20); });
  EXPECT_THAT(find_copies(PictureRows({&first, &second}), 1), IsEmpty());
}

// The index passes over none that the pictures' correlation would not.
TEST(Copies, AreTheSameAsAmongAllPairs) {
  Tensor images = scenes(80);
  for (std::size_t i = 0; i < 20; ++i) {
    const int by = static_cast<int>(i % 3) - 1;
    put_changed(images, i, images, 60 + i, by, 0,
                [&](double v) { return (0.5 + 0.02 * static_cast<double>(i)) * v; });
  }
  const PictureRows rows({&images});
  std::vector<std::pair<std::uint32_t, std::uint32_t>> all, found;
  for (std::uint32_t b = 0; b < 80; ++b) {
    double best = 0.995;
    std::optional<std::uint32_t> first;
    for (std::uint32_t a = 0; a < b; ++a) {
      for (int p = 0; p < 9; ++p) {
        const int dy = p / 3 - 1, dx = p % 3 - 1;
        const double likeness = std::max(explained(rows[b], rows[a], rows.shape(), dy, dx, 1),
                                         explained(rows[a], rows[b], rows.shape(), -dy, -dx, 1));
        if (likeness > best) {
          best = likeness;
          first = a;
        }
      }
    }
    if (first) all.emplace_back(*first, b);
  }
  for (const Copy& copy : find_copies(rows, 1)) found.emplace_back(copy.first, copy.second);
  EXPECT_GE(all.size(), 20U);
  EXPECT_EQ(found, all);
}

TEST(Copies, DoNotDependOnThreads) {
  Tensor images = scenes(50);
  put_changed(images, 1, images, 49, 1, 1, [](double v) { return 0.8 * v; });
  const auto one = find_copies(PictureRows({&images}), 1),
             two = find_copies(PictureRows({&images}), 2);
  ASSERT_EQ(one.size(), 1U);
  ASSERT_EQ(two.size(), 1U);
  EXPECT_EQ(one[0].likeness, two[0].likeness);
}

TEST(Copies, PlainPicturesHaveEqualOnesAlone) {
  Tensor images(DataType::u8, {4, 1, 9, 9});
  std::ranges::fill(images.as<std::uint8_t>().subspan(81, 81), std::uint8_t{7});
  std::ranges::fill(images.as<std::uint8_t>().subspan(243, 81), std::uint8_t{7});
  const auto found = find_copies(PictureRows({&images}), 1);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].first, 0U);
  EXPECT_EQ(found[0].second, 2U);
  EXPECT_EQ(found[1].first, 1U);
  EXPECT_EQ(found[1].second, 3U);
  EXPECT_THAT(find_copies(PictureRows({}), 1), IsEmpty());
  const Tensor other(DataType::u8, {1, 3, 9, 9});
  EXPECT_THROW(PictureRows({&images, &other}), Error);
}

TEST(Copies, SmallPicturesAreComparedInPlace) {
  Tensor images = scenes(3, 1, 4);
  put_changed(images, 0, images, 2, 0, 0, [](double v) { return 0.9 * v; });
  const auto found = find_copies(PictureRows({&images}), 1);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].second, 2U);
  EXPECT_FALSE(found[0].exact);
}

}  // namespace
}  // namespace weft
