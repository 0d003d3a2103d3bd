#include "explore/oddities.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <utility>

#include "base/names.hpp"
#include "base/threads.hpp"

namespace weft {
namespace {

constexpr Names<Defect, 3> kDefects{
    "defect",
    {{{Defect::none, "none"}, {Defect::one_colour, "one colour"}, {Defect::cut_off, "cut off"}}}};

constexpr int kOneColour = 8, kEven = 2, kUnlike = 16;
constexpr std::size_t kNearest = 5, kOthers = 5000;

struct Plane {
  std::span<const std::uint8_t> values;
  std::size_t height, width;

  std::span<const std::uint8_t> row(std::size_t y) const {
    return values.subspan(y * width, width);
  }
};

int range_of(std::span<const std::uint8_t> values) {
  const auto [low, high] = std::ranges::minmax(values);
  return high - low;
}

// How many of the lowest rows are together of one colour.
std::size_t even_rows(const Plane& plane) {
  std::size_t count = 0;
  int low = 255, high = 0;
  for (std::size_t y = plane.height; y-- > 0; ++count) {
    const auto [least, most] = std::ranges::minmax(plane.row(y));
    low = std::min<int>(low, least);
    high = std::max<int>(high, most);
    if (high - low > kEven) break;
  }
  return count;
}

int median_of(std::vector<std::uint8_t> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

// Is the colour of the lowest `even` rows that of the top row, which is background where a thing
// fills the width, or that of the top row and the sides above them?
bool is_background(const Plane& plane, std::size_t even) {
  std::vector<std::uint8_t> border(plane.row(0).begin(), plane.row(0).end());
  const int colour = plane.row(plane.height - 1)[0];
  if (std::abs(colour - median_of(border)) <= kUnlike) return true;
  for (std::size_t y = 1; y < plane.height - even; ++y) {
    border.push_back(plane.row(y).front());
    border.push_back(plane.row(y).back());
  }
  return std::abs(colour - median_of(border)) <= kUnlike;
}

Defect defect_of(std::span<const std::uint8_t> picture, const Shape& shape) {
  const std::size_t size = shape[1] * shape[2];
  std::size_t even = shape[1];
  bool one_colour = true;
  for (std::size_t c = 0; c < shape[0]; ++c) {
    const Plane plane{picture.subspan(c * size, size), shape[1], shape[2]};
    one_colour = one_colour && range_of(plane.values) <= kOneColour;
    even = std::min(even, even_rows(plane));
  }
  if (one_colour) return Defect::one_colour;
  if (even < 2 || even * 8 < shape[1] || even == shape[1]) return Defect::none;
  for (std::size_t c = 0; c < shape[0]; ++c) {
    const Plane plane{picture.subspan(c * size, size), shape[1], shape[2]};
    if (!is_background(plane, even)) return Defect::cut_off;
  }
  return Defect::none;
}

}  // namespace

const char* name_of(Defect defect) {
  return kDefects.name_of(defect);
}

std::vector<Defect> find_defects(const PictureRows& pictures, int threads) {
  std::vector<Defect> defects(pictures.size());
  parallel_for(threads, defects.size(),
               [&](std::size_t i, int) { defects[i] = defect_of(pictures[i], pictures.shape()); });
  return defects;
}

std::vector<float> strangeness(const PictureRows& pictures, int threads) {
  std::vector<float> far(pictures.size());
  if (far.size() <= kNearest) return far;
  const Fingerprints fingerprints(pictures.shape(), 0);
  std::vector<Fingerprint> waves(pictures.size());
  parallel_for(threads, waves.size(),
               [&](std::size_t i, int) { waves[i] = fingerprints.middle(pictures[i]); });
  const std::size_t others = std::min(kOthers, waves.size());
  std::vector<std::size_t> known(others);
  for (std::size_t i = 0; i < others; ++i) known[i] = i * waves.size() / others;
  parallel_for(threads, far.size(), [&](std::size_t i, int) {
    if (waves[i] == Fingerprint{}) return;
    std::array<float, kNearest> least{};  // ascending
    least.fill(8);                        // more than any
    for (const std::size_t other : known) {
      float d = other == i ? 8 : distance(waves[i], waves[other]);
      if (d >= least.back()) continue;
      for (float& value : least) {
        if (d < value) std::swap(d, value);
      }
    }
    far[i] = std::sqrt(least.back());
  });
  return far;
}

std::vector<std::uint32_t> far_out(const std::vector<float>& values) {
  std::vector<std::uint32_t> found;
  if (values.size() < 4) return found;
  std::vector<float> sorted = values;
  std::ranges::sort(sorted);
  const float low = sorted[sorted.size() / 4], high = sorted[sorted.size() * 3 / 4];
  const float fence = high + 3 * (high - low);
  for (std::uint32_t i = 0; i < values.size(); ++i) {
    if (values[i] > fence) found.push_back(i);
  }
  std::ranges::stable_sort(found, std::greater{}, [&](std::uint32_t i) { return values[i]; });
  return found;
}

}  // namespace weft
