#include "nn/architecture.hpp"

#include <algorithm>
#include <complex>

#include "base/error.hpp"
#include "nn/layers/reorder.hpp"

namespace weft {
namespace {

constexpr std::size_t kMostParameters = std::size_t{1} << 28;  // a gigabyte of weights
constexpr std::size_t kMostValues = std::size_t{1} << 26;      // of one sample, in any layer
constexpr std::size_t kMostPlainChannels = 4;  // a convolution takes so few as they come

// The block of channels in which a layer of this name takes a picture.
std::size_t block_for(const std::string& name, const Layout& input, std::size_t picture_block) {
  if (name == "dense" || name == "flatten") return 1;
  const bool convolves = name == "conv" || name == "whiten";
  if (convolves && input.block == 1 && input.shape[0] > kMostPlainChannels) return picture_block;
  return input.block;
}

// How to get from one shape to the other with one product; empty when there is no way.
std::vector<std::string> projection_words(const Shape& from, const Shape& to) {
  if (to.rank() == 1) return {std::to_string(to[0]), "nobias"};
  if (from.rank() != 3 || to.rank() != 3) return {};
  const std::size_t stride = (from[1] + to[1] - 1) / to[1];
  const auto fits = [&](std::size_t i) { return (from[i] - 1) / stride + 1 == to[i]; };
  if (!fits(1) || !fits(2)) return {};
  return {std::to_string(to[0]), "1x1", "stride", std::to_string(stride), "pad", "0", "nobias"};
}

}  // namespace

template <class T>
Architecture<T>::Architecture(const std::string& text, const Shape& input,
                              const Kernels<T>& kernels)
    : input_(input), kernels_(kernels) {
  text_ = add(parse_network(text), Node<T>::kNone);
  in_blocks(nodes_.size() - 1, 1);
}

template <class T>
Layout Architecture<T>::layout_of(std::size_t node) const {
  return node == Node<T>::kNone ? Layout{input_} : nodes_[node].output;
}

template <class T>
std::string Architecture<T>::add(const std::vector<LayerText>& layers, std::size_t src) {
  std::string text;
  BatchLayer<T>* before = nullptr;  // of this list, so that nobody else takes its output
  for (const LayerText& words : layers) {
    if (!text.empty()) text += ", ";
    if (words.name == "residual") {
      text += add_residual(words, src);
      before = nullptr;
    } else {
      add_layer(words, src);
      Layer<T>& layer = *nodes_.back().layer;
      text += layer.text();
      nodes_.back().absorbed = before && before->absorb(layer);
      before = dynamic_cast<BatchLayer<T>*>(&layer);
    }
    src = nodes_.size() - 1;
  }
  return text;
}

template <class T>
std::string Architecture<T>::add_residual(const LayerText& words, std::size_t src) {
  const std::string text = add(words.body, src);
  std::size_t end = nodes_.size() - 1, skip = src;
  const Shape from = layout_of(src).shape, to = layout_of(end).shape;
  if (from != to) {
    LayerText projection;
    projection.name = to.rank() == 1 ? "dense" : "conv";
    projection.words = projection_words(from, to);
    projection.place = words.place + ".projection";
    if (projection.words.empty()) {
      fail(ErrorCode::usage,
           "network: layer {} (\"{}\"): its layers make {} of {}: no 1x1 projection does, so they "
           "cannot be added",
           words.place, words.text(), to.text(), from.text());
    }
    add_layer(projection, src);
    skip = nodes_.size() - 1;
  }
  const std::size_t block = std::max(layout_of(end).block, layout_of(skip).block);
  skip = in_blocks(skip, block);
  end = in_blocks(end, block);
  push({.place = "", .layer = nullptr, .output = {to, block}, .src = end, .skip = skip});
  return "residual { " + text + " }";
}

template <class T>
std::size_t Architecture<T>::in_blocks(std::size_t src, std::size_t block) {
  const Layout input = layout_of(src);
  if (input.block == block || input.shape.rank() != 3) return src;
  auto layer = std::make_unique<Reorder<T>>(input, block, kernels_);
  const Layout output = layer->output();
  push({.place = "", .layer = std::move(layer), .output = output, .src = src});
  return nodes_.size() - 1;
}

template <class T>
void Architecture<T>::add_layer(const LayerText& words, std::size_t src) {
  if (layout_of(src).shape.rank() == 3) {
    src = in_blocks(src, block_for(words.name, layout_of(src), kernels_.picture_block));
  }
  const Layout input = layout_of(src);
  Node<T> node{.place = words.place,
               .layer = make_layer<T>(words, input, kernels_),
               .output = {},
               .src = src,
               .offset = parameter_count_};
  node.output = node.layer->output();
  for (Parameter parameter : node.layer->parameters()) {
    const std::size_t elements = parameter.shape.elements();
    if (elements > kMostParameters - parameter_count_) {
      fail(ErrorCode::usage,
           "network: layer {} (\"{}\") after {} needs a {} of {}, which takes the network above "
           "{} parameters: make it narrower",
           words.place, words.text(), input.shape.text(), parameter.name, parameter.shape.text(),
           kMostParameters);
    }
    parameter.name = fmt::format("layers.{}.{}", words.place, parameter.name);
    parameter.offset = parameter_count_;
    parameter_count_ += elements;
    node.trains |= parameter.trained;
    parameters_.push_back(std::move(parameter));
  }
  if (node.output.elements() > kMostValues) {
    fail(ErrorCode::usage, "network: layer {} (\"{}\") makes {} of {}: more than {} values",
         words.place, words.text(), node.output.shape.text(), input.shape.text(), kMostValues);
  }
  push(std::move(node));
}

template <class T>
void Architecture<T>::push(Node<T> node) {
  for (const std::size_t before : {node.src, node.skip}) {
    if (before != Node<T>::kNone) node.trains |= nodes_[before].trains;
  }
  nodes_.push_back(std::move(node));
}

template <class T>
std::size_t Architecture<T>::multiply_adds() const {
  std::size_t sum = 0;
  for (const Node<T>& node : nodes_) sum += node.layer ? node.layer->multiply_adds() : 0;
  return sum;
}

template class Architecture<float>;
template class Architecture<double>;
template class Architecture<std::complex<double>>;

}  // namespace weft
