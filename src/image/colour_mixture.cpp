#include "image/colour_mixture.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>

namespace weft {
namespace {

using Colour = std::array<float, 3>;

// Added to each variance: what noise and compression do to a plain colour, 2 % of the range.
constexpr double kFloor = 4e-4;
constexpr int kRounds = 6;
// A region of less than twice this many pixels is taken whole; of larger ones each kMostSteps-th at
// least.
constexpr std::size_t kEnough = 1000, kMostSteps = 4;

// Sums of a cluster: weight, colours, products of colours.
struct Moments {
  double weight = 0;
  std::array<double, 3> first{};
  std::array<double, 6> second{};

  void add(float of, const Colour& c) {
    const auto w = static_cast<double>(of);
    weight += w;
    for (std::size_t i = 0; i < 3; ++i) first[i] += w * static_cast<double>(c[i]);
  }
  void add_products(float of, const Colour& c) {
    const auto w = static_cast<double>(of);
    const auto x = static_cast<double>(c[0]), y = static_cast<double>(c[1]);
    const auto z = static_cast<double>(c[2]);
    second[0] += w * x * x;
    second[1] += w * x * y;
    second[2] += w * x * z;
    second[3] += w * y * y;
    second[4] += w * y * z;
    second[5] += w * z * z;
  }
  Colour mean() const {
    return {static_cast<float>(first[0] / weight), static_cast<float>(first[1] / weight),
            static_cast<float>(first[2] / weight)};
  }
};

// Pixels of the region, each channel by itself, so that the compiler makes vectors of them: each
// n-th where they are many, as a few Gaussians need few.
struct Region {
  std::array<std::vector<float>, 3> channels;
  std::vector<float> weights;

  Region(const Plane& of, std::span<const float> all) {
    const auto in =
        static_cast<std::size_t>(std::ranges::count_if(all, [](float w) { return w > 0; }));
    const std::size_t step = std::clamp<std::size_t>(in / kEnough, 1, kMostSteps);
    const std::size_t aside = std::max<std::size_t>(step / 2, 1);  // from row to row
    for (std::size_t y = 0; y < of.height; ++y) {
      for (std::size_t x = (step - aside * y % step) % step; x < of.width; x += step) {
        const std::size_t i = y * of.width + x;
        if (!(all[i] > 0)) continue;
        for (std::size_t c = 0; c < 3; ++c) channels[c].push_back(of.pixel(i)[c]);
        weights.push_back(all[i]);
      }
    }
  }

  std::size_t size() const { return weights.size(); }
  Colour colour(std::size_t i) const { return {channels[0][i], channels[1][i], channels[2][i]}; }

