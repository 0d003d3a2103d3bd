#include "explore/neighbours.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/random.hpp"
#include "base/test_folder.hpp"

namespace weft {
namespace {

// Whole numbers, whose distances have no rounding; some points stand there twice and more.
std::vector<float> points_of(std::size_t n, std::size_t size) {
  RandomStream random(5, RandomPurpose::map);
  std::vector<float> points(n * size);
  for (float& value : points) value = static_cast<float>(random.below(9));
  for (std::size_t i = 5; i < n; i += 7) {
    std::copy_n(points.begin() + static_cast<std::ptrdiff_t>(i / 2 * size), size,
                points.begin() + static_cast<std::ptrdiff_t>(i * size));
  }
  return points;
}

Neighbours by_all_pairs(const std::vector<float>& points, std::size_t n, std::size_t size,
                        std::size_t count) {
  Neighbours found{count, {}, {}};
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<std::pair<float, std::uint32_t>> all;
    for (std::size_t j = 0; j < n; ++j) {
      float square = 0;
      for (std::size_t p = 0; p < size; ++p) {
        const float difference = points[i * size + p] - points[j * size + p];
        square += difference * difference;
      }
      if (j != i) all.emplace_back(square, static_cast<std::uint32_t>(j));
    }
    std::ranges::sort(all);
    for (std::size_t k = 0; k < count; ++k) {
      found.square.push_back(all[k].first);
      found.index.push_back(all[k].second);
    }
  }
  return found;
}

TEST(Neighbours, AreThoseOfAllPairs) {
  ThreadPool pool(2);
  for (const auto& [n, size, count] : {std::array<std::size_t, 3>{2, 1, 1},
                                       {3, 5, 2},
                                       {40, 3, 39},
                                       {97, 33, 10},
                                       {1100, 20, 12}}) {
    const std::vector<float> points = points_of(n, size);
    const Neighbours found = nearest_neighbours(points, n, size, count, pool);
    const Neighbours expected = by_all_pairs(points, n, size, count);
    EXPECT_EQ(found.square, expected.square) << n;
    ASSERT_EQ(found.index.size(), expected.index.size());
    // Among equally near ones products may round otherwise: what is found is as near, and no point
    // stands there twice.
    for (std::size_t i = 0; i < n; ++i) {
      std::vector<std::uint32_t> row(
          found.index.begin() + static_cast<std::ptrdiff_t>(i * count),
          found.index.begin() + static_cast<std::ptrdiff_t>((i + 1) * count));
      EXPECT_EQ(std::ranges::count(row, i), 0);
      for (std::size_t k = 0; k < count; ++k) {
        float square = 0;
        for (std::size_t p = 0; p < size; ++p) {
          const float difference = points[i * size + p] - points[row[k] * size + p];
          square += difference * difference;
        }
        EXPECT_EQ(square, found.square[i * count + k]);
      }
      std::ranges::sort(row);
      EXPECT_TRUE(std::ranges::adjacent_find(row) == row.end());
    }
  }
}

TEST(Neighbours, DoNotDependOnThreads) {
  ThreadPool one(1), three(3);
  const std::vector<float> points = points_of(700, 9);
  const Neighbours alone = nearest_neighbours(points, 700, 9, 20, one);
  EXPECT_EQ(alone.index, nearest_neighbours(points, 700, 9, 20, three).index);
}

TEST(Neighbours, AreFewerThanPoints) {
  ThreadPool pool(1);
  const std::vector<float> points(12);
  test::expect_error(ErrorCode::usage, {"4 of each among 4"},
                     [&] { nearest_neighbours(points, 4, 3, 4, pool); });
  test::expect_error(ErrorCode::usage, {"12 numbers", "5 points of 3"},
                     [&] { nearest_neighbours(points, 5, 3, 1, pool); });
}

}  // namespace
}  // namespace weft
