#include "nn/layers/conv.hpp"

#include <tuple>

#include "base/error.hpp"

namespace weft {

template <class T>
Conv<T>::Conv(const LayerText& text, const Shape& input, const Kernels<T>& kernels) : conv_{} {
  require_picture(text, input);
  conv_.in_channels = input[0];
  conv_.height = input[1];
  conv_.width = input[2];
  LayerOptions options(text);
  conv_.out_channels = options.count("a number of filters", "conv 32 3x3");
  std::tie(conv_.kernel_height, conv_.kernel_width) =
      options.size("a filter's height and width", "conv 32 3x3");
  while (!options.done()) read_option(options.word(), options);
  if (!pad_given_) {
    conv_.pad_height = same(conv_.kernel_height);
    conv_.pad_width = same(conv_.kernel_width);
  }
  check(text, input);
  kernel_ = kernels.make_convolution(conv_);
}

template <class T>
void Conv<T>::read_option(const std::string& option, LayerOptions& options) {
  if (option == "stride") {
    conv_.stride = options.count("a stride", "conv 32 3x3 stride 2");
  } else if (option == "pad") {
    conv_.pad_height = conv_.pad_width =
        options.count_or_zero("a number of zeros", "conv 32 3x3 pad 0");
    pad_given_ = true;
  } else if (option == "dilation") {
    conv_.dilation = options.count("a dilation", "conv 32 3x3 dilation 2");
  } else if (option == "groups") {
    if (options.next_is("all")) {
      conv_.groups = conv_.in_channels;
    } else {
      conv_.groups = options.count("a number of groups, or all,", "conv 32 3x3 groups 4");
    }
  } else if (option == "nobias") {
    bias_ = false;
  } else {
    options.fail_unknown(option, "stride, pad, dilation, groups and nobias");
  }
}

template <class T>
void Conv<T>::check(const LayerText& text, const Shape& input) const {
  const Convolution& c = conv_;
  constexpr std::size_t kMostKernel = 1024;
  const auto fits = [&](std::size_t kernel, std::size_t size, std::size_t pad) {
    return kernel <= kMostKernel && c.dilation <= kMostKernel && pad <= kMostKernel &&
           (kernel - 1) * c.dilation + 1 <= size + 2 * pad;
  };
  if (!fits(c.kernel_height, c.height, c.pad_height) ||
      !fits(c.kernel_width, c.width, c.pad_width)) {
    fail(
        ErrorCode::usage,
        "network: layer {} (\"{}\"): filters of {}x{}, dilation {}, do not fit into {} with {} and "
        "{} zeros around it: make them smaller, or pad more",
        text.index, text.text(), c.kernel_height, c.kernel_width, c.dilation, input.text(),
        c.pad_height, c.pad_width);
  }
  if (c.in_channels % c.groups != 0 || c.out_channels % c.groups != 0) {
    fail(ErrorCode::usage,
         "network: layer {} (\"{}\"): {} groups do not divide {} channels of {} and {} filters",
         text.index, text.text(), c.groups, c.in_channels, input.text(), c.out_channels);
  }
}

template <class T>
std::string Conv<T>::text() const {
  const Convolution& c = conv_;
  std::string text = fmt::format("conv {} {}x{}", c.out_channels, c.kernel_height, c.kernel_width);
  if (c.stride != 1) text += fmt::format(" stride {}", c.stride);
  if (c.pad_height != same(c.kernel_height) || c.pad_width != same(c.kernel_width)) {
    text += fmt::format(" pad {}", c.pad_height);
  }
  if (c.dilation != 1) text += fmt::format(" dilation {}", c.dilation);
  if (c.groups != 1) {
    text += c.groups == c.in_channels ? " groups all" : fmt::format(" groups {}", c.groups);
  }
  return text + (bias_ ? "" : " nobias");
}

template <class T>
Shape Conv<T>::output() const {
  return {conv_.out_channels, conv_.out_height(), conv_.out_width()};
}

template <class T>
std::vector<Parameter> Conv<T>::parameters() const {
  const Convolution& c = conv_;
  const std::size_t taps = c.kernel_height * c.kernel_width;
  const std::size_t fan_in = c.in_channels / c.groups * taps;
  const std::size_t fan_out = c.out_channels / c.groups * taps;
  const Shape shape{c.out_channels, c.in_channels / c.groups, c.kernel_height, c.kernel_width};
  std::vector<Parameter> list{{"weight", shape, fan_in, fan_out, true}};
  if (bias_) list.push_back({"bias", {c.out_channels}, fan_in, fan_out, false});
  return list;
}

template <class T>
std::size_t Conv<T>::multiply_adds() const {
  return conv_.weights() * conv_.out_height() * conv_.out_width();
}

template <class T>
void Conv<T>::forward(const typename Layer<T>::Forward& pass) const {
  const T* bias = bias_ ? pass.parameters + conv_.weights() : nullptr;
  kernel_->forward(pass.n, pass.src, pass.parameters, nullptr, bias, pass.dst, nullptr);
}

template <class T>
void Conv<T>::backward(const typename Layer<T>::Backward& pass) const {
  T* diff_bias = bias_ ? pass.diff_parameters + conv_.weights() : nullptr;
  kernel_->backward_weights(pass.n, pass.src, pass.diff_dst, pass.accumulate, pass.diff_parameters,
                            diff_bias, nullptr);
  if (pass.diff_src) {
    kernel_->backward_data(pass.n, pass.diff_dst, pass.parameters, nullptr, pass.diff_src, nullptr);
  }
}

template class Conv<float>;
template class Conv<double>;
template class Conv<std::complex<double>>;

}  // namespace weft
