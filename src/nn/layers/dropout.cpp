#include "nn/layers/dropout.hpp"

#include <algorithm>
#include <cmath>
#include <complex>

#include "base/error.hpp"
#include "base/random.hpp"
#include "nn/layers/options.hpp"

namespace weft {
namespace {

// FNV-1a of a place such as "3.body.1".
std::uint32_t number_of(const std::string& place) {
  std::uint32_t hash = 2166136261U;
  for (const char c : place) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash;
}

}  // namespace

template <class T>
Dropout<T>::Dropout(const LayerText& text, const Layout& input, const Kernels<T>& /*kernels*/)
    : layout_(input), layer_(number_of(text.place)) {
  LayerOptions options(text);
  probability_ = options.number("a probability", "dropout 0.2");
  options.expect_none();
  if (!(probability_ >= 0 && probability_ < 1)) {
    fail(ErrorCode::usage,
         "network: layer {} (\"{}\"): the probability {} must be 0 or more and below 1", text.place,
         text.text(), probability_);
  }
}

template <class T>
std::string Dropout<T>::text() const {
  return fmt::format("dropout {}", probability_);
}

// A stream for each row, drawn from in the order of channels and pixels, so that it does not matter
// how pictures lie in memory.
template <class T>
void Dropout<T>::drop(const TrainingDraw& draw, std::size_t first_row, std::size_t n, const T* src,
                      T* dst) const {
  const std::size_t width = layout_.elements(), channels = layout_.shape[0], block = layout_.block;
  const std::size_t pixels = layout_.shape.elements() / channels;
  const auto threshold = static_cast<std::uint32_t>(std::lround(probability_ * 0x1p31));
  const T keep = T(1) / static_cast<T>(1 - probability_);
  for (std::size_t s = 0; s < n; ++s) {
    const auto row = static_cast<std::uint32_t>(first_row + s);
    RandomStream random(draw.seed, RandomPurpose::dropout, draw.step, row, layer_);
    for (std::size_t c = 0; c < padded_channels(channels, block); ++c) {
      const std::size_t first = s * width + c / block * pixels * block + c % block;
      for (std::size_t i = 0; i < pixels; ++i) {
        const std::size_t at = first + i * block;
        const bool drops = c >= channels || random.bits() >> 1 < threshold;
        dst[at] = drops ? T(0) : src[at] * keep;
      }
    }
  }
}

template <class T>
void Dropout<T>::forward(const typename Layer<T>::Forward& pass) const {
  if (pass.draw) {
    drop(*pass.draw, pass.first_row, pass.n, pass.src, pass.dst);
  } else if (pass.dst != pass.src) {
    std::copy_n(pass.src, pass.n * layout_.elements(), pass.dst);
  }
}

template <class T>
void Dropout<T>::backward(const typename Layer<T>::Backward& pass) const {
  if (!pass.diff_src) return;
  if (!pass.draw) {
    std::copy_n(pass.diff_dst, pass.n * layout_.elements(), pass.diff_src);
    return;
  }
  drop(*pass.draw, pass.first_row, pass.n, pass.diff_dst, pass.diff_src);
}

template class Dropout<float>;
template class Dropout<double>;
template class Dropout<std::complex<double>>;

}  // namespace weft
