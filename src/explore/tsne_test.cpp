#include "explore/tsne.hpp"

#include <algorithm>
#include <cmath>

#include "base/random.hpp"
#include "base/test_folder.hpp"
#include "compare.hpp"
#include "explore/affinities.hpp"
#include "explore/neighbours.hpp"
#include "explore/principal.hpp"
#include "kernels/map_kernels.hpp"

namespace weft {
namespace {

using testing::all_close;

// Clusters of points around corners that are far from each other: point i is of cluster i %
// clusters.
std::vector<float> clusters_of(std::size_t n, std::size_t size, std::size_t clusters) {
  RandomStream random(7, RandomPurpose::map);
  std::vector<float> points;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t p = 0; p < size; ++p) {
      points.push_back(static_cast<float>(random.normal() + (p == i % clusters ? 30 : 0)));
    }
  }
  return points;
}

double divergence_of(const Affinities& near, const std::vector<double>& y) {
  const std::size_t n = near.size();
  const auto similarity = [&](std::size_t i, std::size_t j) {
    return 1 / (1 + std::pow(y[2 * i] - y[2 * j], 2) + std::pow(y[2 * i + 1] - y[2 * j + 1], 2));
  };
  double all = 0, sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) all += i == j ? 0 : similarity(i, j);
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = near.starts[i]; k < near.starts[i + 1]; ++k) {
      const double p = double{near.weights[k]};
      if (p > 0) sum += p * std::log(p / (similarity(i, near.neighbours[k]) / all));
    }
  }
  return sum;
}

TEST(Map, ItsForcesAreTheDivergencesSlope) {
  constexpr std::size_t kPoints = 23;
  ThreadPool pool(1);
  const std::vector<float> points = clusters_of(kPoints, 4, 2);
  const Affinities near = affinities(nearest_neighbours(points, kPoints, 4, 10, pool), 3, pool);
  AlignedVector<float> places(2 * kPoints), attraction(2 * kPoints), repulsion(2 * kPoints);
  std::vector<float> xs, ys;
  RandomStream random(8, RandomPurpose::map);
  for (float& place : places) place = static_cast<float>(random.normal());
  for (std::size_t i = 0; i < kPoints; ++i) {
    xs.push_back(places[2 * i]);
    ys.push_back(places[2 * i + 1]);
  }
  const MapKernels& kernels = fast_map_kernels();
  kernels.attract(0, kPoints, near.starts.data(), near.neighbours.data(), near.weights.data(),
                  places.data(), attraction.data());
  const double all = kernels.repel(kPoints, xs.data(), ys.data(), 0, kPoints, repulsion.data());
  std::vector<double> y(places.begin(), places.end()), slope, forces;
  for (std::size_t i = 0; i < y.size(); ++i) {
    constexpr double kStep = 1e-5;
    const double at = y[i];
    y[i] = at + kStep;
    const double above = divergence_of(near, y);
    y[i] = at - kStep;
    slope.push_back((above - divergence_of(near, y)) / (2 * kStep));
    y[i] = at;
    forces.push_back(4 * (double{attraction[i]} - double{repulsion[i]} / all));
  }
  EXPECT_TRUE(all_close(forces, slope, 1e-4, 1e-6));
  EXPECT_NEAR(divergence(near, places.data(), all, pool), divergence_of(near, y), 1e-5);
}

TEST(Affinities, HaveThePerplexityAskedFor) {
  ThreadPool pool(2);
  constexpr std::size_t kPoints = 300;
  const Neighbours found = nearest_neighbours(clusters_of(kPoints, 5, 3), kPoints, 5, 60, pool);
  const Affinities near = affinities(found, 20, pool);
  // p_ij is symmetric, 1 in all, and rows end with what fills them.
  double sum = 0;
  const auto weight = [&](std::size_t i, std::size_t j) {
    for (std::size_t k = near.starts[i]; k < near.starts[i + 1]; ++k) {
      if (near.neighbours[k] == j && near.weights[k] > 0) return near.weights[k];
    }
    return 0.0F;
  };
  for (std::size_t i = 0; i < kPoints; ++i) {
    EXPECT_EQ(near.starts[i + 1] % 16, 0U);
    for (std::size_t k = near.starts[i]; k < near.starts[i + 1]; ++k) {
      sum += double{near.weights[k]};
      if (near.weights[k] > 0) {
        EXPECT_EQ(near.weights[k], weight(near.neighbours[k], i));
      }
    }
  }
  EXPECT_NEAR(sum, 1, 1e-5);
  // Two points that have but each other, and one more: e^-b d for each, by hand.
  const Neighbours two{2, {1, 2, 0, 2, 1, 0}, {1, 4, 1, 9, 9, 16}};
  const Affinities made = affinities(two, 1.5, pool);
  double entropy = 0, b = 0;
  const double wanted = std::log(1.5);
  for (double low = 0, high = 10; high - low > 1e-9;) {  // of point 0: squares 1 and 4
    b = (low + high) / 2;
    const double p = 1 / (1 + std::exp(-3 * b));
    entropy = -p * std::log(p) - (1 - p) * std::log(1 - p);
    (entropy > wanted ? low : high) = b;
  }
  const double from_0 = 1 / (1 + std::exp(-3 * b));
  const double from_1 = from_0;  // of squares 1 and 9 the same probabilities at another b
  EXPECT_NEAR(made.weights[0], (from_0 + from_1) / 6, 1e-5);
  test::expect_error(ErrorCode::usage, {"3", "2 neighbours"}, [&] { affinities(two, 3, pool); });
}

