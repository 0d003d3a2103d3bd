#include "image/guided_filter.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace weft {
namespace {

// The bounds of the window about place i of `count`.
std::size_t first_of(std::size_t i, std::size_t radius) {
  return i > radius ? i - radius : 0;
}
std::size_t end_of(std::size_t i, std::size_t radius, std::size_t count) {
  return std::min(count, i + radius + 1);
}

// Down the columns: whole rows are added to the window's sums, and taken from them.
void mean_down(const Plane& src, std::size_t radius, Plane& dst) {
  const std::size_t row = src.width * src.channels;
  std::vector<float> sums(row);
  const auto add = [&](std::size_t y, float sign) {
    const float* values = src.values.data() + y * row;
    for (std::size_t k = 0; k < row; ++k) sums[k] += sign * values[k];
  };
  for (std::size_t y = 0; y < end_of(0, radius, src.height); ++y) add(y, 1);
  for (std::size_t y = 0; y < src.height; ++y) {
    const std::size_t first = first_of(y, radius), end = end_of(y, radius, src.height);
    if (y > 0 && end > end_of(y - 1, radius, src.height)) add(end - 1, 1);
    if (y > 0 && first > first_of(y - 1, radius)) add(first - 1, -1);
    const float share = 1 / static_cast<float>(end - first);
    float* to = dst.values.data() + y * row;
    for (std::size_t k = 0; k < row; ++k) to[k] = share * sums[k];
  }
}

// Along each row, by the sums of what stands before each place.
template <std::size_t kChannels>
void mean_across(std::size_t radius, Plane& plane) {
  std::vector<float> before((plane.width + 1) * kChannels);
  std::vector<float> shares(plane.width);
  for (std::size_t x = 0; x < plane.width; ++x) {
    shares[x] = 1 / static_cast<float>(end_of(x, radius, plane.width) - first_of(x, radius));
  }
  for (std::size_t y = 0; y < plane.height; ++y) {
    float* to = plane.pixel(y * plane.width);
    for (std::size_t i = 0; i < plane.width * kChannels; ++i) {
      before[kChannels + i] = before[i] + to[i];
    }
    for (std::size_t x = 0; x < plane.width; ++x) {
      const float* high = before.data() + end_of(x, radius, plane.width) * kChannels;
      const float* low = before.data() + first_of(x, radius) * kChannels;
      std::array<float, kChannels> mean;  // by itself, so that it becomes a vector
      for (std::size_t c = 0; c < kChannels; ++c) mean[c] = shares[x] * (high[c] - low[c]);
      to = std::copy_n(mean.data(), kChannels, to);
    }
  }
}

}  // namespace

void box_mean(const Plane& src, std::size_t radius, Plane& result) {
  result.height = src.height;
  result.width = src.width;
  result.channels = src.channels;
  result.values.resize(src.values.size());
  mean_down(src, radius, result);
  switch (src.channels) {
    case 1:
      mean_across<1>(radius, result);
      break;
    case 3:
      mean_across<3>(radius, result);
      break;
    case 4:
      mean_across<4>(radius, result);
      break;
    case 6:
      mean_across<6>(radius, result);
      break;
    default:
      fail(ErrorCode::usage, "box_mean: {} channels: it takes 1, 3, 4 or 6", src.channels);
  }
}

GuidedFilter::GuidedFilter(const Plane& guide, std::size_t radius, float epsilon)
    : guide_(guide),
      radius_(radius),
      sums_(guide.height, guide.width, 4),
      linear_(guide.height, guide.width, 4) {
  box_mean(guide, radius, means_);
  Plane products(guide.height, guide.width, 6);
  for (std::size_t i = 0; i < guide.pixels(); ++i) {
    const float* g = guide.pixel(i);
    float* p = products.pixel(i);
    p[0] = g[0] * g[0];
    p[1] = g[0] * g[1];
    p[2] = g[0] * g[2];
    p[3] = g[1] * g[1];
    p[4] = g[1] * g[2];
    p[5] = g[2] * g[2];
  }
  Plane of_products;
  box_mean(products, radius, of_products);
  inverse_.reserve(guide.pixels());
  for (std::size_t i = 0; i < guide.pixels(); ++i) {
    const float* m = means_.pixel(i);
    const float* p = of_products.pixel(i);
    const float xx = p[0] - m[0] * m[0] + epsilon, xy = p[1] - m[0] * m[1];
    const float xz = p[2] - m[0] * m[2], yy = p[3] - m[1] * m[1] + epsilon;
    const float yz = p[4] - m[1] * m[2], zz = p[5] - m[2] * m[2] + epsilon;
    const float a = yy * zz - yz * yz, b = xz * yz - xy * zz, c = xy * yz - xz * yy;
    const float over = 1 / (xx * a + xy * b + xz * c);
    inverse_.push_back({a * over, b * over, c * over, (xx * zz - xz * xz) * over,
                        (xy * xz - xx * yz) * over, (xx * yy - xy * xy) * over});
  }
}

Plane GuidedFilter::operator()(const Plane& src) {
  // Means of src and of its products with the guide, in one pass.
  for (std::size_t i = 0; i < src.pixels(); ++i) {
    const float* g = guide_.pixel(i);
    const float value = src.values[i];
    const std::array<float, 4> sums{value, g[0] * value, g[1] * value, g[2] * value};
    std::ranges::copy(sums, sums_.pixel(i));
  }
  box_mean(sums_, radius_, linear_);
  // Of each window three slopes and the offset.
  for (std::size_t i = 0; i < src.pixels(); ++i) {
    const float* m = means_.pixel(i);
    float* a = linear_.pixel(i);
    const auto& q = inverse_[i];
    const float mean = a[0];
    const float x = a[1] - m[0] * mean, y = a[2] - m[1] * mean, z = a[3] - m[2] * mean;
    a[0] = q[0] * x + q[1] * y + q[2] * z;
    a[1] = q[1] * x + q[3] * y + q[4] * z;
    a[2] = q[2] * x + q[4] * y + q[5] * z;
    a[3] = mean - a[0] * m[0] - a[1] * m[1] - a[2] * m[2];
  }
  box_mean(linear_, radius_, sums_);
  Plane result(src.height, src.width);
  for (std::size_t i = 0; i < src.pixels(); ++i) {
    const float* a = sums_.pixel(i);
    const float* g = guide_.pixel(i);
    result.values[i] = a[0] * g[0] + a[1] * g[1] + a[2] * g[2] + a[3];
  }
  return result;
}

}  // namespace weft
