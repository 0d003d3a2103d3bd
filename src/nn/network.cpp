#include "nn/network.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numeric>
#include <utility>

#include "base/error.hpp"
#include "nn/layers/activation.hpp"

namespace weft {
namespace {

// Rows that go through the operations of a stage at once: with 784 inputs, 64 of them, the first
// layer's weights and their gradient fit in a second-level cache of 512 KB when there are 50 units.
constexpr std::size_t kMostTileRows = 64;
constexpr std::size_t kTileValues = std::size_t{1} << 18;
constexpr std::size_t kMostLanes = 8;
constexpr std::size_t kLeastLaneRows = 32;
constexpr std::size_t kReductionBlock = 4096;
constexpr std::size_t kLineValues = 16;  // lanes begin at cache lines

constexpr std::size_t kMostLaneValues = std::size_t{1} << 26;  // in all lanes' gradients together

// A power of two, so that the lanes of a batch keep 2, 4 or 8 cores equally busy; fewer where the
// network is large.
std::size_t lanes_of(std::size_t rows, std::size_t parameters) {
  std::size_t lanes = 1;
  while (lanes < kMostLanes && rows / (2 * lanes) >= kLeastLaneRows &&
         2 * lanes * parameters <= kMostLaneValues) {
    lanes *= 2;
  }
  return lanes;
}

std::size_t tile_rows(const Stage& stage) {
  return std::clamp<std::size_t>(kTileValues / stage.widest, 1, kMostTileRows);
}

std::size_t part_begin(std::size_t whole, std::size_t parts, std::size_t i) {
  return whole * i / parts;
}

std::size_t round_up(std::size_t value, std::size_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

template <class T>
BatchLayer<T>* batch_layer(const Node<T>& node) {
  return dynamic_cast<BatchLayer<T>*>(node.layer.get());
}

}  // namespace

template <class T>
std::size_t count_correct(std::size_t n, std::size_t classes, const T* logits,
                          const Label* labels) {
  std::size_t correct = 0;
  for (std::size_t s = 0; s < n; ++s) {
    const T* row = logits + s * classes;
    const T* largest = std::max_element(
        row, row + classes, [](const T& a, const T& b) { return real_part(a) < real_part(b); });
    correct += largest - row == labels[s] ? 1 : 0;
  }
  return correct;
}

template <class T>
struct Network<T>::Batch {
  const RowSource<T>& source;
  std::span<const std::uint32_t> positions;
  const Plan& plan;
  const TrainingDraw* draw = nullptr;  // none: not training
  const Label* labels = nullptr;
  const Loss<T>* loss = nullptr;
  T scale{};
  std::span<float> difficulty = {};
};

template <class T>
struct Network<T>::Tile {
  std::size_t begin, rows;  // in the batch
  std::size_t first;        // of them in the workspace
  Workspace<T>& space;
  const T* input;  // of the network
  int thread;
  std::size_t lane = 0;
  bool opens_lane = true;
  WorkPart part = {};
  BatchResult<T>* result = nullptr;
};

template <class T>
Network<T>::Network(const std::string& text, const Shape& input, const Kernels<T>& kernels,
                    int threads)
    : architecture_(text, input, kernels),
      pool_(std::make_unique<ThreadPool>(threads)),
      training_(plan_training(architecture_)),
      inference_(plan_inference(architecture_)) {
  parameters_.resize(architecture_.parameter_count());
  for (const Parameter& parameter : architecture_.parameters()) {
    if (parameter.shape.rank() != 1) continue;
    std::fill_n(parameters_.data() + parameter.offset, parameter.shape.elements(),
                static_cast<T>(parameter.constant));
  }
  std::size_t packed = 0;
  for (const Node<T>& node : architecture_.nodes()) {
    packed_offsets_.push_back(packed);
    if (!node.layer) continue;
    packed += round_up(node.layer->packed_bytes(), 64);
    if (const auto* layer = batch_layer(node)) {
      most_sums_ = std::max(most_sums_, layer->sums());
      continue;
    }
    std::size_t at = node.offset;
    for (const Parameter& parameter : node.layer->parameters()) {
      const std::size_t end = at + parameter.shape.elements();
      for (; at < end && parameter.trained; at += std::min(kReductionBlock, end - at)) {
        reduced_.push_back({at, std::min(kReductionBlock, end - at)});
      }
      at = end;
    }
  }
  packed_.resize(packed);
  const auto count = static_cast<std::size_t>(pool_->threads());
  gates_.resize(architecture_.nodes().size());
  scratch_.resize(count);
  labels_.resize(count);
  mixed_.resize(count);
  inference_spaces_.resize(count);
  training_spaces_.resize(training_.stages.size() == 1 ? count : 1);
}

template <class T>
void Network<T>::start_profile() {
  profiles_.assign(static_cast<std::size_t>(pool_->threads()),
                   Profile(architecture_.nodes().size()));
}

template <class T>
Profile Network<T>::take_profile() {
  const std::size_t nodes = architecture_.nodes().size();
  Profile sum(nodes);
  for (Profile& profile : profiles_) sum += std::exchange(profile, Profile(nodes));
  return sum;
}

template <class T>
double* Network<T>::time_of(double Profile::*part, int thread) {
  return profiles_.empty() ? nullptr : &(profiles_[static_cast<std::size_t>(thread)].*part);
}

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
const T* Network<T>::parameters_of(std::size_t node) const {
  return parameters_.data() + architecture_.nodes()[node].offset;
}

template <class T>
std::byte* Network<T>::packed_of(std::size_t node) {
  return packed_.data() + packed_offsets_[node];
}

template <class T>
void Network<T>::pack(const Plan& plan) {
  if (packed_for_ == &plan) return;
  const auto& nodes = architecture_.nodes();
  pool_->for_each(nodes.size(), [&](std::size_t i, int thread) {
    const Timed timed(time_of(&Profile::pack, thread));
    if (!nodes[i].layer || plan.folds_at(i)) return;
    nodes[i].layer->pack(parameters_of(i), &plan == &training_, packed_of(i));
  });
  // They need what the nodes behind them have packed.
  pool_->for_each(plan.folds.size(), [&](std::size_t i, int thread) {
    const Timed timed(time_of(&Profile::pack, thread));
    if (plan.folds_at(i)) pack_folded(i, plan.folds[i]);
  });
  packed_for_ = &plan;
}

template <class T>
void Network<T>::pack_folded(std::size_t folding, std::size_t folded) {
  const Node<T>& node = architecture_.nodes()[folding];
  const Node<T>& next = architecture_.nodes()[folded];
  const std::size_t channels = node.output.shape[0];
  const std::vector<T> ones(channels, T(1)), zeros(channels, T(0));
  typename BatchLayer<T>::Affine affine{ones.data(), zeros.data(), Gate::identity, T(0)};
  if (const auto* layer = batch_layer(next)) {
    affine = layer->affine(packed_of(folded));
  } else {
    const auto& activation = dynamic_cast<const Activation<T>&>(*next.layer);
    affine.gate = *activation.gate();
    affine.slope = static_cast<T>(activation.slope());
  }
  node.layer->pack_folded(parameters_of(folding), affine.scale, affine.shift, packed_of(folding));
  gates_[folding] = {affine.gate, affine.slope};
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
  const T* logits = output_of(operation.node, batch, tile);
  std::vector<Label>& labels = labels_[static_cast<std::size_t>(tile.thread)];
  for (std::size_t i = 0; i < tile.rows; ++i) {
    labels[i] = batch.labels[batch.positions[tile.begin + i]];
  }
  T* diff = tile.space.diff[operation.diff_dst].data() + tile.first * outputs;
  if (batch.source.mixes()) {
    tile.result->loss += mixed_loss(batch, tile, logits, diff);
  } else {
    tile.result->loss +=
        (*batch.loss)(tile.rows, outputs, logits, labels.data(), batch.scale, diff);
  }
  tile.result->correct += count_correct(tile.rows, outputs, logits, labels.data());
  if (!batch.difficulty.empty()) note_difficulty(batch, tile, diff);
}

template <class T>
void Network<T>::note_difficulty(const Batch& batch, const Tile& tile, const T* diff) {
  const std::size_t outputs = architecture_.output().elements();
  for (std::size_t i = 0; i < tile.rows; ++i) {
    double square = 0;
    for (std::size_t c = 0; c < outputs; ++c) {
      const auto value = static_cast<double>(real_part(diff[i * outputs + c] / batch.scale));
      square += value * value;
    }
    batch.difficulty[batch.positions[tile.begin + i]] = static_cast<float>(std::sqrt(square));
  }
}

template <class T>
Sum<T> Network<T>::loss_at_all_labels(const Batch& batch, const T* logits, T* diff,
                                      std::vector<T>& of_one) {
  const std::size_t outputs = architecture_.output().elements();
  const double share = 1 / static_cast<double>(outputs);
  Sum<T> sum{};
  std::fill_n(diff, outputs, T{});
  for (std::size_t label = 0; label < outputs; ++label) {
    const auto one = static_cast<Label>(label);
    sum += share * (*batch.loss)(1, outputs, logits, &one, static_cast<T>(share) * batch.scale,
                                 of_one.data());
    for (std::size_t c = 0; c < outputs; ++c) diff[c] += of_one[c];
  }
  return sum;
}

// The loss at both labels of each row, each as much as there is of it; of junk, at all labels
// alike.
template <class T>
Sum<T> Network<T>::mixed_loss(const Batch& batch, const Tile& tile, const T* logits, T* diff) {
  const std::size_t outputs = architecture_.output().elements();
  std::vector<T>& of_other = mixed_[static_cast<std::size_t>(tile.thread)];
  Sum<T> sum{};
  for (std::size_t i = 0; i < tile.rows; ++i, logits += outputs, diff += outputs) {
    const std::uint32_t position = batch.positions[tile.begin + i];
    const Mixture mix = batch.source.mixture(position);
    if (mix.junk) {
      sum += loss_at_all_labels(batch, logits, diff, of_other);
      continue;
    }
    const double own = 1 - static_cast<double>(mix.share), other = static_cast<double>(mix.share);
    sum += own * (*batch.loss)(1, outputs, logits, batch.labels + position,
                               static_cast<T>(own) * batch.scale, diff);
    sum += other * (*batch.loss)(1, outputs, logits, batch.labels + mix.other,
                                 static_cast<T>(other) * batch.scale, of_other.data());
    for (std::size_t c = 0; c < outputs; ++c) diff[c] += of_other[c];
  }
  return sum;
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
  T* lane = lane_gradients_.data() + tile.lane * round_up(parameters_.size(), kLineValues);
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

template <class T>
void Network<T>::reserve(const Plan& plan, std::vector<Workspace<T>>& spaces, std::size_t rows) {
  const bool shared = plan.stages.size() > 1;
  std::size_t most_tile = 1;
  for (const Stage& stage : plan.stages) most_tile = std::max(most_tile, tile_rows(stage));
  most_tile = std::min(most_tile, rows);
  for (Workspace<T>& space : spaces) {
    space.reserve(plan, architecture_.input().elements(), shared ? rows : most_tile);
  }
  std::size_t bytes = 0;
  for (const Node<T>& node : architecture_.nodes()) {
    if (node.layer) bytes = std::max(bytes, node.layer->scratch_bytes(most_tile));
  }
  for (auto& scratch : scratch_) {
    if (scratch.size() < bytes) scratch.resize(bytes);
  }
  for (auto& labels : labels_) labels.resize(most_tile);
  for (auto& mixed : mixed_) mixed.resize(architecture_.output().elements());
}

template <class T>
void Network<T>::forward(const RowSource<T>& source, std::span<const std::uint32_t> positions,
                         T* logits) {
  const Timed timed(time_of(&Profile::whole), pool_->threads());
  pack(inference_);
  reserve(inference_, inference_spaces_, positions.size());
  const Batch batch{.source = source, .positions = positions, .plan = inference_};
  const Stage& stage = inference_.stages.front();
  const std::size_t outputs = architecture_.output().elements();
  const std::size_t most = tile_rows(stage), tiles = (positions.size() + most - 1) / most;
  if (tiles == 1 && pool_->threads() > 1) return forward_together(batch, logits);
  pool_->for_each(tiles, [&](std::size_t i, int thread) {
    const std::size_t begin = part_begin(positions.size(), tiles, i);
    Tile tile{.begin = begin,
              .rows = part_begin(positions.size(), tiles, i + 1) - begin,
              .first = 0,
              .space = inference_spaces_[static_cast<std::size_t>(thread)],
              .input = nullptr,
              .thread = thread};
    for (const Operation& operation : stage.operations) run(operation, batch, tile);
    std::copy_n(output_of(architecture_.nodes().size() - 1, batch, tile), tile.rows * outputs,
                logits + begin * outputs);
  });
}

// So few rows that the threads share each layer's work instead.
template <class T>
void Network<T>::forward_together(const Batch& batch, T* logits) {
  Tile tile{.begin = 0,
            .rows = batch.positions.size(),
            .first = 0,
            .space = inference_spaces_.front(),
            .input = nullptr,
            .thread = 0};
  for (const Operation& operation : batch.plan.stages.front().operations) {
    const Layer<T>* layer = architecture_.nodes()[operation.node].layer.get();
    if (operation.kind != Operation::forward || !layer || !layer->shares_forward()) {
      run(operation, batch, tile);
      continue;
    }
    const auto count = static_cast<std::size_t>(pool_->threads());
    pool_->for_each(count, [&](std::size_t i, int thread) {
      Tile share = tile;
      share.thread = thread;
      share.part = {i, count};
      run(operation, batch, share);
    });
  }
  std::copy_n(output_of(architecture_.nodes().size() - 1, batch, tile),
              tile.rows * architecture_.output().elements(), logits);
}

template <class T>
void Network<T>::forward(const RowSource<T>& source, T* logits) {
  std::vector<std::uint32_t> positions(source.rows());
  std::iota(positions.begin(), positions.end(), 0U);
  forward(source, positions, logits);
}

template <class T>
BatchResult<T> Network<T>::gradient(const RowSource<T>& source,
                                    std::span<const std::uint32_t> positions, const Label* labels,
                                    const Loss<T>& loss, T scale, const TrainingDraw& draw,
                                    std::span<float> difficulty) {
  const Timed timed(time_of(&Profile::whole), pool_->threads());
  pack(training_);
  reserve(training_, training_spaces_, positions.size());
  const std::size_t lanes = lanes_of(positions.size(), parameters_.size());
  const std::size_t lane_values = lanes * round_up(parameters_.size(), kLineValues);
  gradients_.resize(parameters_.size());
  if (lane_gradients_.size() < lane_values) lane_gradients_.resize(lane_values);
  if (lane_sums_.size() < lanes * most_sums_) lane_sums_.resize(lanes * most_sums_);
  const Batch batch{.source = source,
                    .positions = positions,
                    .plan = training_,
                    .draw = &draw,
                    .labels = labels,
                    .loss = &loss,
                    .scale = scale,
                    .difficulty = difficulty};
  std::array<BatchResult<T>, kMostLanes> results{};
  for (const Stage& stage : training_.stages) {
    pool_->for_each(lanes, [&](std::size_t lane, int thread) {
      run_lane(stage, batch, lane, lanes, thread, results[lane]);
    });
    if (&stage != &training_.stages.back()) settle(stage.operations.back(), batch, lanes);
  }
  // Packed for the next pass are the running statistics now, no longer the batch's.
  if (training_.stages.size() > 1) packed_for_ = nullptr;

  pool_->for_each(reduced_.size(), [&](std::size_t i, int thread) {
    const Timed reduction(time_of(&Profile::reduce, thread));
    const auto [begin, count] = reduced_[i];
    architecture_.kernels().sum_blocks(count, lanes, round_up(parameters_.size(), kLineValues),
                                       lane_gradients_.data() + begin, gradients_.data() + begin);
  });
  BatchResult<T> sum;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    sum.loss += results[lane].loss;
    sum.correct += results[lane].correct;
  }
  return sum;
}

template <class T>
void Network<T>::run_lane(const Stage& stage, const Batch& batch, std::size_t lane,
                          std::size_t lanes, int thread, BatchResult<T>& result) {
  const bool shared = training_.stages.size() > 1;
  Workspace<T>& space = training_spaces_[shared ? 0 : static_cast<std::size_t>(thread)];
  const std::size_t lane_begin = part_begin(batch.positions.size(), lanes, lane);
  const std::size_t rows = part_begin(batch.positions.size(), lanes, lane + 1) - lane_begin;
  const std::size_t most = tile_rows(stage), tiles = (rows + most - 1) / most;
  for (std::size_t i = 0; i < tiles; ++i) {
    const std::size_t begin = lane_begin + part_begin(rows, tiles, i);
    const std::size_t first = shared ? begin : 0;
    Tile tile{.begin = begin,
              .rows = lane_begin + part_begin(rows, tiles, i + 1) - begin,
              .first = first,
              .space = space,
              .input = space.input.data() + first * architecture_.input().elements(),
              .thread = thread,
              .lane = lane,
              .opens_lane = i == 0,
              .result = &result};
    for (const Operation& operation : stage.operations) run(operation, batch, tile);
  }
}

template std::size_t count_correct(std::size_t, std::size_t, const float*, const Label*);
template std::size_t count_correct(std::size_t, std::size_t, const double*, const Label*);
template class Network<float>;
template class Network<double>;
template class Network<std::complex<double>>;

}  // namespace weft
