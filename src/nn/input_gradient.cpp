#include "nn/input_gradient.hpp"

#include <algorithm>
#include <complex>

namespace weft {
namespace {

template <class T>
constexpr std::size_t kInput = Node<T>::kNone;

constexpr std::size_t kLine = 64;  // bytes: what is packed begins at cache lines

}  // namespace

template <class T>
InputGradient<T>::InputGradient(const std::string& text, const Shape& input,
                                const Kernels<T>& kernels)
    : architecture_(text, input, kernels) {
  parameters_.resize(architecture_.parameter_count());
  std::size_t packed = 0;
  for (const Node<T>& node : architecture_.nodes()) {
    packed_offsets_.push_back(packed);
    if (node.layer) packed += (node.layer->packed_bytes() + kLine - 1) / kLine * kLine;
  }
  packed_.resize(packed);
}

template <class T>
void InputGradient<T>::parameters_changed() {
  const auto& nodes = architecture_.nodes();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!nodes[i].layer) continue;
    nodes[i].layer->pack(parameters_.data() + nodes[i].offset, true,
                         packed_.data() + packed_offsets_[i]);
  }
}

template <class T>
std::size_t InputGradient<T>::holder(std::size_t i) const {
  while (i != kInput<T> && architecture_.nodes()[i].absorbed) i = architecture_.nodes()[i].src;
  return i;
}

template <class T>
void InputGradient<T>::reserve(std::size_t n, Space& space) const {
  const auto& nodes = architecture_.nodes();
  space.dst.resize(nodes.size());
  space.diff.resize(nodes.size());
  std::size_t widest = architecture_.input().elements(), scratch = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    widest = std::max(widest, nodes[i].output.elements());
    if (nodes[i].layer) scratch = std::max(scratch, nodes[i].layer->scratch_bytes(n));
    if (nodes[i].absorbed) continue;
    space.dst[i].resize(n * nodes[i].output.elements());
    space.diff[i].resize(n * nodes[i].output.elements());
  }
  space.sum.resize(n * widest);
  if (space.scratch.size() < scratch) space.scratch.resize(scratch);
}

template <class T>
void InputGradient<T>::forward(std::size_t i, std::size_t n, const T* src, Space& space) const {
  const Node<T>& node = architecture_.nodes()[i];
  if (node.absorbed) return;
  const auto output_of = [&](std::size_t at) -> const T* {
    at = holder(at);
    return at == kInput<T> ? src : space.dst[at].data();
  };
  T* dst = space.dst[i].data();
  if (!node.layer) {
    const std::size_t count = n * node.output.elements();
    architecture_.kernels().add(count, output_of(node.src), output_of(node.skip), dst);
    return;
  }
  node.layer->forward({.n = n,
                       .src = output_of(node.src),
                       .dst = dst,
                       .parameters = parameters_.data() + node.offset,
                       .packed = packed_of(i),
                       .scratch = space.scratch.data()});
}

// The gradient at this node's output is complete: whoever takes it comes behind it.
template <class T>
void InputGradient<T>::backward(std::size_t i, std::size_t n, const T* src, T* diff_src,
                                Space& space) const {
  const Node<T>& node = architecture_.nodes()[i];
  if (node.absorbed) return;
  const auto width_of = [&](std::size_t at) {
    return at == kInput<T> ? architecture_.input().elements()
                           : architecture_.nodes()[at].output.elements();
  };
  const auto add_to = [&](std::size_t at, const T* diff) {
    at = holder(at);
    T* sum = at == kInput<T> ? diff_src : space.diff[at].data();
    architecture_.kernels().add(n * width_of(at), sum, diff, sum);
  };
  const T* diff_dst = space.diff[i].data();
  if (!node.layer) {
    add_to(node.src, diff_dst);
    add_to(node.skip, diff_dst);
    return;
  }
  const std::size_t from = holder(node.src);
  const typename Layer<T>::Backward pass{.n = n,
                                         .src = from == kInput<T> ? src : space.dst[from].data(),
                                         .dst = space.dst[i].data(),
                                         .diff_dst = diff_dst,
                                         .diff_src = space.sum.data(),
                                         .parameters = parameters_.data() + node.offset,
                                         .packed = packed_of(i),
                                         .diff_parameters = nullptr,
                                         .accumulate = false,
                                         .scratch = space.scratch.data()};
  if (const auto* layer = dynamic_cast<const BatchLayer<T>*>(node.layer.get())) {
    layer->backward_in_use(pass);
  } else {
    node.layer->backward(pass);
  }
  add_to(node.src, space.sum.data());
}

template <class T>
void InputGradient<T>::gradient(std::size_t n, const T* src, const Upstream& upstream, T* diff_src,
                                Space& space) const {
  reserve(n, space);
  const std::size_t nodes = architecture_.nodes().size(), last = holder(nodes - 1);
  for (std::size_t i = 0; i < nodes; ++i) forward(i, n, src, space);
  for (auto& diff : space.diff) std::ranges::fill(diff, T(0));
  std::fill_n(diff_src, n * architecture_.input().elements(), T(0));
  upstream(n, space.dst[last].data(), space.diff[last].data());
  for (std::size_t i = nodes; i-- > 0;) backward(i, n, src, diff_src, space);
}

template class InputGradient<float>;
template class InputGradient<double>;
template class InputGradient<std::complex<double>>;

}  // namespace weft
