#include "explore/repulsion.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "base/random.hpp"
#include "kernels/map_kernels.hpp"

namespace weft {
namespace {

struct Sums {
  double all = 0;
  std::vector<float> forces;
};

AlignedVector<float> places_of(std::size_t n, double spread) {
  RandomStream random(6, RandomPurpose::map);
  AlignedVector<float> places(2 * n);
  for (float& place : places) place = static_cast<float>(spread * random.normal() + 3);
  return places;
}

Sums exact(const AlignedVector<float>& places) {
  const std::size_t n = places.size() / 2;
  std::vector<float> xs, ys;
  for (std::size_t i = 0; i < n; ++i) {
    xs.push_back(places[2 * i]);
    ys.push_back(places[2 * i + 1]);
  }
  Sums sums{0, std::vector<float>(2 * n)};
  sums.all = reference_map_kernels().repel(n, xs.data(), ys.data(), 0, n, sums.forces.data());
  return sums;
}

// By the grid, however few there are.
Sums on_grid(const AlignedVector<float>& places, ThreadPool& pool) {
  Sums sums{0, std::vector<float>(places.size(), std::nanf(""))};
  Repulsion repulsion(pool, Repulsion::kSpacing, 0);
  sums.all = repulsion(places.size() / 2, places.data(), sums.forces.data());
  return sums;
}

// The root of the mean squared error, and of the mean square.
std::pair<double, double> error(const Sums& got, const Sums& expected) {
  double wrong = 0, whole = 0;
  for (std::size_t i = 0; i < got.forces.size(); ++i) {
    wrong += std::pow(double{got.forces[i]} - double{expected.forces[i]}, 2);
    whole += std::pow(double{expected.forces[i]}, 2);
  }
  const auto count = static_cast<double>(got.forces.size());
  return {std::sqrt(wrong / count), std::sqrt(whole / count)};
}

TEST(Repulsion, OnTheGridIsNearTheExactOne) {
  ThreadPool pool(2);
  for (const std::size_t n : {2, 3, 7, 17, 500}) {
    for (const double spread : {1e-6, 1e-4, 0.02, 0.3, 2.0, 20.0}) {
      const AlignedVector<float> places = places_of(n, spread);
      const Sums got = on_grid(places, pool), expected = exact(places);
      const auto [wrong, whole] = error(got, expected);
      // Single far points meet but the grid's own rounding, which is below 0.02.
      EXPECT_LE(wrong, 0.015 * whole + (spread < 1 ? 0 : 0.02)) << n << " " << spread;
      EXPECT_NEAR(got.all, expected.all, 0.001 * expected.all + 0.005 * static_cast<double>(n))
          << n << " " << spread;
    }
  }
}

TEST(Repulsion, OfManyIsNearerStill) {
  ThreadPool pool(2);
  const AlignedVector<float> places = places_of(2000, 15);
  const Sums got = on_grid(places, pool), expected = exact(places);
  const auto [wrong, whole] = error(got, expected);
  EXPECT_LE(wrong, 0.012 * whole);
  EXPECT_NEAR(got.all, expected.all, 0.001 * expected.all);
}

TEST(Repulsion, OfOnePlaceIsNone) {
  ThreadPool pool(1);
  AlignedVector<float> places(60, 1.5F);
  const Sums got = on_grid(places, pool);
  EXPECT_NEAR(got.all, 30 * 29, 0.01);
  for (const float force : got.forces) EXPECT_NEAR(force, 0, 1e-3F);
}

TEST(Repulsion, FollowsAMapThatGrows) {
  ThreadPool pool(2);
  Repulsion repulsion(pool, Repulsion::kSpacing, 0);
  for (const double spread : {1e-4, 1.0, 30.0, 0.5}) {
    const AlignedVector<float> places = places_of(300, spread);
    Sums got{0, std::vector<float>(600)};
    got.all = repulsion(300, places.data(), got.forces.data());
    const Sums fresh = on_grid(places, pool);
    EXPECT_EQ(got.all, fresh.all);
    EXPECT_EQ(got.forces, fresh.forces);
  }
}

TEST(Repulsion, PairByPairIsExact) {
  ThreadPool pool(3);
  const AlignedVector<float> places = places_of(600, 3);
  Repulsion repulsion(pool);
  Sums got{0, std::vector<float>(1200)};
  got.all = repulsion(600, places.data(), got.forces.data());
  const Sums expected = exact(places);
  const auto [wrong, whole] = error(got, expected);
  EXPECT_LE(wrong, 1e-5 * whole);
  EXPECT_NEAR(got.all, expected.all, 1e-5 * expected.all);
}

}  // namespace
}  // namespace weft
