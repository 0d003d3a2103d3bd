#include "image/guided_filter.hpp"

#include <algorithm>

namespace weft {
namespace {

// Sums along an axis of `count` places, `stride` values apart, each of `width` values side by side.
void slide(const float* src, float* dst, std::size_t count, std::size_t stride, std::size_t width,
           std::size_t radius) {
  std::vector<double> sums(width);
  std::size_t first = 0, last = 0;  // the window is [first, last)
  for (std::size_t i = 0; i < count; ++i) {
    for (; last < std::min(count, i + radius + 1); ++last) {
      for (std::size_t k = 0; k < width; ++k)
        sums[k] += static_cast<double>(src[last * stride + k]);
    }
    for (; first + radius < i; ++first) {
      for (std::size_t k = 0; k < width; ++k) {
        sums[k] -= static_cast<double>(src[first * stride + k]);
      }
    }
    const double share = 1 / static_cast<double>(last - first);
    for (std::size_t k = 0; k < width; ++k) {
      dst[i * stride + k] = static_cast<float>(sums[k] * share);
    }
  }
}

}  // namespace

Plane box_mean(const Plane& src, std::size_t radius) {
  const std::size_t row = src.width * src.channels;
  Plane down(src.height, src.width, src.channels), result = down;
  slide(src.values.data(), down.values.data(), src.height, row, row, radius);
  for (std::size_t y = 0; y < src.height; ++y) {
    slide(down.values.data() + y * row, result.values.data() + y * row, src.width, src.channels,
          src.channels, radius);
  }
  return result;
}

GuidedFilter::GuidedFilter(const Plane& guide, std::size_t radius, float epsilon)
    : guide_(guide), radius_(radius), means_(box_mean(guide, radius)) {
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
  products = box_mean(products, radius);
  inverse_.reserve(guide.pixels());
  for (std::size_t i = 0; i < guide.pixels(); ++i) {
    const float* m = means_.pixel(i);
    const float* p = products.pixel(i);
    const float xx = p[0] - m[0] * m[0] + epsilon, xy = p[1] - m[0] * m[1];
    const float xz = p[2] - m[0] * m[2], yy = p[3] - m[1] * m[1] + epsilon;
    const float yz = p[4] - m[1] * m[2], zz = p[5] - m[2] * m[2] + epsilon;
    const float a = yy * zz - yz * yz, b = xz * yz - xy * zz, c = xy * yz - xz * yy;
    const float over = 1 / (xx * a + xy * b + xz * c);
    inverse_.push_back({a * over, b * over, c * over, (xx * zz - xz * xz) * over,
                        (xy * xz - xx * yz) * over, (xx * yy - xy * xy) * over});
  }
}

Plane GuidedFilter::operator()(const Plane& src) const {
  // Means of src and of its products with the guide, in one pass.
  Plane sums(src.height, src.width, 4);
  for (std::size_t i = 0; i < src.pixels(); ++i) {
    const float* g = guide_.pixel(i);
    float* s = sums.pixel(i);
    s[0] = src.values[i];
    for (std::size_t c = 0; c < 3; ++c) s[c + 1] = g[c] * s[0];
  }
  sums = box_mean(sums, radius_);
  Plane linear(src.height, src.width, 4);  // three slopes, and the offset
  for (std::size_t i = 0; i < src.pixels(); ++i) {
    const float* m = means_.pixel(i);
    const float* s = sums.pixel(i);
    const auto& q = inverse_[i];
    const float x = s[1] - m[0] * s[0], y = s[2] - m[1] * s[0], z = s[3] - m[2] * s[0];
    float* a = linear.pixel(i);
    a[0] = q[0] * x + q[1] * y + q[2] * z;
    a[1] = q[1] * x + q[3] * y + q[4] * z;
    a[2] = q[2] * x + q[4] * y + q[5] * z;
    a[3] = s[0] - a[0] * m[0] - a[1] * m[1] - a[2] * m[2];
  }
  linear = box_mean(linear, radius_);
  Plane result(src.height, src.width);
  for (std::size_t i = 0; i < src.pixels(); ++i) {
    const float* a = linear.pixel(i);
    const float* g = guide_.pixel(i);
    result.values[i] = a[0] * g[0] + a[1] * g[1] + a[2] * g[2] + a[3];
  }
  return result;
}

}  // namespace weft
