#include "explore/repulsion.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "kernels/map_kernels.hpp"

namespace weft {
namespace {

constexpr std::size_t kPoints = 256;  // that a thread takes at once
constexpr std::size_t kReach = 4;     // nodes on a side that a spline touches
constexpr std::size_t kStrip = 8;   // rows of nodes of one strip: those of every other do not meet
constexpr std::size_t kLeast = 64;  // spacings across the map, at least
constexpr std::size_t kSide = 2 * kSignals;  // the grid's side is a multiple of this

// Cubic B-splines of the four nodes around t in [0, 1), between the second and the third, and their
// slopes.
std::array<float, kReach> splines(float t) {
  const float rest = 1 - t, square = t * t, cube = square * t;
  return {rest * rest * rest / 6, (3 * cube - 6 * square + 4) / 6,
          (-3 * cube + 3 * square + 3 * t + 1) / 6, cube / 6};
}
std::array<float, kReach> slopes(float t) {
  const float rest = 1 - t, square = t * t;
  return {-rest * rest / 2, (3 * square - 4 * t) / 2, (-3 * square + 2 * t + 1) / 2, square / 2};
}

}  // namespace

struct Repulsion::Spot {
  std::size_t row, column;  // of the first node that it touches
  float across, down;       // from the second node, in spacings
};

double Repulsion::operator()(std::size_t n, const float* places, float* forces) {
  return n <= few_ ? pair_by_pair(n, places, forces) : on_grid(n, places, forces);
}

double Repulsion::pair_by_pair(std::size_t n, const float* places, float* forces) {
  xs_.resize(n);
  ys_.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    xs_[i] = places[2 * i];
    ys_[i] = places[2 * i + 1];
  }
  sums_.resize((n + kPoints - 1) / kPoints);
  pool_.for_each(sums_.size(), [&](std::size_t block, int) {
    sums_[block] = fast_map_kernels().repel(n, xs_.data(), ys_.data(), block * kPoints,
                                            std::min((block + 1) * kPoints, n), forces);
  });
  return std::accumulate(sums_.begin(), sums_.end(), 0.0);
}

// Around all points, and prepared anew only when it must be: spacings are the largest one divided
// by powers of the fourth root of two. While the map is small its potential is nearly the same
// everywhere, of which only the rest is kept.
void Repulsion::place_grid(std::size_t n, const float* places) {
  float right = places[0], bottom = places[1];
  left_ = right;
  top_ = bottom;
  for (std::size_t i = 1; i < n; ++i) {
    left_ = std::min(left_, places[2 * i]);
    right = std::max(right, places[2 * i]);
    top_ = std::min(top_, places[2 * i + 1]);
    bottom = std::max(bottom, places[2 * i + 1]);
  }
  const double span = std::max({double{right - left_}, double{bottom - top_}, 1e-30});
  const double halvings =
      std::ceil(4 * std::log2(spacing_ * static_cast<double>(kLeast) / span)) / 4;
  const double step = spacing_ * std::exp2(-std::max(halvings, 0.0));
  const auto needed = static_cast<std::size_t>(span / step) + kReach + 2;
  const std::size_t nodes = (needed + kSide - 1) / kSide * kSide;
  const double constant = span < 1 ? 1 : 0;
  if (nodes == nodes_ && step == step_ && constant == constant_) return;
  grid_.prepare(nodes, step, constant);
  nodes_ = nodes;
  step_ = step;
  constant_ = constant;
}

Repulsion::Spot Repulsion::spot_of(const float* place) const {
  const auto scale = static_cast<float>(1 / step_);
  const float column = (place[0] - left_) * scale, row = (place[1] - top_) * scale;
  const auto whole_column = static_cast<std::size_t>(column),
             whole_row = static_cast<std::size_t>(row);
  return {whole_row, whole_column, column - static_cast<float>(whole_column),
          row - static_cast<float>(whole_row)};
}

// Each point's splines are added to the nodes. Strips are as many as the grid has, and a point's
// does not depend on the threads; first every other strip, then those between.
void Repulsion::spread(std::size_t n, const float* places) {
  const std::size_t strips = nodes_ / kStrip;
  starts_.assign(strips + 1, 0);
  order_.resize(n);
  const auto strip_of = [&](std::size_t i) { return spot_of(places + 2 * i).row / kStrip; };
  for (std::size_t i = 0; i < n; ++i) ++starts_[strip_of(i) + 1];
  std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
  std::vector<std::size_t> next(starts_.begin(), starts_.end() - 1);
  for (std::size_t i = 0; i < n; ++i) order_[next[strip_of(i)]++] = static_cast<std::uint32_t>(i);

  values_.assign(nodes_ * nodes_, 0);
  for (const std::size_t parity : {0, 1}) {
    pool_.for_each((strips + 1 - parity) / 2, [&](std::size_t half, int) {
      const std::size_t strip = 2 * half + parity;
      for (std::size_t k = starts_[strip]; k < starts_[strip + 1]; ++k) {
        const Spot spot = spot_of(places + 2 * std::size_t{order_[k]});
        const auto across = splines(spot.across), down = splines(spot.down);
        float* node = values_.data() + spot.row * nodes_ + spot.column;
        for (std::size_t y = 0; y < kReach; ++y, node += nodes_) {
          for (std::size_t x = 0; x < kReach; ++x) node[x] += down[y] * across[x];
        }
      }
    });
  }
}

double Repulsion::on_grid(std::size_t n, const float* places, float* forces) {
  place_grid(n, places);
  spread(n, places);
  grid_.convolve(values_.data(), values_.data());
  const auto scale = static_cast<float>(-0.5 / step_);
  sums_.resize((n + kPoints - 1) / kPoints);
  pool_.for_each(sums_.size(), [&](std::size_t block, int) {
    double sum = 0;
    for (std::size_t k = block * kPoints; k < std::min((block + 1) * kPoints, n); ++k) {
      const std::size_t i = order_[k];  // neighbours in turn
      const Spot spot = spot_of(places + 2 * i);
      const auto across = splines(spot.across), down = splines(spot.down);
      const auto slope_across = slopes(spot.across), slope_down = slopes(spot.down);
      const float* node = values_.data() + spot.row * nodes_ + spot.column;
      float potential = 0, force_x = 0, force_y = 0;
      for (std::size_t y = 0; y < kReach; ++y, node += nodes_) {
        float value = 0, slope = 0;
        for (std::size_t x = 0; x < kReach; ++x) {
          value += across[x] * node[x];
          slope += slope_across[x] * node[x];
        }
        potential += down[y] * value;
        force_x += down[y] * slope;
        force_y += slope_down[y] * value;
      }
      sum += double{potential};
      forces[2 * i] = scale * force_x;
      forces[2 * i + 1] = scale * force_y;
    }
    sums_[block] = sum;
  });
  const auto count = static_cast<double>(n);
  const double potentials = std::accumulate(sums_.begin(), sums_.end(), 0.0);
  return potentials + constant_ * count * count - count;  // each is among its own neighbours, at 1
}

}  // namespace weft
