// A filter slid over a picture, and what backpropagation needs of it.
//
// For output place (y, x) and tap (ky, kx) the input place is
//   (y stride + ky dilation - pad_height, x stride + kx dilation - pad_width),
// and what lies outside the picture is 0. Group g of the output channels sees group g of the
// input's.
#pragma once

#include <algorithm>
#include <cstddef>

#include "kernels/kernels.hpp"

namespace weft::reference {

// Calls body(src, weight, dst) with the positions of every product that the convolution sums.
template <class Body>
void for_each_product(std::size_t n, const Convolution& c, const Body& body) {
  const std::size_t out_height = c.out_height(), out_width = c.out_width();
  const std::size_t group_in = c.in_channels / c.groups, group_out = c.out_channels / c.groups;
  for (std::size_t s = 0; s < n; ++s) {
    for (std::size_t o = 0; o < c.out_channels; ++o) {
      for (std::size_t i = 0; i < group_in; ++i) {
        const std::size_t channel = o / group_out * group_in + i;
        for (std::size_t ky = 0; ky < c.kernel_height; ++ky) {
          for (std::size_t kx = 0; kx < c.kernel_width; ++kx) {
            const std::size_t weight =
                ((o * group_in + i) * c.kernel_height + ky) * c.kernel_width + kx;
            for (std::size_t y = 0; y < out_height; ++y) {
              // Unsigned: above the picture wraps around to a row far below it.
              const std::size_t row = y * c.stride + ky * c.dilation - c.pad_height;
              if (row >= c.height) continue;
              for (std::size_t x = 0; x < out_width; ++x) {
                const std::size_t column = x * c.stride + kx * c.dilation - c.pad_width;
                if (column >= c.width) continue;
                body(((s * c.in_channels + channel) * c.height + row) * c.width + column, weight,
                     ((s * c.out_channels + o) * out_height + y) * out_width + x);
              }
            }
          }
        }
      }
    }
  }
}

template <class T>
void conv_forward(std::size_t n, const Convolution& c, const T* src, const T* weights,
                  const T* bias, T* dst) {
  const std::size_t plane = c.out_height() * c.out_width();
  for (std::size_t i = 0; i < n * c.out_channels; ++i) {
    std::fill_n(dst + i * plane, plane, bias ? bias[i % c.out_channels] : T(0));
  }
  for_each_product(
      n, c, [&](std::size_t s, std::size_t w, std::size_t d) { dst[d] += src[s] * weights[w]; });
}

template <class T>
void conv_backward_data(std::size_t n, const Convolution& c, const T* diff_dst, const T* weights,
                        T* diff_src) {
  std::fill_n(diff_src, n * c.in_channels * c.height * c.width, T(0));
  for_each_product(n, c, [&](std::size_t s, std::size_t w, std::size_t d) {
    diff_src[s] += diff_dst[d] * weights[w];
  });
}

template <class T>
void conv_backward_weights(std::size_t n, const Convolution& c, const T* src, const T* diff_dst,
                           bool accumulate, T* diff_weights, T* diff_bias) {
  if (!accumulate) {
    std::fill_n(diff_weights, c.weights(), T(0));
    if (diff_bias) std::fill_n(diff_bias, c.out_channels, T(0));
  }
  for_each_product(n, c, [&](std::size_t s, std::size_t w, std::size_t d) {
    diff_weights[w] += diff_dst[d] * src[s];
  });
  if (!diff_bias) return;
  const std::size_t plane = c.out_height() * c.out_width();
  for (std::size_t i = 0; i < n * c.out_channels * plane; ++i) {
    diff_bias[i / plane % c.out_channels] += diff_dst[i];
  }
}

}  // namespace weft::reference
