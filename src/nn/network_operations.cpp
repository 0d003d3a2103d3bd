// What each kind of operation of a plan does to a tile of a batch.
#include <algorithm>
#include <complex>

#include "nn/network_parts.hpp"

namespace weft {

template <class T>
double* Network<T>::time_of(const Operation& operation, int thread) {
  if (profiles_.empty()) return nullptr;
  Profile& profile = profiles_[static_cast<std::size_t>(thread)];
  switch (operation.kind) {
    case Operation::fetch:
      return &profile.fetch;
    case Operation::loss:
      return &profile.loss;
    case Operation::forward:
    case Operation::gather_forward:
      return &profile.forward[operation.node];
    case Operation::backward:
    case Operation::gather_backward:
      break;
  }
  return &profile.backward[operation.node];
}

template <class T>
T* Network<T>::output_of(std::size_t node, const Batch& batch, const Tile& tile) const {
  if (node == Node<T>::kNone) return const_cast<T*>(tile.input);
  const std::size_t values = architecture_.nodes()[node].output.elements();
  return tile.space.dst[batch.plan.dst[node]].data() + tile.first * values;
}

template <class T>
void Network<T>::run(const Operation& operation, const Batch& batch, Tile& tile) {
  const Timed timed(time_of(operation, tile.thread));
  switch (operation.kind) {
    case Operation::fetch:
      fetch(batch, tile);
      break;
    case Operation::forward:
    case Operation::gather_forward:
      forward(operation, batch, tile);
      break;
    case Operation::loss:
      loss(operation, batch, tile);
      break;
    case Operation::backward:
    case Operation::gather_backward:
      backward(operation, batch, tile);
      break;
  }
}

// Where other stages will look for it, the input is brought to the workspace.
template <class T>
void Network<T>::fetch(const Batch& batch, Tile& tile) {
  const std::size_t values = architecture_.input().elements();
  T* buffer = tile.space.input.data() + tile.first * values;
  tile.input = batch.source.fetch(batch.positions.subspan(tile.begin, tile.rows), buffer);
  if (batch.plan.stages.size() == 1 || tile.input == buffer) return;
  std::copy_n(tile.input, tile.rows * values, buffer);
  tile.input = buffer;
}

template <class T>
void Network<T>::forward(const Operation& operation, const Batch& batch, const Tile& tile) {
  const Node<T>& node = architecture_.nodes()[operation.node];
  const T* src = output_of(node.src, batch, tile);
  T* dst = output_of(operation.node, batch, tile);
  if (!node.layer) {
    architecture_.kernels().add(tile.rows * node.output.elements(), src,
                                output_of(node.skip, batch, tile), dst);
    return;
  }
  const typename Layer<T>::Forward pass{
      .n = tile.rows,
      .src = src,
      .dst = dst,
      .parameters = parameters_of(operation.node),
      .packed = packed_of(operation.node),
      .scratch = scratch_[static_cast<std::size_t>(tile.thread)].data(),
      .draw = batch.draw,
      .first_row = tile.begin,
      .folded = batch.plan.folds_at(operation.node),
      .gate = gates_[operation.node].gate,
      .slope = gates_[operation.node].slope,
      .part = tile.part};
  if (operation.kind == Operation::gather_forward) {
    batch_layer(node)->gather(pass, lane_sums_.data() + tile.lane * most_sums_);
  } else {
    node.layer->forward(pass);
  }
}

template <class T>
void Network<T>::loss(const Operation& operation, const Batch& batch, const Tile& tile) {
  const std::size_t outputs = architecture_.output().elements();
  const LossRows<T> rows{batch.source, batch.positions.subspan(tile.begin, tile.rows),
                         batch.labels, *batch.loss,
                         batch.scale,  outputs};
  T* diff = tile.space.diff[operation.diff_dst].data() + tile.first * outputs;
  const BatchResult<T> result = loss_of(rows, output_of(operation.node, batch, tile), diff,
                                        loss_spaces_[static_cast<std::size_t>(tile.thread)]);
  tile.result->loss += result.loss;
  tile.result->correct += result.correct;
  if (!batch.difficulty.empty()) note_difficulty(rows, diff, batch.difficulty);
}

template <class T>
void Network<T>::backward(const Operation& operation, const Batch& batch, const Tile& tile) {
  const Node<T>& node = architecture_.nodes()[operation.node];
  const std::size_t out = node.output.elements();
  const std::size_t in = node.src == Node<T>::kNone
                             ? architecture_.input().elements()
                             : architecture_.nodes()[node.src].output.elements();
  const auto diff_at = [&](std::size_t slot, std::size_t values) -> T* {
    if (slot == Operation::kNone) return nullptr;
    return tile.space.diff[slot].data() + tile.first * values;
  };
  T* diff_dst = diff_at(operation.diff_dst, out);
  if (!node.layer) {
    std::copy_n(diff_dst, tile.rows * out, diff_at(operation.add_to, out));
    return;
  }
  T* lane = lane_gradients_.data() + tile.lane * lane_values();
  typename Layer<T>::Backward pass{
      .n = tile.rows,
      .src = output_of(node.src, batch, tile),
      .dst = output_of(operation.node, batch, tile),
      .diff_dst = diff_dst,
      .diff_src = diff_at(operation.diff_src, in),
      .parameters = parameters_of(operation.node),
      .packed = packed_of(operation.node),
      .diff_parameters = lane + node.offset,
      .accumulate = !tile.opens_lane,
      .scratch = scratch_[static_cast<std::size_t>(tile.thread)].data(),
      .draw = batch.draw,
      .first_row = tile.begin};
  if (operation.kind == Operation::gather_backward) {
    pass.diff_src = diff_dst;
    batch_layer(node)->gather(pass, lane_sums_.data() + tile.lane * most_sums_);
    return;
  }
  node.layer->backward(pass);
  if (operation.add_to == Operation::kNone) return;
  T* sum = diff_at(operation.add_to, in);
  architecture_.kernels().add(tile.rows * in, sum, pass.diff_src, sum);
}

template <class T>
void Network<T>::settle(const Operation& last, const Batch& batch, std::size_t lanes) {
  const Timed timed(time_of(last, 0));
  const Node<T>& node = architecture_.nodes()[last.node];
  const BatchLayer<T>& layer = *batch_layer(node);
  for (std::size_t lane = 1; lane < lanes; ++lane) {
    for (std::size_t i = 0; i < layer.sums(); ++i) {
      lane_sums_[i] += lane_sums_[lane * most_sums_ + i];
    }
  }
  const std::size_t rows = batch.positions.size();
  if (last.kind == Operation::gather_forward) {
    layer.settle_forward(rows, lane_sums_.data(), parameters_.data() + node.offset,
                         packed_of(last.node));
  } else {
    layer.settle_backward(rows, lane_sums_.data(), packed_of(last.node),
                          gradients_.data() + node.offset);
  }
  std::ranges::fill(lane_sums_, Sum<T>(0));
}

template float* Network<float>::output_of(std::size_t, const Batch&, const Tile&) const;
template void Network<float>::run(const Operation&, const Batch&, Tile&);
template void Network<float>::settle(const Operation&, const Batch&, std::size_t);
template double* Network<double>::output_of(std::size_t, const Batch&, const Tile&) const;
template void Network<double>::run(const Operation&, const Batch&, Tile&);
template void Network<double>::settle(const Operation&, const Batch&, std::size_t);
template std::complex<double>* Network<std::complex<double>>::output_of(std::size_t, const Batch&,
                                                                        const Tile&) const;
template void Network<std::complex<double>>::run(const Operation&, const Batch&, Tile&);
template void Network<std::complex<double>>::settle(const Operation&, const Batch&, std::size_t);

}  // namespace weft
