#include "kernels/fast/elementwise.hpp"

#include <cmath>

#include "kernels/fast/targets.hpp"
#include "kernels/reference/activations.hpp"
#include "kernels/reference/losses.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/fast/elementwise.cpp"
#include <hwy/foreach_target.h>  // must come before highway.h

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include "kernels/fast/functions-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weft::fast::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// dst[i] = function(d, src...[i]) over all i; the last, short vector goes through copies.
template <class Function, class... Sources>
HWY_INLINE void map(std::size_t count, float* dst, const Function& function,
                    const Sources*... sources) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes)
    hn::StoreU(function(d, hn::LoadU(d, sources + i)...), d, dst + i);
  if (i == count) return;
  const auto load_rest = [&](const float* source) {
    HWY_ALIGN float rest[hn::MaxLanes(d)] = {};
    for (std::size_t j = i; j < count; ++j) rest[j - i] = source[j];
    return hn::Load(d, rest);
  };
  HWY_ALIGN float rest[hn::MaxLanes(d)];
  hn::Store(function(d, load_rest(sources)...), d, rest);
  for (std::size_t j = i; j < count; ++j) dst[j] = rest[j - i];
}

void sigmoid_forward(std::size_t count, const float* src, float* dst) {
  map(
      count, dst, [](auto d, auto x) HWY_ATTR { return sigmoid(d, x); }, src);
}

void sigmoid_backward(std::size_t count, const float* dst, const float* diff_dst, float* diff_src) {
  map(
      count, diff_src,
      [](auto d, auto s, auto diff)
          HWY_ATTR { return hn::Mul(hn::Mul(diff, s), hn::Sub(hn::Set(d, 1.0F), s)); },
      dst, diff_dst);
}

void tanh_forward(std::size_t count, const float* src, float* dst) {
  map(
      count, dst, [](auto d, auto x) HWY_ATTR { return keep_nan(x, hn::Tanh(d, x)); }, src);
}

void tanh_backward(std::size_t count, const float* dst, const float* diff_dst, float* diff_src) {
  map(
      count, diff_src,
      [](auto d, auto t, auto diff)
          HWY_ATTR { return hn::Mul(diff, hn::NegMulAdd(t, t, hn::Set(d, 1.0F))); },
      dst, diff_dst);
}

void relu_forward(std::size_t count, const float* src, float* dst) {
  map(
      count, dst,
      [](auto d, auto x) HWY_ATTR { return hn::IfThenZeroElse(hn::Lt(x, hn::Zero(d)), x); }, src);
}

void relu_backward(std::size_t count, const float* dst, const float* diff_dst, float* diff_src) {
  map(
      count, diff_src,
      [](auto d, auto y, auto diff)
          HWY_ATTR { return hn::IfThenElseZero(hn::Gt(y, hn::Zero(d)), diff); },
      dst, diff_dst);
}

void leaky_forward(std::size_t count, float slope, const float* src, float* dst) {
  map(
      count, dst, [slope](auto, auto x) HWY_ATTR { return open_gate<Gate::leaky>(slope, x); }, src);
}

void leaky_backward(std::size_t count, float slope, const float* dst, const float* diff_dst,
                    float* diff_src) {
  map(
      count, diff_src,
      [slope](auto, auto y, auto diff)
          HWY_ATTR { return through_gate<Gate::leaky>(slope, y, diff); },
      dst, diff_dst);
}

void gelu_forward(std::size_t count, const float* src, float* dst) {
  map(
      count, dst, [](auto d, auto x) HWY_ATTR { return gelu(d, x); }, src);
}

void gelu_backward(std::size_t count, const float* src, const float* diff_dst, float* diff_src) {
  map(
      count, diff_src, [](auto d, auto x, auto diff) HWY_ATTR { return gelu_gradient(d, x, diff); },
      src, diff_dst);
}

void silu_forward(std::size_t count, const float* src, float* dst) {
  map(
      count, dst, [](auto d, auto x) HWY_ATTR { return silu(d, x); }, src);
}

void silu_backward(std::size_t count, const float* src, const float* diff_dst, float* diff_src) {
  map(
      count, diff_src, [](auto d, auto x, auto diff) HWY_ATTR { return silu_gradient(d, x, diff); },
      src, diff_dst);
}

