#include "nn/layers/conv.hpp"

#include <algorithm>
#include <tuple>

#include "base/error.hpp"

namespace weft {

template <class T>
Conv<T>::Conv(const LayerText& text, const Layout& input, const Kernels<T>& kernels)
    : conv_{},
      whitens_(text.name == "whiten"),
      bias_(!whitens_ && !text.bias_is_idle),
      bias_is_idle_(text.bias_is_idle) {
  require_picture(text, input.shape);
  conv_.in_channels = input.shape[0];
  conv_.height = input.shape[1];
  conv_.width = input.shape[2];
  conv_.src_block = input.block;
  conv_.dst_block = kernels.picture_block;
  const char* example = whitens_ ? "whiten 16 3x3" : "conv 32 3x3";
  LayerOptions options(text);
  conv_.out_channels = options.count("a number of filters", example);
  std::tie(conv_.kernel_height, conv_.kernel_width) =
      options.size("a filter's height and width", example);
  while (!options.done()) read_option(options.word(), options);
  if (!pad_given_) {
    conv_.pad_height = same(conv_.kernel_height);
    conv_.pad_width = same(conv_.kernel_width);
  }
  check(text, input.shape);
  if (whitens_) check_whitening(text);
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
  } else if (whitens_) {
    options.fail_unknown(option, "stride and pad");
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
        text.place, text.text(), c.kernel_height, c.kernel_width, c.dilation, input.text(),
        c.pad_height, c.pad_width);
  }
  if (c.in_channels % c.groups != 0 || c.out_channels % c.groups != 0) {
    fail(ErrorCode::usage,
         "network: layer {} (\"{}\"): {} groups do not divide {} channels of {} and {} filters",
         text.place, text.text(), c.groups, c.in_channels, input.text(), c.out_channels);
  }
}

// Each direction in the space of patches is taken with both signs at most.
template <class T>
void Conv<T>::check_whitening(const LayerText& text) const {
  if (text.place != "0") {
    fail(ErrorCode::usage, "network: layer {} (\"{}\"): whiten is a network's first layer",
         text.place, text.text());
  }
  const std::size_t most = 2 * conv_.in_channels * conv_.kernel_height * conv_.kernel_width;
  if (conv_.out_channels > most) {
    fail(ErrorCode::usage,
         "network: layer {} (\"{}\"): patches of {} x {}x{} give at most {} filters", text.place,
         text.text(), conv_.in_channels, conv_.kernel_height, conv_.kernel_width, most);
  }
}

template <class T>
std::string Conv<T>::text() const {
  const Convolution& c = conv_;
  std::string text = fmt::format("{} {} {}x{}", whitens_ ? "whiten" : "conv", c.out_channels,
                                 c.kernel_height, c.kernel_width);
  if (c.stride != 1) text += fmt::format(" stride {}", c.stride);
  if (c.pad_height != same(c.kernel_height) || c.pad_width != same(c.kernel_width)) {
    text += fmt::format(" pad {}", c.pad_height);
  }
  if (c.dilation != 1) text += fmt::format(" dilation {}", c.dilation);
  if (c.groups != 1) {
    text += c.groups == c.in_channels ? " groups all" : fmt::format(" groups {}", c.groups);
  }
  return text + (bias_ || bias_is_idle_ || whitens_ ? "" : " nobias");
}

template <class T>
Layout Conv<T>::output() const {
  return {{conv_.out_channels, conv_.out_height(), conv_.out_width()}, conv_.dst_block};
}

template <class T>
std::vector<Parameter> Conv<T>::parameters() const {
  const Convolution& c = conv_;
  const std::size_t taps = c.kernel_height * c.kernel_width;
  const std::size_t fan_in = c.in_channels / c.groups * taps;
  const std::size_t fan_out = c.out_channels / c.groups * taps;
  const Shape shape{c.out_channels, c.in_channels / c.groups, c.kernel_height, c.kernel_width};
  std::vector<Parameter> list{{"weight", shape, fan_in, fan_out, !whitens_, 0, !whitens_}};
  if (bias_) list.push_back({"bias", {c.out_channels}, fan_in, fan_out, false});
  return list;
}

template <class T>
std::size_t Conv<T>::multiply_adds() const {
  return conv_.weights() * conv_.out_height() * conv_.out_width();
}

template <class T>
std::size_t Conv<T>::packed_bytes() const {
  const std::size_t folded = (conv_.out_channels + conv_.weights()) * sizeof(T);
  return forward_bytes() + std::max(kernel_->backward_bytes(), folded);
}

template <class T>
const void* Conv<T>::behind(const void* packed) const {
  return static_cast<const std::byte*>(packed) + forward_bytes();
}

template <class T>
void Conv<T>::pack(const T* parameters, bool backward, void* packed) const {
  kernel_->pack_forward(parameters, packed);
  if (backward) kernel_->pack_backward(parameters, const_cast<void*>(behind(packed)));
}

template <class T>
void Conv<T>::pack_folded(const T* parameters, const T* scale, const T* shift, void* packed) const {
  const std::size_t filter = conv_.weights() / conv_.out_channels;
  T* bias = static_cast<T*>(const_cast<void*>(behind(packed)));
  T* weights = bias + conv_.out_channels;
  for (std::size_t o = 0; o < conv_.out_channels; ++o) {
    for (std::size_t i = 0; i < filter; ++i) {
      weights[o * filter + i] = parameters[o * filter + i] * scale[o];
    }
    bias[o] = shift[o] + (bias_ ? parameters[conv_.weights() + o] * scale[o] : T(0));
  }
  kernel_->pack_forward(weights, packed);
}

template <class T>
void Conv<T>::forward(const typename Layer<T>::Forward& pass) const {
  const T* weights = pass.parameters;
  Finish<T> finish{.bias = bias_ ? weights + conv_.weights() : nullptr};
  if (pass.folded) {
    finish = {static_cast<const T*>(behind(pass.packed)), pass.gate, pass.slope};
    weights = finish.bias + conv_.out_channels;
  }
  kernel_->forward_part(pass.part, pass.n, pass.src, weights, pass.packed, finish, pass.dst,
                        pass.scratch);
}

template <class T>
void Conv<T>::backward(const typename Layer<T>::Backward& pass) const {
  if (pass.diff_parameters && !whitens_) {
    T* diff_bias = bias_ ? pass.diff_parameters + conv_.weights() : nullptr;
    kernel_->backward_weights(pass.n, pass.src, pass.diff_dst, pass.accumulate,
                              pass.diff_parameters, diff_bias, pass.scratch);
  }
  if (pass.diff_src) {
    kernel_->backward_data(pass.n, pass.diff_dst, pass.parameters, behind(pass.packed),
                           pass.diff_src, pass.scratch);
  }
}

template class Conv<float>;
template class Conv<double>;
template class Conv<std::complex<double>>;

}  // namespace weft
