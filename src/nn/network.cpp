#include "nn/network.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numeric>
#include <utility>

#include "base/error.hpp"
#include "nn/layers/activation.hpp"
#include "nn/network_parts.hpp"

namespace weft {
namespace {

// Rows that go through the operations of a stage at once: with 784 inputs, 64 of them, the first
// layer's weights and their gradient fit in a second-level cache of 512 KB when there are 50 units.
constexpr std::size_t kMostTileRows = 64;
constexpr std::size_t kTileValues = std::size_t{1} << 18;
constexpr std::size_t kMostLanes = 8;
constexpr std::size_t kLeastLaneRows = 32;
constexpr std::size_t kReductionBlock = 4096;

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

}  // namespace

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
  loss_spaces_.resize(count);
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
  gradients_.resize(parameters_.size());
  if (lane_gradients_.size() < lanes * lane_values()) {
    lane_gradients_.resize(lanes * lane_values());
  }
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
    architecture_.kernels().sum_blocks(count, lanes, lane_values(), lane_gradients_.data() + begin,
                                       gradients_.data() + begin);
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

template class Network<float>;
template class Network<double>;
template class Network<std::complex<double>>;

}  // namespace weft
