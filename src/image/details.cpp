#include "image/details.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace weft {
namespace {

// Four fifths of a plain background's border are no farther than this from its median.
constexpr float kPlain = 0.04F;
// So much, and three times as far as the border, is clearly unlike it.
constexpr float kUnlike = 0.05F;
constexpr double kMostAdded = 0.1, kLeastHole = 0.01;  // of the region

// The largest difference of any channel.
std::vector<float> distances(const Plane& colours, const std::array<float, 3>& from) {
  std::vector<float> result(colours.pixels());
  for (std::size_t i = 0; i < result.size(); ++i) {
    for (std::size_t c = 0; c < colours.channels; ++c) {
      result[i] = std::max(result[i], std::abs(colours.pixel(i)[c] - from[c]));
    }
  }
  return result;
}

// Of what is not in the region, each connected part that lies within it and is small.
Region without_small_holes(const Region& region) {
  const Region whole = filled(region);
  Region holes = whole;
  for (std::size_t i = 0; i < holes.in.size(); ++i) holes.in[i] ^= region.in[i];
  const Parts parts = connected_parts(holes);
  std::vector<std::size_t> size(parts.count + 1);
  for (const std::uint32_t part : parts.of) ++size[part];
  const auto least = kLeastHole * static_cast<double>(region.count());
  Region result = whole;
  for (std::size_t i = 0; i < result.in.size(); ++i) {
    if (holes.in[i] != 0 && static_cast<double>(size[parts.of[i]]) >= least) result.in[i] = 0;
  }
  return result;
}

}  // namespace

Region with_details(const Plane& colours, const Region& region) {
  Region whole = filled(region);
  const std::vector<std::size_t> border = border_pixels(colours);
  const std::vector<float> distance = distances(colours, border_colour(colours));
  std::vector<float> spread;
  for (const std::size_t i : border) spread.push_back(distance[i]);
  const auto most = spread.begin() + static_cast<std::ptrdiff_t>(spread.size() * 4 / 5);
  std::ranges::nth_element(spread, most);
  if (*most > kPlain) return whole;
  Region unlike = whole;
  const float least = std::max(kUnlike, 3 * *most);
  for (std::size_t i = 0; i < unlike.in.size(); ++i) {
    if (distance[i] > least) unlike.in[i] = 1;
  }
  const Parts parts = connected_parts(unlike);
  std::vector<std::uint8_t> touched(parts.count + 1);
  for (std::size_t i = 0; i < whole.in.size(); ++i) {
    if (whole.in[i] != 0) touched[parts.of[i]] = 1;
  }
  for (std::size_t i = 0; i < unlike.in.size(); ++i) {
    unlike.in[i] = unlike.in[i] != 0 ? touched[parts.of[i]] : std::uint8_t{0};
  }
  const auto before = static_cast<double>(whole.count());
  if (static_cast<double>(unlike.count()) > (1 + kMostAdded) * before) return whole;
  return without_small_holes(unlike);
}

}  // namespace weft
