// The contracts of every kernel. Each is written twice: in reference/ as plain loops to be read,
// and in fast/ for the processor. A network holds one table of kernels and calls nothing else for
// its arithmetic.
//
// Conventions: arrays are row-major and do not overlap unless said; n is the number of samples
// (rows); "assigned" outputs need no value before, "accumulated" ones are added to. No kernel
// allocates, throws or starts threads: callers split the rows.
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>

#include "weft/tensor.hpp"

namespace weft {

// Sums over many samples: wider than float, and complex where gradients are checked by complex
// step.
template <class T>
using Sum = std::conditional_t<std::is_same_v<T, float>, double, T>;

// Comparisons look at the real part: the imaginary one carries the derivative in complex-step
// differentiation.
inline float real_part(float x) {
  return x;
}
inline double real_part(double x) {
  return x;
}
inline double real_part(std::complex<double> x) {
  return x.real();
}

// Pictures {n, channels, height, width} lie in memory as {n, blocks, height, width, block}: channel
// c in block c / block, at place c % block. A block of 1 is plain row-major order; the fast kernels
// like a vector's width. Places past the last channel hold finite values that mean nothing.
constexpr std::size_t padded_channels(std::size_t channels, std::size_t block) {
  return (channels + block - 1) / block * block;
}

// A convolution: src {n, in_channels, height, width} in blocks of src_block, weights {out_channels,
// in_channels / groups, kernel_height, kernel_width}, dst {n, out_channels, out_height(),
// out_width()} in blocks of dst_block. groups divides both numbers of channels; the dilated kernel
// is no larger than the padded picture.
struct Convolution {
  std::size_t in_channels, out_channels, height, width;
  std::size_t kernel_height, kernel_width;
  std::size_t pad_height = 0, pad_width = 0;  // zeros on each side
  std::size_t stride = 1, dilation = 1, groups = 1;
  std::size_t src_block = 1, dst_block = 1;

  std::size_t out_height() const { return places(height, kernel_height, pad_height); }
  std::size_t out_width() const { return places(width, kernel_width, pad_width); }
  std::size_t weights() const {
    return out_channels * (in_channels / groups) * kernel_height * kernel_width;
  }
  // Of one sample, in memory.
  std::size_t src_elements() const {
    return padded_channels(in_channels, src_block) * height * width;
  }
  std::size_t dst_elements() const {
    return padded_channels(out_channels, dst_block) * out_height() * out_width();
  }

 private:
  std::size_t places(std::size_t size, std::size_t kernel, std::size_t pad) const {
    return (size + 2 * pad - (kernel - 1) * dilation - 1) / stride + 1;
  }
};

// A function of one value that a kernel applies on its way.
enum class Gate { identity, relu, leaky, gelu, silu };

// What a convolution does to its sums before they leave: dst = gate(sum + bias).
template <class T>
struct Finish {
  const T* bias = nullptr;  // {out_channels}, or none
  Gate gate = Gate::identity;
  T slope{};  // of leaky
};

// A share of a call's work: several threads may do all `count` parts at once, each with scratch of
// its own.
struct WorkPart {
  std::size_t index = 0, count = 1;
};

// A convolution made ready for its shape; it may be used by many threads at once. dst and
// diff_src are assigned; diff_weights and diff_bias, which may be
// null, assigned, or accumulated when `accumulate`.
template <class T>
class ConvolutionKernel {
 public:
  virtual ~ConvolutionKernel() = default;

  virtual std::string name() const = 0;  // which of the implementations it is, for reports

  // forward and backward_data read copies of the weights in layouts of their own, made once for
  // many calls: 64-byte aligned, assigned by pack_*. They may be empty.
  virtual std::size_t forward_bytes() const = 0;
  virtual std::size_t backward_bytes() const = 0;
  virtual void pack_forward(const T* weights, void* packed) const = 0;
  virtual void pack_backward(const T* weights, void* packed) const = 0;

  // Memory that a call on at most `rows` samples works in, 64-byte aligned: one a thread.
  virtual std::size_t scratch_bytes(std::size_t rows) const = 0;

  virtual void forward(std::size_t n, const T* src, const T* weights, const void* packed,
                       const Finish<T>& finish, T* dst, void* scratch) const = 0;

  // One part of the same, for kernels that can share out a call; the results are the same bits.
  virtual bool shares_forward() const { return false; }
  virtual void forward_part(const WorkPart& /*part*/, std::size_t n, const T* src, const T* weights,
                            const void* packed, const Finish<T>& finish, T* dst,
                            void* scratch) const {
    forward(n, src, weights, packed, finish, dst, scratch);
  }
  virtual void backward_data(std::size_t n, const T* diff_dst, const T* weights, const void* packed,
                             T* diff_src, void* scratch) const = 0;
  virtual void backward_weights(std::size_t n, const T* src, const T* diff_dst, bool accumulate,
                                T* diff_weights, T* diff_bias, void* scratch) const = 0;
};

// A pooling of each channel: src {n, channels, height, width}, dst {n, channels, out_height(),
// out_width()}, both in blocks of `block`. pad is less than the kernel's smaller side, so that no
// window is empty.
struct Pooling {
  std::size_t channels, height, width;
  std::size_t kernel_height, kernel_width, stride;
  std::size_t pad = 0;
  std::size_t block = 1;

