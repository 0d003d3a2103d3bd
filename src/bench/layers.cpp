#include "bench/layers.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "nn/layers/activation.hpp"
#include "nn/layers/batchnorm.hpp"
#include "nn/layers/conv.hpp"
#include "nn/layers/dense.hpp"
#include "nn/layers/pool.hpp"
#include "nn/layers/reshape.hpp"

namespace weft::bench {
namespace {

template <class T>
bool trains(const Architecture<T>& architecture, std::size_t node) {
  return node != Node<T>::kNone && architecture.nodes()[node].trains;
}

template <class T>
bool has_weights_to_train(const Node<T>& node) {
  return node.layer && std::ranges::any_of(node.layer->parameters(), &Parameter::trained);
}

template <class T>
Passes passes_of(const Architecture<T>& architecture, std::size_t node, std::size_t n,
                 bool training) {
  const Node<T>& at = architecture.nodes()[node];
  return {.n = n,
          .training = training,
          .diff_src = training && trains(architecture, at.src),
          .diff_weights = training && has_weights_to_train(at)};
}

void append(PassPrimitives made, PassPrimitives& to) {
  std::ranges::move(made.forward, std::back_inserter(to.forward));
  std::ranges::move(made.backward, std::back_inserter(to.backward));
}

template <class T>
bool is_relu(const Layer<T>& layer) {
  return layer.text() == "relu";
}

template <class T>
PassPrimitives activation(const Activation<T>& layer, const Shape& shape, const Passes& passes,
                          PrimitiveMaker& maker) {
  using dnnl::algorithm;
  struct Entry {
    const char* name;
    algorithm function;
    float alpha;
  };
  const std::array entries{
      Entry{"relu", algorithm::eltwise_relu, 0},
      Entry{"leaky", algorithm::eltwise_relu, static_cast<float>(layer.slope())},
      Entry{"gelu", algorithm::eltwise_gelu_erf, 0},
      Entry{"silu", algorithm::eltwise_swish, 1},
      Entry{"sigmoid", algorithm::eltwise_logistic, 0},
      Entry{"tanh", algorithm::eltwise_tanh, 0}};
  for (const Entry& entry : entries) {
    if (layer.text().starts_with(entry.name)) {
      return maker.eltwise(entry.function, entry.alpha, shape, passes);
    }
  }
  return {};
}

// The sum of both branches; in training the gradients of what both came from are added too.
template <class T>
PassPrimitives sum(const Architecture<T>& architecture, const Node<T>& node, const Passes& passes,
                   PrimitiveMaker& maker) {
  PassPrimitives made;
  made.forward.push_back(maker.add(node.output.shape, passes.n));
  if (passes.diff_src && trains(architecture, node.skip)) {
    made.backward.push_back(maker.add(node.output.shape, passes.n));
  }
  return made;
}

template <class T>
PassPrimitives of_one(const Architecture<T>& architecture, std::size_t at, const Passes& passes,
                      PrimitiveMaker& maker) {
  const Node<T>& node = architecture.nodes()[at];
  if (!node.layer) return sum(architecture, node, passes, maker);
  const Shape& input = node.src == Node<T>::kNone ? architecture.input()
                                                  : architecture.nodes()[node.src].output.shape;
  const Layer<T>* layer = node.layer.get();
  if (const auto* conv = dynamic_cast<const Conv<T>*>(layer)) {
    return maker.convolution(conv->shape(), layer->parameters().size() > 1, passes);
  }
  if (dynamic_cast<const Dense<T>*>(layer)) {
    return maker.inner_product(input, node.output.shape.elements(), layer->parameters().size() > 1,
                               passes);
  }
  if (const auto* pool = dynamic_cast<const Pool<T>*>(layer)) {
    return maker.pooling(pool->shape(), pool->largest(), passes);
  }
  if (const auto* function = dynamic_cast<const Activation<T>*>(layer)) {
    return activation(*function, input, passes, maker);
  }
  if (dynamic_cast<const BatchNorm<T>*>(layer)) {
    return maker.batch_normalization(input, false, passes);
  }
  return {};
}

}  // namespace

template <class T>
PassPrimitives primitives_of(const Architecture<T>& architecture, std::size_t node, std::size_t n,
                             bool training, PrimitiveMaker& maker) {
  const auto& nodes = architecture.nodes();
  const Passes passes = passes_of(architecture, node, n, training);
  const bool absorbs = node + 1 < nodes.size() && nodes[node + 1].absorbed;
  if (absorbs && is_relu(*nodes[node + 1].layer)) {
    return maker.batch_normalization(nodes[node].output.shape, true, passes);
  }
  PassPrimitives made = of_one(architecture, node, passes, maker);
  if (absorbs) {
    const Passes next = passes_of(architecture, node + 1, n, training);
    append(of_one(architecture, node + 1, next, maker), made);
  }
  return made;
}

template <class T>
std::size_t multiply_adds_of(const Architecture<T>& architecture, std::size_t node, bool training) {
  const Node<T>& at = architecture.nodes()[node];
  if (!at.layer) return 0;
  const Passes passes = passes_of(architecture, node, 1, training);
  return at.layer->multiply_adds() *
         (1U + (passes.diff_src ? 1U : 0U) + (passes.diff_weights ? 1U : 0U));
}

template PassPrimitives primitives_of(const Architecture<float>&, std::size_t, std::size_t, bool,
                                      PrimitiveMaker&);
template PassPrimitives primitives_of(const Architecture<double>&, std::size_t, std::size_t, bool,
                                      PrimitiveMaker&);
template std::size_t multiply_adds_of(const Architecture<float>&, std::size_t, bool);
template std::size_t multiply_adds_of(const Architecture<double>&, std::size_t, bool);

}  // namespace weft::bench
