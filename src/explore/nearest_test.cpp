#include "explore/nearest.hpp"

#include <cmath>

#include "base/test_folder.hpp"

namespace weft {
namespace {

TEST(Nearest, AreInTheOrderOfTheirDistance) {
  Tensor images(DataType::u8, {3000, 1, 1, 2});
  const auto pixels = images.as<std::uint8_t>();
  for (std::uint8_t& pixel : pixels) pixel = 200;
  pixels[0] = 13, pixels[1] = 14;                    // 5 away
  pixels[2 * 2999] = 10, pixels[2 * 2999 + 1] = 10;  // the same
  pixels[2 * 1024] = 10, pixels[2 * 1024 + 1] = 10;  // the same, before it
  const std::vector<std::uint8_t> picture{10, 10};
  const auto found = nearest(images, picture, 4);
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0].index, 1024U);
  EXPECT_EQ(found[1].index, 2999U);
  EXPECT_EQ(found[2].index, 0U);
  EXPECT_EQ(found[3].index, 1U);
  EXPECT_EQ(found[1].distance, 0);
  EXPECT_DOUBLE_EQ(found[2].distance, std::sqrt(12.5));
  EXPECT_DOUBLE_EQ(found[3].distance, 190);
}

TEST(Nearest, OfFewerThanAskedForAreAll) {
  EXPECT_EQ(nearest(Tensor(DataType::u8, {2, 1, 1, 2}), std::vector<std::uint8_t>{1, 2}, 5).size(),
            2U);
  EXPECT_TRUE(
      nearest(Tensor(DataType::u8, {0, 1, 1, 2}), std::vector<std::uint8_t>{1, 2}, 5).empty());
  test::expect_error(ErrorCode::usage, {"3 bytes", "of 2"}, [] {
    nearest(Tensor(DataType::u8, {2, 1, 1, 2}), std::vector<std::uint8_t>{1, 2, 3}, 5);
  });
}

}  // namespace
}  // namespace weft