  std::size_t out_height() const { return (height + 2 * pad - kernel_height) / stride + 1; }
  std::size_t out_width() const { return (width + 2 * pad - kernel_width) / stride + 1; }
  // Of one sample, in memory.
  std::size_t src_elements() const { return padded_channels(channels, block) * height * width; }
  std::size_t dst_elements() const {
    return padded_channels(channels, block) * out_height() * out_width();
  }
};

// The channels of n pictures, {n, channels, pixels} in blocks.
struct Planes {
  std::size_t channels, pixels;
  std::size_t block = 1;

  std::size_t padded() const { return padded_channels(channels, block); }
  std::size_t elements() const { return padded() * pixels; }  // of one sample, in memory
};

template <class T>
struct Kernels {
  const char* name;  // "reference", "fast", "fast-bf16"

  // Dense: dst = src weights^T + bias. src: {n, in}; weights: {out, in}; bias: {out} or null; dst:
  // {n, out}.
  //
  // The forward pass reads a copy of the weights in the kernels' own layout, which is made once for
  // many calls: packed has dense_packed_bytes(in, out) bytes, 64-byte aligned, assigned by
  // dense_pack. It may be empty.
  std::size_t (*dense_packed_bytes)(std::size_t in, std::size_t out);
  void (*dense_pack)(std::size_t in, std::size_t out, const T* weights, void* packed);
  void (*dense_forward)(std::size_t n, std::size_t in, std::size_t out, const T* src,
                        const T* weights, const void* packed, const T* bias, T* dst);
  // diff_src = diff_dst weights. Assigned.
  void (*dense_backward_data)(std::size_t n, std::size_t in, std::size_t out, const T* diff_dst,
                              const T* weights, T* diff_src);
  // diff_weights = diff_dst^T src and diff_bias = column sums of diff_dst: assigned, or accumulated
  // when `accumulate`. diff_bias may be null.
  void (*dense_backward_weights)(std::size_t n, std::size_t in, std::size_t out, const T* src,
                                 const T* diff_dst, bool accumulate, T* diff_weights, T* diff_bias);

  // The kernel for a convolution; picture_block is the block that it likes best for pictures of
  // many channels.
  std::unique_ptr<ConvolutionKernel<T>> (*make_convolution)(const Convolution& conv);
  std::size_t picture_block;

  // The largest value of each window (the first of equals), and the mean over the whole kernel,
  // with zeros where it reaches over the edge. dst and diff_src are assigned.
  void (*maxpool_forward)(std::size_t n, const Pooling& pool, const T* src, T* dst);
  void (*maxpool_backward)(std::size_t n, const Pooling& pool, const T* src, const T* diff_dst,
                           T* diff_src);
  void (*avgpool_forward)(std::size_t n, const Pooling& pool, const T* src, T* dst);
  void (*avgpool_backward)(std::size_t n, const Pooling& pool, const T* diff_dst, T* diff_src);

  // Element by element over `count` values; dst assigned. The backward kernels take the forward
  // pass's dst. dst may be src, and diff_src may be diff_dst.
  void (*sigmoid_forward)(std::size_t count, const T* src, T* dst);  // 1 / (1 + e^-x)
  void (*sigmoid_backward)(std::size_t count, const T* dst, const T* diff_dst, T* diff_src);
  void (*tanh_forward)(std::size_t count, const T* src, T* dst);
  void (*tanh_backward)(std::size_t count, const T* dst, const T* diff_dst, T* diff_src);
  void (*relu_forward)(std::size_t count, const T* src,
                       T* dst);  // max(x, 0); slope 0 at 0; NaN stays NaN
  void (*relu_backward)(std::size_t count, const T* dst, const T* diff_dst, T* diff_src);
  void (*leaky_forward)(std::size_t count, T slope, const T* src, T* dst);  // x, slope x below 0
  void (*leaky_backward)(std::size_t count, T slope, const T* dst, const T* diff_dst, T* diff_src);
  // These two's backward kernels take the forward pass's src.
  void (*gelu_forward)(std::size_t count, const T* src, T* dst);  // x Phi(x), Phi by erf
  void (*gelu_backward)(std::size_t count, const T* src, const T* diff_dst, T* diff_src);
  void (*silu_forward)(std::size_t count, const T* src, T* dst);  // x / (1 + e^-x)
  void (*silu_backward)(std::size_t count, const T* src, const T* diff_dst, T* diff_src);