// exponentials = e^(logits - the row's largest), sums left to the caller: rows are short, so
// vectors run over all of them at once.
void shifted_exponentials(std::size_t n, std::size_t classes, const float* logits,
                          float* exponentials) {
  for (std::size_t s = 0; s < n; ++s) {
    const float* x = logits + s * classes;
    const float most = reference::largest(classes, x);
    for (std::size_t c = 0; c < classes; ++c) exponentials[s * classes + c] = x[c] - most;
  }
  map(
      n * classes, exponentials, [](auto d, auto x) HWY_ATTR { return exponential(d, x); },
      exponentials);
}

float row_sum(std::size_t classes, const float* row) {
  float sum = 0;
  for (std::size_t c = 0; c < classes; ++c) sum += row[c];
  return sum;
}

void softmax(std::size_t n, std::size_t classes, const float* logits, float* probabilities) {
  shifted_exponentials(n, classes, logits, probabilities);
  for (std::size_t s = 0; s < n; ++s) {
    float* p = probabilities + s * classes;
    const float sum = row_sum(classes, p);
    for (std::size_t c = 0; c < classes; ++c) p[c] /= sum;
  }
}

double smoothed_cross_entropy(std::size_t n, std::size_t classes, const float* logits,
                              const Label* labels, float smoothing, float scale,
                              float* diff_logits) {
  const float kept = 1.0F - smoothing;
  const float share = smoothing / static_cast<float>(classes);
  shifted_exponentials(n, classes, logits, diff_logits);
  double loss = 0;
  for (std::size_t s = 0; s < n; ++s) {
    const float* x = logits + s * classes;
    float* diff = diff_logits + s * classes;
    const float sum = row_sum(classes, diff);
    const float most = reference::largest(classes, x);
    loss += std::log(sum) - kept * (x[labels[s]] - most);
    const float factor = scale / sum;
    for (std::size_t c = 0; c < classes; ++c) diff[c] *= factor;
    diff[labels[s]] -= scale * kept;
    if (smoothing == 0) continue;  // not 0 times a logit that may be infinite
    float rest = 0;
    for (std::size_t c = 0; c < classes; ++c) {
      rest += x[c] - most;
      diff[c] -= scale * share;
    }
    loss -= share * rest;
  }
  return loss;
}

double softmax_cross_entropy(std::size_t n, std::size_t classes, const float* logits,
                             const Label* labels, float scale, float* diff_logits) {
  return smoothed_cross_entropy(n, classes, logits, labels, 0, scale, diff_logits);
}

double sigmoid_cross_entropy(std::size_t n, std::size_t classes, const float* logits,
                             const Label* labels, float scale, float* diff_logits) {
  // The losses first, where the gradients will stand.
  map(
      n * classes, diff_logits,
      [](auto d, auto x) HWY_ATTR {
        const auto softplus =
            hn::Add(hn::Max(x, hn::Zero(d)), hn::Log1p(d, hn::Exp(d, hn::Neg(hn::Abs(x)))));
        return keep_nan(x, softplus);
      },
      logits);
  double loss = 0;
  for (std::size_t i = 0; i < n * classes; ++i) loss += diff_logits[i];
  const float factor = scale;
  map(
      n * classes, diff_logits,
      [factor](auto d, auto x) HWY_ATTR { return hn::Mul(hn::Set(d, factor), sigmoid(d, x)); },
      logits);
  for (std::size_t s = 0; s < n; ++s) {
    loss -= logits[s * classes + labels[s]];
    diff_logits[s * classes + labels[s]] -= scale;
  }
  return loss;
}

void sum_blocks(std::size_t count, std::size_t blocks, std::size_t stride, const float* src,
                float* dst) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    auto sum = hn::LoadU(d, src + i);
    for (std::size_t b = 1; b < blocks; ++b) sum = hn::Add(sum, hn::LoadU(d, src + b * stride + i));
    hn::StoreU(sum, d, dst + i);
  }
  for (; i < count; ++i) {
    float sum = src[i];
    for (std::size_t b = 1; b < blocks; ++b) sum += src[b * stride + i];
    dst[i] = sum;
  }
}

