// The kernels of maps: the fast ones against those to be read.
#include "kernels/map_kernels.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "base/test_folder.hpp"
#include "compare.hpp"
#include "tensor/aligned.hpp"

namespace weft {
namespace {

using testing::all_close;

AlignedVector<float> numbers(std::size_t count, std::uint32_t index) {
  RandomStream random(3, RandomPurpose::map, 0, index);
  AlignedVector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

TEST(MapKernels, FindWhatIsBelow) {
  for (const std::size_t count : {0, 1, 7, 16, 33, 512}) {
    const auto squares = numbers(count, 1), dots = numbers(count, 2);
    for (const float limit : {-100.0F, 0.0F, 0.5F, 100.0F}) {
      std::vector<float> fast(count + 16), slow(count + 16);
      std::vector<std::uint32_t> fast_places(count + 16), slow_places(count + 16);
      const std::size_t found = fast_map_kernels().below(count, squares.data(), dots.data(), limit,
                                                         fast.data(), fast_places.data());
      ASSERT_EQ(found, reference_map_kernels().below(count, squares.data(), dots.data(), limit,
                                                     slow.data(), slow_places.data()));
      for (const auto list : {&fast, &slow}) list->resize(found);
      for (const auto list : {&fast_places, &slow_places}) list->resize(found);
      EXPECT_EQ(fast, slow);
      EXPECT_EQ(fast_places, slow_places);
      EXPECT_LE(found, limit == -100 ? 0 : count);
      EXPECT_GE(found, limit == 100 ? count : 0);
    }
  }
}

TEST(MapKernels, MeasureDistances) {
  for (const std::size_t count : {1, 2, 15, 16, 31, 32, 33, 784}) {
    const auto a = numbers(count, 1), b = numbers(count, 2);
    const float expected = reference_map_kernels().squared_distance(count, a.data(), b.data());
    EXPECT_GT(expected, 0);
    EXPECT_NEAR(fast_map_kernels().squared_distance(count, a.data(), b.data()), expected,
                1e-5F * expected);
    EXPECT_EQ(fast_map_kernels().squared_distance(count, a.data(), a.data()), 0);
  }
}

TEST(MapKernels, Attract) {
  constexpr std::size_t kPoints = 50;
  const auto places = numbers(2 * kPoints, 1), weights = numbers(kPoints * 48, 2);
  std::vector<std::size_t> starts{0};
  std::vector<std::uint32_t> neighbours;
  RandomStream random(4, RandomPurpose::map);
  for (std::size_t i = 0; i < kPoints; ++i) {
    starts.push_back(starts.back() + 16 * (i % 4));
    while (neighbours.size() < starts.back()) neighbours.push_back(random.below(kPoints));
  }
  const float poison = std::nanf("");
  std::vector<float> fast(2 * kPoints, poison), slow(2 * kPoints, poison);
  for (const auto& [kernels, forces] :
       {std::pair{&fast_map_kernels(), &fast}, {&reference_map_kernels(), &slow}}) {
    kernels->attract(0, 20, starts.data(), neighbours.data(), weights.data(), places.data(),
                     forces->data());
    kernels->attract(20, kPoints, starts.data(), neighbours.data(), weights.data(), places.data(),
                     forces->data());
  }
  EXPECT_TRUE(all_close(fast, slow, 1e-4, 1e-4));
}

TEST(MapKernels, Repel) {
  for (const std::size_t n : {1, 2, 3, 7, 17, 200}) {
    auto xs = numbers(n, 1), ys = numbers(n, 2);
    if (n > 2) xs[2] = xs[1], ys[2] = ys[1];
    std::vector<float> fast(2 * n, std::nanf("")), slow(2 * n, std::nanf(""));
    const double sum = fast_map_kernels().repel(n, xs.data(), ys.data(), 0, n, fast.data());
    const double expected =
        reference_map_kernels().repel(n, xs.data(), ys.data(), 0, n, slow.data());
    EXPECT_NEAR(sum, expected, 1e-5 * expected + 1e-6) << n;
    EXPECT_TRUE(all_close(fast, slow, 1e-4, 1e-4)) << n;
  }
}

TEST(MapKernels, TransformSignals) {
  for (const std::size_t length : {1, 2, 3, 4, 6, 8, 12, 18, 36, 48, 64, 162}) {
    const FourierPlan plan(length);
    const std::size_t count = length * kSignals;
    auto re = numbers(count, 1), im = numbers(count, 2);
    const auto first_re = re, first_im = im;
    auto slow_re = re, slow_im = im;
    AlignedVector<float> spare_re(count), spare_im(count);
    fast_map_kernels().fourier(plan, re.data(), im.data(), spare_re.data(), spare_im.data());
    reference_map_kernels().fourier(plan, slow_re.data(), slow_im.data(), nullptr, nullptr);
    EXPECT_TRUE(all_close(re, slow_re, 1e-5, 1e-4)) << length;
    EXPECT_TRUE(all_close(im, slow_im, 1e-5, 1e-4)) << length;
    fast_map_kernels().fourier(plan, im.data(), re.data(), spare_re.data(), spare_im.data());
    for (float& value : re) value /= static_cast<float>(length);
    for (float& value : im) value /= static_cast<float>(length);
    EXPECT_TRUE(all_close(re, first_re, 1e-5, 1e-5)) << length;
    EXPECT_TRUE(all_close(im, first_im, 1e-5, 1e-5)) << length;
  }
  EXPECT_EQ(fourier_length(5), 8U);
  EXPECT_EQ(fourier_length(97), 108U);
  test::expect_error(ErrorCode::usage, {"10", "twos and threes"}, [] { FourierPlan plan(10); });
}

}  // namespace
}  // namespace weft
