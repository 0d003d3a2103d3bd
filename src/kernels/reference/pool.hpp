// One value for each window of a picture: its largest, or its mean.
#pragma once

#include <algorithm>
#include <cstddef>

#include "kernels/kernels.hpp"

namespace weft::reference {

// Calls body(dst, plane, first_row, end_row, first_column, end_column) for every window: where its
// value goes, its channel's first element, and its rows and columns inside the picture. Neighbours
// in a row are p.block apart. The places past the last channel are pooled like channels.
template <class Body>
void for_each_window(std::size_t n, const Pooling& p, const Body& body) {
  const auto inside = [](std::size_t at, std::size_t kernel, std::size_t pad, std::size_t size) {
    const std::size_t begin = at > pad ? at - pad : 0;
    const std::size_t end = std::min(at + kernel > pad ? at + kernel - pad : 0, size);
    return std::pair(begin, end);
  };
  const std::size_t size = p.height * p.width, out_size = p.out_height() * p.out_width();
  for (std::size_t c = 0; c < n * padded_channels(p.channels, p.block); ++c) {
    const std::size_t plane = c / p.block * size * p.block + c % p.block;
    std::size_t dst = c / p.block * out_size * p.block + c % p.block;
    for (std::size_t y = 0; y < p.out_height(); ++y) {
      const auto [top, bottom] = inside(y * p.stride, p.kernel_height, p.pad, p.height);
      for (std::size_t x = 0; x < p.out_width(); ++x) {
        const auto [left, right] = inside(x * p.stride, p.kernel_width, p.pad, p.width);
        body(dst, plane, top, bottom, left, right);
        dst += p.block;
      }
    }
  }
}

// The position of a window's largest value, the first of equals; a NaN is larger than any number.
template <class T>
std::size_t largest(const Pooling& p, const T* src, std::size_t plane, std::size_t top,
                    std::size_t bottom, std::size_t left, std::size_t right) {
  std::size_t best = plane + (top * p.width + left) * p.block;
  for (std::size_t y = top; y < bottom; ++y) {
    for (std::size_t x = left; x < right; ++x) {
      const std::size_t i = plane + (y * p.width + x) * p.block;
      if (!(real_part(src[i]) <= real_part(src[best]))) best = i;
      if (real_part(src[best]) != real_part(src[best])) return best;
    }
  }
  return best;
}

template <class T>
void maxpool_forward(std::size_t n, const Pooling& p, const T* src, T* dst) {
  for_each_window(n, p, [&](std::size_t d, std::size_t plane, auto... window) {
    dst[d] = src[largest(p, src, plane, window...)];
  });
}

// The whole gradient goes to the value that was passed on.
template <class T>
void maxpool_backward(std::size_t n, const Pooling& p, const T* src, const T* diff_dst,
                      T* diff_src) {
  std::fill_n(diff_src, n * p.src_elements(), T(0));
  for_each_window(n, p, [&](std::size_t d, std::size_t plane, auto... window) {
    diff_src[largest(p, src, plane, window...)] += diff_dst[d];
  });
}

template <class T>
void avgpool_forward(std::size_t n, const Pooling& p, const T* src, T* dst) {
  const T share = T(1) / static_cast<T>(static_cast<double>(p.kernel_height * p.kernel_width));
  for_each_window(n, p,
                  [&](std::size_t d, std::size_t plane, std::size_t top, std::size_t bottom,
                      std::size_t left, std::size_t right) {
                    T sum(0);
                    for (std::size_t y = top; y < bottom; ++y) {
                      for (std::size_t x = left; x < right; ++x)
                        sum += src[plane + (y * p.width + x) * p.block];
                    }
                    dst[d] = sum * share;
                  });
}

template <class T>
void avgpool_backward(std::size_t n, const Pooling& p, const T* diff_dst, T* diff_src) {
  const T share = T(1) / static_cast<T>(static_cast<double>(p.kernel_height * p.kernel_width));
  std::fill_n(diff_src, n * p.src_elements(), T(0));
  for_each_window(n, p,
                  [&](std::size_t d, std::size_t plane, std::size_t top, std::size_t bottom,
                      std::size_t left, std::size_t right) {
                    for (std::size_t y = top; y < bottom; ++y) {
                      for (std::size_t x = left; x < right; ++x) {
                        diff_src[plane + (y * p.width + x) * p.block] += diff_dst[d] * share;
                      }
                    }
                  });
}

}  // namespace weft::reference