void sgd_step(std::size_t count, float rate, float momentum, bool nesterov, float decay,
              const float* gradients, float* weights, float* velocity) {
  const auto step = [decay](auto d, auto g, auto w)
                        HWY_ATTR { return hn::MulAdd(hn::Set(d, decay), w, g); };
  if (!velocity) {
    map(
        count, weights,
        [rate, step](auto d, auto g, auto w)
            HWY_ATTR { return hn::NegMulAdd(hn::Set(d, rate), step(d, g, w), w); },
        gradients, static_cast<const float*>(weights));
    return;
  }
  map(
      count, velocity,
      [momentum, step](auto d, auto g, auto w, auto v)
          HWY_ATTR { return hn::MulAdd(hn::Set(d, momentum), v, step(d, g, w)); },
      gradients, static_cast<const float*>(weights), static_cast<const float*>(velocity));
  map(
      count, weights,
      [rate, momentum, nesterov, step](auto d, auto g, auto w, auto v) HWY_ATTR {
        const auto direction = nesterov ? hn::MulAdd(hn::Set(d, momentum), v, step(d, g, w)) : v;
        return hn::NegMulAdd(hn::Set(d, rate), direction, w);
      },
      gradients, static_cast<const float*>(weights), static_cast<const float*>(velocity));
}

void adamw_step(std::size_t count, const Kernels<float>::AdamW& a, const float* gradients,
                float* weights, float* first_moment, float* second_moment) {
  const auto average = [](auto d, float keep, auto old, auto value) HWY_ATTR {
    return hn::MulAdd(hn::Set(d, keep), old, hn::Mul(hn::Set(d, 1.0F - keep), value));
  };
  map(
      count, first_moment,
      [&a, average](auto d, auto g, auto m) HWY_ATTR { return average(d, a.beta1, m, g); },
      gradients, static_cast<const float*>(first_moment));
  map(
      count, second_moment,
      [&a, average](auto d, auto g, auto v)
          HWY_ATTR { return average(d, a.beta2, v, hn::Mul(g, g)); },
      gradients, static_cast<const float*>(second_moment));
  const float first = 1.0F / a.correction1, second = 1.0F / a.correction2;
  map(
      count, weights,
      [&a, first, second](auto d, auto w, auto m, auto v) HWY_ATTR {
        const auto deviation =
            hn::Add(hn::Sqrt(hn::Mul(v, hn::Set(d, second))), hn::Set(d, a.epsilon));
        const auto direction = hn::Div(hn::Mul(m, hn::Set(d, first)), deviation);
        return hn::NegMulAdd(hn::Set(d, a.rate), hn::MulAdd(hn::Set(d, a.decay), w, direction), w);
      },
      static_cast<const float*>(weights), static_cast<const float*>(first_moment),
      static_cast<const float*>(second_moment));
}

Kernels<float> elementwise_table() {
  Kernels<float> table = reference_kernels<float>();  // for what has no vector instructions here
  table.sigmoid_forward = sigmoid_forward;
  table.sigmoid_backward = sigmoid_backward;
  table.tanh_forward = tanh_forward;
  table.tanh_backward = tanh_backward;
  table.relu_forward = relu_forward;
  table.relu_backward = relu_backward;
  table.leaky_forward = leaky_forward;
  table.leaky_backward = leaky_backward;
  table.gelu_forward = gelu_forward;
  table.gelu_backward = gelu_backward;
  table.silu_forward = silu_forward;
  table.silu_backward = silu_backward;
  table.softmax = softmax;
  table.softmax_cross_entropy = softmax_cross_entropy;
  table.smoothed_cross_entropy = smoothed_cross_entropy;
  table.sigmoid_cross_entropy = sigmoid_cross_entropy;
  table.sum_blocks = sum_blocks;
  table.sgd_step = sgd_step;
  table.adamw_step = adamw_step;
  return table;
}

}  // namespace
}  // namespace weft::fast::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::fast {

HWY_EXPORT(elementwise_table);
Kernels<float> elementwise_kernels() {
  return HWY_DYNAMIC_DISPATCH(elementwise_table)();
}

}  // namespace weft::fast
#endif
