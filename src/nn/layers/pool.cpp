#include "nn/layers/pool.hpp"

#include "base/error.hpp"
#include "nn/layers/options.hpp"

namespace weft {
namespace {

void read_window(const LayerText& text, LayerOptions& options, Pooling& pool) {
  const std::size_t kernel = options.count("a window's size", "maxpool 2");
  pool.kernel_height = pool.kernel_width = pool.stride = kernel;
  while (!options.done()) {
    const std::string option = options.word();
    if (option == "stride") {
      pool.stride = options.count("a stride", "maxpool 3 stride 2");
    } else if (option == "pad") {
      pool.pad = options.count_or_zero("a padding", "maxpool 3 stride 2 pad 1");
    } else {
      options.fail_unknown(option, "stride and pad");
    }
  }
  if (pool.pad >= kernel || kernel > pool.height + 2 * pool.pad ||
      kernel > pool.width + 2 * pool.pad) {
    fail(ErrorCode::usage,
         "network: layer {} (\"{}\"): windows of {}x{}, padded by {}, do not fit {}x{}x{}: make "
         "them "
         "smaller, and the padding smaller than they are",
         text.place, text.text(), kernel, kernel, pool.pad, pool.channels, pool.height, pool.width);
  }
}

}  // namespace

template <class T>
Pool<T>::Pool(const LayerText& text, const Layout& input, const Kernels<T>& kernels)
    : name_(text.name),
      global_(name_.starts_with("global")),
      largest_(name_.ends_with("maxpool")),
      kernels_(kernels) {
  require_picture(text, input.shape);
  LayerOptions options(text);
  const Shape& shape = input.shape;
  pool_ = {.channels = shape[0],
           .height = shape[1],
           .width = shape[2],
           .kernel_height = shape[1],
           .kernel_width = shape[2],
           .stride = 1,
           .block = input.block};
  if (global_) {
    options.expect_none();
  } else {
    read_window(text, options, pool_);
  }
}

template <class T>
std::string Pool<T>::text() const {
  if (global_) return name_;
  std::string text = fmt::format("{} {}", name_, pool_.kernel_height);
  if (pool_.stride != pool_.kernel_height) text += fmt::format(" stride {}", pool_.stride);
  if (pool_.pad != 0) text += fmt::format(" pad {}", pool_.pad);
  return text;
}

template <class T>
Layout Pool<T>::output() const {
  return {{pool_.channels, pool_.out_height(), pool_.out_width()}, pool_.block};
}

template <class T>
void Pool<T>::forward(const typename Layer<T>::Forward& pass) const {
  const auto kernel = largest_ ? kernels_.maxpool_forward : kernels_.avgpool_forward;
  kernel(pass.n, pool_, pass.src, pass.dst);
}

template <class T>
void Pool<T>::backward(const typename Layer<T>::Backward& pass) const {
  if (!pass.diff_src) return;
  if (largest_) {
    kernels_.maxpool_backward(pass.n, pool_, pass.src, pass.diff_dst, pass.diff_src);
  } else {
    kernels_.avgpool_backward(pass.n, pool_, pass.diff_dst, pass.diff_src);
  }
}

template class Pool<float>;
template class Pool<double>;
template class Pool<std::complex<double>>;

}  // namespace weft
