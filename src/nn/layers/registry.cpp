// Every layer that the network text can name, in one table.
#include <array>
#include <complex>

#include "base/error.hpp"
#include "nn/layer.hpp"
#include "nn/layers/activation.hpp"
#include "nn/layers/batchnorm.hpp"
#include "nn/layers/conv.hpp"
#include "nn/layers/dense.hpp"
#include "nn/layers/dropout.hpp"
#include "nn/layers/pool.hpp"
#include "nn/layers/reshape.hpp"

namespace weft {
namespace {

template <class T>
using Maker = std::unique_ptr<Layer<T>> (*)(const LayerText&, const Layout&, const Kernels<T>&);

template <class T, class Kind>
std::unique_ptr<Layer<T>> make(const LayerText& text, const Layout& input,
                               const Kernels<T>& kernels) {
  return std::make_unique<Kind>(text, input, kernels);
}

template <class T>
struct Entry {
  const char* name;
  Maker<T> maker;
};

template <class T>
constexpr std::array kEntries{
    Entry<T>{"dense", make<T, Dense<T>>},        Entry<T>{"conv", make<T, Conv<T>>},
    Entry<T>{"maxpool", make<T, Pool<T>>},       Entry<T>{"avgpool", make<T, Pool<T>>},
    Entry<T>{"whiten", make<T, Conv<T>>},        Entry<T>{"batchnorm", make<T, BatchNorm<T>>},
    Entry<T>{"dropout", make<T, Dropout<T>>},    Entry<T>{"globalmaxpool", make<T, Pool<T>>},
    Entry<T>{"globalavgpool", make<T, Pool<T>>}, Entry<T>{"flatten", make<T, Flatten<T>>},
    Entry<T>{"scale", make<T, Scale<T>>},        Entry<T>{"relu", make<T, Activation<T>>},
    Entry<T>{"leaky", make<T, Activation<T>>},   Entry<T>{"gelu", make<T, Activation<T>>},
    Entry<T>{"silu", make<T, Activation<T>>},    Entry<T>{"sigmoid", make<T, Activation<T>>},
    Entry<T>{"tanh", make<T, Activation<T>>},
};

}  // namespace

template <class T>
std::unique_ptr<Layer<T>> make_layer(const LayerText& text, const Layout& input,
                                     const Kernels<T>& kernels) {
  for (const Entry<T>& entry : kEntries<T>) {
    if (text.name == entry.name) return entry.maker(text, input, kernels);
  }
  fail(ErrorCode::usage, "network: layer {} (\"{}\"): there is no layer \"{}\"; there are {}",
       text.place, text.text(), text.name, fmt::join(layer_names(), ", "));
}

std::vector<std::string> layer_names() {
  std::vector<std::string> names;
  for (const auto& entry : kEntries<double>) names.emplace_back(entry.name);
  names.emplace_back("residual");
  return names;
}

template std::unique_ptr<Layer<float>> make_layer(const LayerText&, const Layout&,
                                                  const Kernels<float>&);
template std::unique_ptr<Layer<double>> make_layer(const LayerText&, const Layout&,
                                                   const Kernels<double>&);
template std::unique_ptr<Layer<std::complex<double>>> make_layer(
    const LayerText&, const Layout&, const Kernels<std::complex<double>>&);

}  // namespace weft
