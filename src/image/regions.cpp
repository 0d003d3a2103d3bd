#include "image/regions.hpp"

#include <algorithm>
#include <utility>

namespace weft {
namespace {

template <class Visit>
void for_neighbours(const Region& region, std::size_t y, std::size_t x, const Visit& visit) {
  const std::size_t i = y * region.width + x;
  if (y > 0) visit(i - region.width);
  if (x > 0) visit(i - 1);
  if (x + 1 < region.width) visit(i + 1);
  if (y + 1 < region.height) visit(i + region.width);
}

bool at_border(const Region& region, std::size_t y, std::size_t x) {
  return y == 0 || x == 0 || y + 1 == region.height || x + 1 == region.width;
}

}  // namespace

std::size_t Region::count() const {
  return static_cast<std::size_t>(std::ranges::count(in, std::uint8_t{1}));
}

Region eroded(const Region& region) {
  Region result = region;
  for (std::size_t y = 0, i = 0; y < region.height; ++y) {
    for (std::size_t x = 0; x < region.width; ++x, ++i) {
      if (at_border(region, y, x)) result.in[i] = 0;
      for_neighbours(region, y, x, [&](std::size_t j) { result.in[i] &= region.in[j]; });
    }
  }
  return result;
}

Region dilated(const Region& region) {
  Region result = region;
  for (std::size_t y = 0, i = 0; y < region.height; ++y) {
    for (std::size_t x = 0; x < region.width; ++x, ++i) {
      for_neighbours(region, y, x, [&](std::size_t j) { result.in[i] |= region.in[j]; });
    }
  }
  return result;
}

Parts connected_parts(const Region& region) {
  Parts parts{std::vector<std::uint32_t>(region.in.size()), 0};
  std::vector<std::size_t> reached;
  for (std::size_t first = 0; first < region.in.size(); ++first) {
    if (region.in[first] == 0 || parts.of[first] != 0) continue;
    const auto number = static_cast<std::uint32_t>(++parts.count);
    parts.of[first] = number;
    reached.assign(1, first);
    while (!reached.empty()) {
      const std::size_t i = reached.back();
      reached.pop_back();
      for_neighbours(region, i / region.width, i % region.width, [&](std::size_t j) {
        if (region.in[j] == 0 || parts.of[j] != 0) return;
        parts.of[j] = number;
        reached.push_back(j);
      });
    }
  }
  return parts;
}

Region filled(const Region& region) {
  Region outside = region;
  for (std::uint8_t& in : outside.in) in = in == 0 ? 1 : 0;
  const Parts parts = connected_parts(outside);
  std::vector<std::uint8_t> open(parts.count + 1, 0);
  for (std::size_t y = 0, i = 0; y < region.height; ++y) {
    for (std::size_t x = 0; x < region.width; ++x, ++i) {
      if (at_border(region, y, x)) open[parts.of[i]] = 1;
    }
  }
  Region result = region;
  for (std::size_t i = 0; i < region.in.size(); ++i) {
    if (region.in[i] == 0 && open[parts.of[i]] == 0) result.in[i] = 1;
  }
  return result;
}

}  // namespace weft
