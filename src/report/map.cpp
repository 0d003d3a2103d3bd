#include "report/map.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "report/sheet.hpp"

namespace weft {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kPerSheet = 4096, kLeastSide = 8, kMostSide = 64;

void check(const MapPoints& points) {
  const std::size_t n = points.rows.size();
  const auto fits = [&](std::size_t size) { return size == 0 || size == n; };
  if (points.x.size() != n || points.y.size() != n || points.rows.labels.size() != n ||
      !fits(points.index.size()) || !fits(points.answers.size())) {
    fail(ErrorCode::usage, "map: {} and {} coordinates and {} labels for {} pictures: one each",
         points.x.size(), points.y.size(), points.rows.labels.size(), n);
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (std::isfinite(points.x[i]) && std::isfinite(points.y[i])) continue;
    fail(ErrorCode::usage, "map: point {} is at ({}, {}), which is no place", i, points.x[i],
         points.y[i]);
  }
}

// Five digits are more than can be seen.
ordered_json rounded(std::span<const float> values) {
  const auto [low, high] = std::ranges::minmax_element(values);
  const double range = values.empty() ? 1 : std::max(1e-30, static_cast<double>(*high) - *low);
  const double step = std::pow(10, std::floor(std::log10(range)) - 4);
  ordered_json list = ordered_json::array();
  for (const float value : values) {
    // Divided by a power of ten, not multiplied by its inverse: few digits when it is printed.
    const double places = std::round(static_cast<double>(value) / step);
    list.push_back(step < 1 ? places / std::round(1 / step) : places * step);
  }
  return list;
}

// {"per_sheet", "sheets"}: the picture of point i is in sheet i / per_sheet, at i mod per_sheet.
ordered_json pictures(const Tensor& images, std::size_t most_bytes) {
  const Shape& shape = images.shape();
  const std::size_t longest = std::max(shape[2], shape[3]);
  const double each = static_cast<double>(most_bytes) / static_cast<double>(shape[0] * shape[1]);
  const auto side = static_cast<std::size_t>(std::min(std::sqrt(each), double{kMostSide}));
  if (side < std::min(kLeastSide, longest)) return nullptr;
  ordered_json sheets = ordered_json::array();
  for (std::size_t begin = 0; begin < shape[0]; begin += kPerSheet) {
    PictureSheet sheet(images, std::numeric_limits<std::size_t>::max(), side);
    for (std::size_t i = begin; i < std::min(begin + kPerSheet, shape[0]); ++i) sheet.add(i);
    sheets.push_back(sheet.as_json());
  }
  return {{"per_sheet", kPerSheet}, {"sheets", std::move(sheets)}};
}

}  // namespace

ordered_json as_json(const MapPoints& points, std::size_t most_bytes) {
  check(points);
  ordered_json map{
      {"x", rounded(points.x)}, {"y", rounded(points.y)}, {"label", points.rows.labels}};
  if (!points.index.empty()) map["index"] = points.index;
  if (!points.rows.files.empty()) map["files"] = points.rows.files;
  if (!points.answers.empty()) map["answer"] = points.answers;
  if (!points.suspects.empty()) map["suspects"] = points.suspects;
  if (points.rows.size() > 0) {
    ordered_json shown = pictures(points.rows.images, most_bytes);
    if (!shown.is_null()) map["pictures"] = std::move(shown);
  }
  return map;
}

}  // namespace weft
