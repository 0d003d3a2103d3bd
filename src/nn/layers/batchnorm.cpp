#include "nn/layers/batchnorm.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "nn/layers/activation.hpp"

namespace weft {

template <class T>
BatchNorm<T>::BatchNorm(const LayerText& text, const Layout& input, const Kernels<T>& kernels)
    : layout_(input), planes_{input.shape[0], 1, input.block}, kernels_(kernels) {
  if (input.shape.rank() == 3) planes_.pixels = input.shape[1] * input.shape[2];
  LayerOptions options(text);
  while (!options.done()) {
    const std::string option = options.word();
    if (option == "noscale") {
      scaled_ = false;
    } else if (option == "noshift") {
      shifted_ = false;
    } else if (option == "momentum") {
      momentum_ = options.number("a momentum", "batchnorm momentum 0.1");
    } else if (option == "eps") {
      epsilon_ = options.number("a small number", "batchnorm eps 1e-5");
    } else {
      options.fail_unknown(option, "noscale, noshift, momentum and eps");
    }
  }
  if (!(momentum_ > 0 && momentum_ <= 1) || !(epsilon_ > 0)) {
    fail(ErrorCode::usage,
         "network: layer {} (\"{}\"): momentum {} must be above 0 and at most 1, eps {} above 0",
         text.place, text.text(), momentum_, epsilon_);
  }
}

template <class T>
std::string BatchNorm<T>::text() const {
  std::string text = "batchnorm";
  if (!scaled_) text += " noscale";
  if (!shifted_) text += " noshift";
  if (momentum_ != 0.1) text += fmt::format(" momentum {}", momentum_);
  if (epsilon_ != 1e-5) text += fmt::format(" eps {}", epsilon_);
  return text;
}

template <class T>
std::vector<Parameter> BatchNorm<T>::parameters() const {
  const Shape shape{planes_.channels};
  std::vector<Parameter> list;
  if (scaled_) list.push_back({"weight", shape, 1, 1, false, 0, true, 1});
  if (shifted_) list.push_back({"bias", shape, 1, 1, false});
  list.push_back({"running_mean", shape, 1, 1, false, 0, false});
  list.push_back({"running_var", shape, 1, 1, false, 0, false, 1});
  return list;
}

template <class T>
typename BatchNorm<T>::Packed BatchNorm<T>::arrays(void* packed) const {
  T* first = static_cast<T*>(packed);
  const std::size_t n = planes_.padded();
  return {first, first + n, first + 2 * n, first + 3 * n, first + 4 * n, first + 5 * n};
}

template <class T>
void BatchNorm<T>::fold(std::size_t channel, T mean, T variance, const T* parameters,
                        Packed& packed) const {
  const T scale = scaled_ ? parameters[channel] : T(1);
  const T shift = shifted_ ? parameters[shift_at() + channel] : T(0);
  packed.mean[channel] = mean;
  packed.a[channel] = T(1) / std::sqrt(variance + static_cast<T>(epsilon_));
  packed.scale[channel] = scale * packed.a[channel];
  packed.shift[channel] = shift - mean * packed.scale[channel];
}

template <class T>
void BatchNorm<T>::pack(const T* parameters, bool /*backward*/, void* packed) const {
  Packed p = arrays(packed);
  std::fill_n(p.scale, 6 * planes_.padded(), T(0));
  for (std::size_t c = 0; c < planes_.channels; ++c) {
    fold(c, parameters[mean_at() + c], parameters[variance_at() + c], parameters, p);
  }
}

template <class T>
void BatchNorm<T>::forward(const Forward& pass) const {
  const Packed p = arrays(const_cast<void*>(pass.packed));
  kernels_.scale_shift(pass.n, planes_, gate_, static_cast<T>(slope_), pass.src, p.scale, p.shift,
                       pass.dst);
}

template <class T>
void BatchNorm<T>::gather(const Forward& pass, Sum<T>* sums) const {
  kernels_.channel_sums(pass.n, planes_, pass.src, sums);
}

template <class T>
void BatchNorm<T>::settle_forward(std::size_t rows, const Sum<T>* sums, T* parameters,
                                  void* settled) const {
  Packed p = arrays(settled);
  std::fill_n(p.scale, 6 * planes_.padded(), T(0));
  const double count = static_cast<double>(rows * planes_.pixels);
  for (std::size_t c = 0; c < planes_.channels; ++c) {
    const Sum<T> mean = sums[c] / count;
    Sum<T> variance = sums[planes_.padded() + c] / count - mean * mean;
    if (real_part(variance) < 0) variance = 0;  // rounding
    fold(c, static_cast<T>(mean), static_cast<T>(variance), parameters, p);
    const auto move = [&](T& running, Sum<T> to) {
      running += static_cast<T>(momentum_) * (static_cast<T>(to) - running);
    };
    move(parameters[mean_at() + c], mean);
    move(parameters[variance_at() + c], variance * (count / std::max(count - 1, 1.0)));
  }
}

template <class T>
void BatchNorm<T>::gather(const Backward& pass, Sum<T>* sums) const {
  const Packed p = arrays(const_cast<void*>(pass.packed));
  kernels_.scale_shift_sums(pass.n, planes_, gate_, static_cast<T>(slope_), pass.src, p.scale,
                            p.shift, p.mean, pass.diff_src, sums);
}

// With g the gradient behind scale and shift, and s = scale / deviation:
//   dx = s g - s mean(g) - s (x - mean) mean(g (x - mean)) / deviation^2,
//   dscale = sum(g (x - mean)) / deviation,  dshift = sum(g).
template <class T>
void BatchNorm<T>::settle_backward(std::size_t rows, const Sum<T>* sums, void* settled,
                                   T* diff_parameters) const {
  const Packed p = arrays(settled);
  const double count = static_cast<double>(rows * planes_.pixels);
  for (std::size_t c = 0; c < planes_.channels; ++c) {
    const auto mean_gradient = static_cast<T>(sums[c] / count);
    const auto by_value = static_cast<T>(sums[planes_.padded() + c] / count);
    const T rate = p.a[c];  // 1 / deviation, as fold() left it
    p.a[c] = p.scale[c];
    p.b[c] = -p.scale[c] * rate * rate * by_value;
    p.c[c] = -p.scale[c] * mean_gradient - p.b[c] * p.mean[c];
    const auto n = static_cast<T>(count);
    if (scaled_) diff_parameters[c] = by_value * rate * n;
    if (shifted_) diff_parameters[shift_at() + c] = mean_gradient * n;
    diff_parameters[mean_at() + c] = diff_parameters[variance_at() + c] = T(0);
  }
}

template <class T>
void BatchNorm<T>::backward(const Backward& pass) const {
  if (!pass.diff_src) return;
  const Packed p = arrays(const_cast<void*>(pass.packed));
  kernels_.combine(pass.n, planes_, pass.src, p.a, p.b, p.c, pass.diff_src);
}

template <class T>
void BatchNorm<T>::backward_in_use(const Backward& pass) const {
  std::copy_n(pass.diff_dst, pass.n * layout_.elements(), pass.diff_src);
  std::vector<Sum<T>> unused(sums());
  gather(pass, unused.data());
  // pack() has left zeros in b and c.
  const Packed p = arrays(const_cast<void*>(pass.packed));
  kernels_.combine(pass.n, planes_, pass.src, p.scale, p.b, p.c, pass.diff_src);
}

template <class T>
bool BatchNorm<T>::absorb(const Layer<T>& next) {
  const auto* activation = dynamic_cast<const Activation<T>*>(&next);
  if (!activation || !activation->gate()) return false;
  gate_ = *activation->gate();
  slope_ = activation->slope();
  return true;
}

template <class T>
typename BatchLayer<T>::Affine BatchNorm<T>::affine(const void* packed) const {
  const Packed p = arrays(const_cast<void*>(packed));
  return {p.scale, p.shift, gate_, static_cast<T>(slope_)};
}

template class BatchNorm<float>;
template class BatchNorm<double>;
template class BatchNorm<std::complex<double>>;

}  // namespace weft