  // Calls use(i, d) with the square of each pixel's distance from the colour.
  template <class Use>
  void for_distances(const Colour& from, const Use& use) const {
    const float *xs = channels[0].data(), *ys = channels[1].data(), *zs = channels[2].data();
    const std::size_t count = size();
    for (std::size_t i = 0; i < count; ++i) {
      const float x = xs[i] - from[0], y = ys[i] - from[1], z = zs[i] - from[2];
      use(i, x * x + y * y + z * z);
    }
  }
};

// The mean, then again and again the colour that is farthest from all so far: of the nearest 98 %,
// so that single odd pixels do not become centres.
std::vector<Colour> first_centres(const Region& region, std::size_t parts) {
  Moments all;
  for (std::size_t i = 0; i < region.size(); ++i) all.add(region.weights[i], region.colour(i));
  std::vector<Colour> centres{all.mean()};
  std::vector<float> far(region.size(), std::numeric_limits<float>::max());
  const std::size_t farther = region.size() - (region.size() - 1) * 98 / 100;
  std::vector<float> farthest(farther);
  while (centres.size() < parts) {
    region.for_distances(centres.back(),
                         [of = far.data()](std::size_t i, float d) { of[i] = std::min(of[i], d); });
    std::ranges::partial_sort_copy(far, farthest, std::ranges::greater());
    const float limit = farthest.back();
    if (limit < 1e-4F) break;
    const auto found = static_cast<std::size_t>(std::ranges::find(far, limit) - far.begin());
    centres.push_back(region.colour(found));
  }
  return centres;
}

// Assigns to each pixel the number of the first of the centres that are nearest to it.
void find_nearest(const Region& region, std::span<const Colour> centres, std::vector<float>& least,
                  std::vector<std::int32_t>& nearest) {
  least.assign(region.size(), std::numeric_limits<float>::max());
  nearest.assign(region.size(), 0);
  std::int32_t number = 0;
  for (const Colour& centre : centres) {
    region.for_distances(
        centre, [number, best = least.data(), of = nearest.data()](std::size_t i, float d) {
          const std::int32_t nearer = -static_cast<std::int32_t>(d < best[i]);  // all bits or none
          of[i] = (number & nearer) | (of[i] & ~nearer);
          best[i] = std::min(best[i], d);
        });
    ++number;
  }
}

}  // namespace

ColourMixture::ColourMixture(const Plane& colours, std::span<const float> weights,
                             std::size_t parts) {
  const Region region(colours, weights);
  if (region.size() == 0) return;
  std::vector<Colour> centres = first_centres(region, parts);
  std::vector<Moments> moments;
  std::vector<float> least;
  std::vector<std::int32_t> nearest;
  for (int round = 0; round < kRounds; ++round) {
    find_nearest(region, centres, least, nearest);
    moments.assign(centres.size(), {});
    for (std::size_t i = 0; i < region.size(); ++i) {
      moments[static_cast<std::size_t>(nearest[i])].add(region.weights[i], region.colour(i));
    }
    const std::vector<Colour> before = centres;
    for (std::size_t k = 0; k < centres.size(); ++k) {
      if (moments[k].weight > 0) centres[k] = moments[k].mean();
    }
    if (centres == before) break;
  }
  for (std::size_t i = 0; i < region.size(); ++i) {
    moments[static_cast<std::size_t>(nearest[i])].add_products(region.weights[i], region.colour(i));
  }
  double all = 0;
  for (const Moments& m : moments) all += m.weight;
  for (const Moments& m : moments) {
    if (m.weight < 1e-3 * all) continue;
    const Colour mean = m.mean();
    const auto variance = [&](std::size_t at, std::size_t i, std::size_t j) {
      return m.second[at] / m.weight - m.first[i] / m.weight * (m.first[j] / m.weight) +
             (i == j ? kFloor : 0);
    };
    const double xx = variance(0, 0, 0), xy = variance(1, 0, 1), xz = variance(2, 0, 2);
    const double yy = variance(3, 1, 1), yz = variance(4, 1, 2), zz = variance(5, 2, 2);
    // The inverse of a symmetric matrix by its cofactors.
    const double a = yy * zz - yz * yz, b = xz * yz - xy * zz, c = xy * yz - xz * yy;
    const double determinant = xx * a + xy * b + xz * c;
    const auto over = [&](double cofactor) { return static_cast<float>(cofactor / determinant); };
    parts_.push_back({mean,
                      {over(a), over(b), over(c), over(xx * zz - xz * xz), over(xy * xz - xx * yz),
                       over(xx * yy - xy * xy)},
                      static_cast<float>(std::log(determinant) / 2 - std::log(m.weight / all))});
  }
}

std::vector<float> ColourMixture::surprises(const Plane& colours) const {
  std::vector<float> least(colours.pixels(), std::numeric_limits<float>::max());
  // In blocks whose channels stand apart, so that the compiler makes vectors of them.
  std::array<std::array<float, 256>, 3> block;
  for (std::size_t first = 0; first < least.size(); first += block[0].size()) {
    const std::size_t count = std::min(block[0].size(), least.size() - first);
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t c = 0; c < 3; ++c) block[c][i] = colours.pixel(first + i)[c];
    }
    for (const Part& part : parts_) {
      const auto& p = part.inverse;
      for (std::size_t i = 0; i < count; ++i) {
        const float x = block[0][i] - part.mean[0], y = block[1][i] - part.mean[1];
        const float z = block[2][i] - part.mean[2];
        const float square = p[0] * x * x + p[3] * y * y + p[5] * z * z +
                             2 * (p[1] * x * y + p[2] * x * z + p[4] * y * z);
        const float surprise = part.constant + square / 2;
        least[first + i] = surprise < least[first + i] ? surprise : least[first + i];
      }
    }
  }
  return least;
}

}  // namespace weft
