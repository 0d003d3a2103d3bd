// The tables of fast kernels: the dense layer's three products, on either product kernel.
#include <algorithm>

#include "kernels/fast/elementwise.hpp"
#include "kernels/fast/onednn.hpp"
#include "kernels/fast/pictures.hpp"
#include "kernels/fast/product.hpp"
#include "kernels/fast/stem.hpp"
#include "kernels/fast/vector_block.hpp"
#include "kernels/fast/winograd.hpp"
#include "kernels/kernels.hpp"

namespace weft {
namespace {

using fast::ProductKernel;

ProductKernel bf16_product() {
  return fast::has_avx512_bf16() ? fast::bf16_product_avx512() : fast::bf16_product_portable();
}

// Function pointers carry no state: each table's kernel is a function.
template <ProductKernel kernel()>
struct Dense {
  static const ProductKernel& product() {
    static const ProductKernel chosen = kernel();
    return chosen;
  }

  static std::size_t packed_bytes(std::size_t in, std::size_t out) {
    return product().packed_bytes(out, in);
  }

  static void pack(std::size_t in, std::size_t out, const float* weights, void* packed) {
    product().pack_transposed(out, in, weights, packed);
  }

  static void forward(std::size_t n, std::size_t in, std::size_t out, const float* src,
                      const float* /*weights*/, const void* packed, const float* bias, float* dst) {
    if (bias) {
      for (std::size_t s = 0; s < n; ++s) std::copy_n(bias, out, dst + s * out);
    }
    product().multiply({.m = n,
                        .n = out,
                        .k = in,
                        .a = src,
                        .a_row = in,
                        .a_column = 1,
                        .b = nullptr,
                        .b_row = 0,
                        .packed_b = packed,
                        .c = dst,
                        .accumulate = bias != nullptr});
  }

  static void backward_data(std::size_t n, std::size_t in, std::size_t out, const float* diff_dst,
                            const float* weights, float* diff_src) {
    product().multiply({.m = n,
                        .n = in,
                        .k = out,
                        .a = diff_dst,
                        .a_row = out,
                        .a_column = 1,
                        .b = weights,
                        .b_row = in,
                        .packed_b = nullptr,
                        .c = diff_src,
                        .accumulate = false});
  }

  static void backward_weights(std::size_t n, std::size_t in, std::size_t out, const float* src,
                               const float* diff_dst, bool accumulate, float* diff_weights,
                               float* diff_bias) {
    product().multiply({.m = out,
                        .n = in,
                        .k = n,
                        .a = diff_dst,
                        .a_row = 1,
                        .a_column = out,
                        .b = src,
                        .b_row = in,
                        .packed_b = nullptr,
                        .c = diff_weights,
                        .accumulate = accumulate});
    if (!diff_bias) return;
    if (!accumulate) std::fill_n(diff_bias, out, 0.0F);
    for (std::size_t s = 0; s < n; ++s) {
      for (std::size_t o = 0; o < out; ++o) diff_bias[o] += diff_dst[s * out + o];
    }
  }
};

// Winograd in float32 does a quarter of the products, where dot products in bfloat16 do them in
// half of the time, so that only the other shapes are rounded.
template <bool bf16>
std::unique_ptr<ConvolutionKernel<float>> convolution(const Convolution& conv) {
  if (fast::stem_takes(conv)) return fast::make_stem_convolution(conv);
  if (fast::winograd_takes(conv)) return fast::make_winograd_convolution(conv);
  return fast::make_onednn_convolution(conv, bf16);
}

template <ProductKernel kernel()>
Kernels<float> table(const char* name) {
  Kernels<float> kernels = fast::elementwise_kernels();
  fast::add_picture_kernels(kernels);
  kernels.picture_block = fast::vector_block();
  kernels.make_convolution = convolution<false>;
  kernels.name = name;
  kernels.dense_packed_bytes = Dense<kernel>::packed_bytes;
  kernels.dense_pack = Dense<kernel>::pack;
  kernels.dense_forward = Dense<kernel>::forward;
  kernels.dense_backward_data = Dense<kernel>::backward_data;
  kernels.dense_backward_weights = Dense<kernel>::backward_weights;
  return kernels;
}

}  // namespace

const Kernels<float>& fast_kernels() {
  static const Kernels<float> kTable = table<fast::f32_product>("fast");
  return kTable;
}

const Kernels<float>& bf16_kernels() {
  static const Kernels<float> kTable = [] {
    Kernels<float> kernels = table<bf16_product>("fast-bf16");
    kernels.make_convolution = convolution<true>;
    return kernels;
  }();
  return kTable;
}

std::string instruction_set() {
  return fast::f32_product_instructions();
}

bool has_bf16_instructions() {
  return fast::has_avx512_bf16();
}

}  // namespace weft
