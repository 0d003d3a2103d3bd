#include <algorithm>
#include <complex>

#include "base/error.hpp"
#include "nn/network.hpp"

namespace weft {
namespace {

constexpr std::size_t kMostParameters = std::size_t{1} << 28;  // a gigabyte of weights
constexpr std::size_t kMostValues = std::size_t{1} << 30;      // of one sample, in any layer

}  // namespace

template <class T>
Architecture<T>::Architecture(const std::string& text, const Shape& input,
                              const Kernels<T>& kernels)
    : input_(input), kernels_(kernels) {
  Shape shape = input;
  for (const LayerText& words : parse_network(text)) {
    layers_.push_back(make_layer<T>(words, shape, kernels));
    const Layer<T>& layer = *layers_.back();
    layer_offsets_.push_back(parameter_count_);
    for (Parameter parameter : layer.parameters()) {
      const std::size_t elements = parameter.shape.elements();
      if (elements > kMostParameters - parameter_count_) {
        fail(ErrorCode::usage,
             "network: layer {} (\"{}\") after {} needs a {} of {}, which takes the network above "
             "{} parameters: "
             "make it narrower",
             words.index, words.text(), shape.text(), parameter.name, parameter.shape.text(),
             kMostParameters);
      }
      parameter.name = fmt::format("layers.{}.{}", words.index, parameter.name);
      parameter.offset = parameter_count_;
      parameter_count_ += elements;
      parameters_.push_back(std::move(parameter));
    }
    if (layer.output().elements() > kMostValues) {
      fail(ErrorCode::usage, "network: layer {} (\"{}\") makes {} of {}: more than {} values",
           words.index, words.text(), layer.output().text(), shape.text(), kMostValues);
    }
    shape = layer.output();
  }
}

template <class T>
std::string Architecture<T>::text() const {
  std::string text;
  for (const auto& layer : layers_) text += (text.empty() ? "" : ", ") + layer->text();
  return text;
}

template <class T>
std::size_t Architecture<T>::multiply_adds() const {
  std::size_t sum = 0;
  for (const auto& layer : layers_) sum += layer->multiply_adds();
  return sum;
}

template class Architecture<float>;
template class Architecture<double>;
template class Architecture<std::complex<double>>;

}  // namespace weft