TEST(PrincipalScores, AreCoordinatesAlongTheLongestDirections) {
  ThreadPool pool(2);
  // Corners of a box of sides 20, 6 and 2, turned in the first two coordinates and moved.
  std::vector<float> points;
  std::vector<double> first, second;
  for (int corner = 0; corner < 8; ++corner) {
    const double x = corner & 1 ? 10 : -10, y = corner & 2 ? 3 : -3, z = corner & 4 ? 1 : -1;
    first.push_back(x);
    second.push_back(y);
    for (const double value : {0.6 * x - 0.8 * y + 5, 0.8 * x + 0.6 * y - 7, z}) {
      points.push_back(static_cast<float>(value));
    }
  }
  const std::vector<float> scores = principal_scores(points, 8, 3, 1, pool);
  std::vector<double> along, across;
  for (std::size_t i = 0; i < 8; ++i) {
    along.push_back(std::abs(double{scores[2 * i]}));
    across.push_back(std::abs(double{scores[2 * i + 1]}));
    EXPECT_NEAR(scores[2 * i] * scores[0], first[i] * first[0], 1e-3);
    EXPECT_NEAR(scores[2 * i + 1] * scores[1], second[i] * second[0], 1e-3);
  }
  EXPECT_TRUE(all_close(along, std::vector<double>(8, 10), 1e-5, 0));
  EXPECT_TRUE(all_close(across, std::vector<double>(8, 3), 1e-5, 0));
  // One coordinate has no second direction.
  const std::vector<float> line = principal_scores(std::vector<float>{1, 2, 6}, 3, 1, 1, pool);
  EXPECT_TRUE(all_close(line, std::vector<float>{-2, 0, -1, 0, 3, 0}, 1e-5, 1e-5));
}

TEST(Map, KeepsClustersApart) {
  constexpr std::size_t kPoints = 180, kClusters = 3;
  const PointMap map = map_points(clusters_of(kPoints, 6, kClusters), kPoints, 6,
                                  {.perplexity = 15, .iterations = 300, .threads = 2});
  ASSERT_EQ(map.places.size(), 2 * kPoints);
  EXPECT_EQ(map.neighbours, 46U);
  EXPECT_GT(map.divergence, 0);
  EXPECT_LT(map.divergence, 0.7);
  const auto distance = [&](std::size_t i, std::size_t j) {
    return std::hypot(map.places[2 * i] - map.places[2 * j],
                      map.places[2 * i + 1] - map.places[2 * j + 1]);
  };
  for (std::size_t i = 0; i < kPoints; ++i) {
    std::vector<std::size_t> others;
    for (std::size_t j = 0; j < kPoints; ++j) {
      if (j != i) others.push_back(j);
    }
    std::ranges::sort(others, {}, [&](std::size_t j) { return distance(i, j); });
    for (std::size_t k = 0; k < 20; ++k) EXPECT_EQ(others[k] % kClusters, i % kClusters);
  }
}

TEST(Map, IsTheSameForAnyNumberOfThreads) {
  constexpr std::size_t kPoints = 900;  // on the grid
  const std::vector<float> points = clusters_of(kPoints, 5, 4);
  const auto map = [&](int threads, MapStart start, std::uint64_t seed) {
    return map_points(
        points, kPoints, 5,
        {.perplexity = 10, .iterations = 60, .start = start, .seed = seed, .threads = threads});
  };
  for (const MapStart start : {MapStart::principal, MapStart::random}) {
    const PointMap alone = map(1, start, 1);
    EXPECT_TRUE(std::ranges::all_of(alone.places, [](float x) { return std::isfinite(x); }));
    for (const int threads : {2, 3}) {
      const PointMap shared = map(threads, start, 1);
      EXPECT_EQ(alone.places, shared.places) << threads;
      EXPECT_EQ(alone.divergence, shared.divergence);
    }
  }
  EXPECT_NE(map(1, MapStart::random, 1).places, map(1, MapStart::random, 2).places);
}

TEST(Map, BearsFewAndEqualPoints) {
  for (const std::size_t n : {2, 3, 7}) {
    for (const bool equal : {false, true}) {
      std::vector<float> points = clusters_of(n, 3, 2);
      if (equal) std::ranges::fill(points, 4.0F);
      const PointMap map =
          map_points(points, n, 3, {.perplexity = 1, .iterations = 40, .threads = 1});
      for (const float place : map.places) EXPECT_TRUE(std::isfinite(place));
      EXPECT_TRUE(std::isfinite(map.divergence));
    }
  }
}

TEST(Map, SaysWhatItCannotDo) {
  const std::vector<float> points = clusters_of(20, 3, 2);
  test::expect_error(ErrorCode::usage, {"perplexity of 20", "20 points"},
                     [&] { map_points(points, 20, 3, {.perplexity = 20}); });
  test::expect_error(ErrorCode::usage, {"perplexity of 0.5"},
                     [&] { map_points(points, 20, 3, {.perplexity = 0.5}); });
  test::expect_error(ErrorCode::usage, {"60 numbers", "21 points"},
                     [&] { map_points(points, 21, 3, {.perplexity = 5}); });
  std::vector<float> broken = points;
  broken[7] = std::nanf("");
  test::expect_error(ErrorCode::usage, {"not finite"},
                     [&] { map_points(broken, 20, 3, {.perplexity = 5}); });
}

TEST(Map, EndsWithWhatItsObserverThrows) {
  struct Enough {};
  std::size_t iterations = 0;
  EXPECT_THROW(map_points(clusters_of(50, 3, 2), 50, 3, {.perplexity = 5, .threads = 2},
                          [&](std::string_view stage, double) {
                            if (stage == "iterations" && ++iterations == 5) throw Enough();
                          }),
               Enough);
  EXPECT_EQ(iterations, 5U);
}

}  // namespace
}  // namespace weft