  // What batch normalisation is made of. Arrays of channels have padded() values; those past the
  // last channel are read and written like the others.
  //
  // Of each channel, over n samples: the sum of its values, and of their squares. sums {2, padded}:
  // accumulated, without cancellation within a sample.
  void (*channel_sums)(std::size_t n, const Planes& planes, const T* src, Sum<T>* sums);
  // dst = gate(scale_c src + shift_c). dst may be src. slope: of leaky.
  void (*scale_shift)(std::size_t n, const Planes& planes, Gate gate, T slope, const T* src,
                      const T* scale, const T* shift, T* dst);
  // diff = diff * gate'(scale_c src + shift_c), in place; sums {2, padded}, accumulated: of that,
  // and of that times (src - mean_c).
  void (*scale_shift_sums)(std::size_t n, const Planes& planes, Gate gate, T slope, const T* src,
                           const T* scale, const T* shift, const T* mean, T* diff, Sum<T>* sums);
  // diff = a_c diff + b_c src + c_c, in place.
  void (*combine)(std::size_t n, const Planes& planes, const T* src, const T* a, const T* b,
                  const T* c, T* diff);

  // Pictures from row-major order into blocks (zeros past the last channel), and back.
  void (*to_blocks)(std::size_t n, const Planes& planes, const T* src, T* dst);
  void (*from_blocks)(std::size_t n, const Planes& planes, const T* src, T* dst);

  // dst = a + b; dst may be either.
  void (*add)(std::size_t count, const T* a, const T* b, T* dst);

  // probabilities_c = e^x_c / sum_k e^x_k, a row at a time, without overflow. Assigned; may be
  // logits.
  void (*softmax)(std::size_t n, std::size_t classes, const T* logits, T* probabilities);

  // Losses. logits: {n, classes}; labels: {n}, each below classes (y is its one-hot row). Returns
  // the loss summed over the rows; diff_logits {n, classes} is assigned `scale` times the gradient
  // of that sum.
  //   softmax cross-entropy:  -log softmax(x)_label                      gradient softmax(x) - y
  //   sigmoid cross-entropy:  sum_c -y log s - (1 - y) log(1 - s)        gradient s - y, s =
  //   sigmoid(x) mean squared error:     1/classes sum_c (x - y)^2                  gradient
  //   2/classes (x - y)
  Sum<T> (*softmax_cross_entropy)(std::size_t n, std::size_t classes, const T* logits,
                                  const Label* labels, T scale, T* diff_logits);
  // Softmax cross-entropy against smoothed targets (Szegedy et al., 2016): q = (1 - smoothing) y +
  // smoothing / classes;  -sum_c q_c log softmax(x)_c, gradient softmax(x) - q. With a smoothing of
  // 0 it has the bits of softmax_cross_entropy.
  Sum<T> (*smoothed_cross_entropy)(std::size_t n, std::size_t classes, const T* logits,
                                   const Label* labels, T smoothing, T scale, T* diff_logits);
  Sum<T> (*sigmoid_cross_entropy)(std::size_t n, std::size_t classes, const T* logits,
                                  const Label* labels, T scale, T* diff_logits);
  Sum<T> (*mean_squared_error)(std::size_t n, std::size_t classes, const T* logits,
                               const Label* labels, T scale, T* diff_logits);

  // dst = the sum of `blocks` blocks of `count` values, block b at src + b * stride, added in the
  // order of b.
  void (*sum_blocks)(std::size_t count, std::size_t blocks, std::size_t stride, const T* src,
                     T* dst);

  // One step of stochastic gradient descent (Sutskever et al., 2013, as PyTorch writes it):
  //   g = gradient + decay w;  v = momentum v + g;  w -= rate (nesterov ? g + momentum v : v).
  // weights and velocity are updated; velocity may be null when momentum is 0.
  void (*sgd_step)(std::size_t count, T rate, T momentum, bool nesterov, T decay,
                   const T* gradients, T* weights, T* velocity);

  // One step of AdamW (Loshchilov and Hutter, 2019): decay apart from the gradient.
  //   m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2;
  //   w -= rate (decay w + (m / correction1) / (sqrt(v / correction2) + epsilon)), correction_i = 1
  //   - beta_i^step.
  struct AdamW {
    T rate, beta1, beta2, epsilon, decay, correction1, correction2;
  };
  void (*adamw_step)(std::size_t count, const AdamW& step, const T* gradients, T* weights,
                     T* first_moment, T* second_moment);
};

// The loops to be read, for float, double and std::complex<double>.
template <class T>
const Kernels<T>& reference_kernels();

// The processor's vector instructions, chosen at run time; all arithmetic in float32.
const Kernels<float>& fast_kernels();

// The same, with the factors of dense's products, and of convolutions that Winograd does not take,
// rounded to bfloat16 and their sums in float32. On a processor without such instructions the
// products are emulated, and slow.
const Kernels<float>& bf16_kernels();
bool has_bf16_instructions();

// Which vector instructions the fast kernels run on: "AVX2", "AVX3" (AVX-512), "NEON", ...
std::string instruction_set();

}  // namespace weft
