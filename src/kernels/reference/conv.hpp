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
#include "kernels/reference/activations.hpp"

namespace weft::reference {

// Where in memory row y of a sample's channel begins; the row's places are `block` apart.
inline std::size_t row_offset(std::size_t sample, std::size_t channel, std::size_t y,
                              std::size_t channels, std::size_t height, std::size_t width,
                              std::size_t block) {
  const std::size_t blocks = padded_channels(channels, block) / block;
  return ((sample * blocks + channel / block) * height + y) * width * block + channel % block;
}

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
              const std::size_t src_row =
                  row_offset(s, channel, row, c.in_channels, c.height, c.width, c.src_block);
              const std::size_t dst_row =
                  row_offset(s, o, y, c.out_channels, out_height, out_width, c.dst_block);
              for (std::size_t x = 0; x < out_width; ++x) {
                const std::size_t column = x * c.stride + kx * c.dilation - c.pad_width;
                if (column >= c.width) continue;
                body(src_row + column * c.src_block, weight, dst_row + x * c.dst_block);
              }
            }
          }
        }
      }
    }
  }
}

// Calls body(dst, channel) for every value of dst; the places past the last channel have none.
template <class Body>
void for_each_output(std::size_t n, const Convolution& c, const Body& body) {
  const std::size_t plane = c.out_height() * c.out_width();
  for (std::size_t s = 0; s < n; ++s) {
    for (std::size_t o = 0; o < c.out_channels; ++o) {
      const std::size_t begin =
          row_offset(s, o, 0, c.out_channels, c.out_height(), c.out_width(), c.dst_block);
      for (std::size_t i = 0; i < plane; ++i) body(begin + i * c.dst_block, o);
    }
  }
}

template <class T>
class DirectConvolution final : public ConvolutionKernel<T> {
 public:
  explicit DirectConvolution(const Convolution& conv) : c_(conv) {}

  std::string name() const override { return "reference"; }
  std::size_t forward_bytes() const override { return 0; }
  std::size_t backward_bytes() const override { return 0; }
  void pack_forward(const T*, void*) const override {}
  void pack_backward(const T*, void*) const override {}
  std::size_t scratch_bytes(std::size_t) const override { return 0; }

  void forward(std::size_t n, const T* src, const T* weights, const void*, const Finish<T>& finish,
               T* dst, void*) const override {
    std::fill_n(dst, n * c_.dst_elements(), T(0));
    if (finish.bias) {
      for_each_output(n, c_, [&](std::size_t d, std::size_t o) { dst[d] = finish.bias[o]; });
    }
    for_each_product(
        n, c_, [&](std::size_t s, std::size_t w, std::size_t d) { dst[d] += src[s] * weights[w]; });
    for_each_output(n, c_, [&](std::size_t d, std::size_t) {
      dst[d] = open_gate(finish.gate, finish.slope, dst[d]);
    });
  }

  void backward_data(std::size_t n, const T* diff_dst, const T* weights, const void*, T* diff_src,
                     void*) const override {
    std::fill_n(diff_src, n * c_.src_elements(), T(0));
    for_each_product(n, c_, [&](std::size_t s, std::size_t w, std::size_t d) {
      diff_src[s] += diff_dst[d] * weights[w];
    });
  }

  void backward_weights(std::size_t n, const T* src, const T* diff_dst, bool accumulate,
                        T* diff_weights, T* diff_bias, void*) const override {
    if (!accumulate) {
      std::fill_n(diff_weights, c_.weights(), T(0));
      if (diff_bias) std::fill_n(diff_bias, c_.out_channels, T(0));
    }
    for_each_product(n, c_, [&](std::size_t s, std::size_t w, std::size_t d) {
      diff_weights[w] += diff_dst[d] * src[s];
    });
    if (!diff_bias) return;
    for_each_output(n, c_, [&](std::size_t d, std::size_t o) { diff_bias[o] += diff_dst[d]; });
  }

 private:
  Convolution c_;
};

template <class T>
std::unique_ptr<ConvolutionKernel<T>> make_convolution(const Convolution& conv) {
  return std::make_unique<DirectConvolution<T>>(conv);
}

}  // namespace weft::reference
