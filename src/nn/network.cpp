#include "nn/network.hpp"

#include <algorithm>
#include <array>
#include <complex>
#include <numeric>

#include "base/error.hpp"
#include "base/threads.hpp"

namespace weft {
namespace {

// Rows that go through the layers at once: with 784 inputs, a tile, the first layer's weights and
// their gradient fit in a second-level cache of 512 KB when there are 50 units.
constexpr std::size_t kTileRows = 64;
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

std::size_t part_begin(std::size_t whole, std::size_t parts, std::size_t i) {
  return whole * i / parts;
}

std::size_t round_up(std::size_t value, std::size_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
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
Network<T>::Network(const std::string& text, const Shape& input, const Kernels<T>& kernels,
                    int threads)
    : architecture_(text, input, kernels), pool_(std::make_unique<ThreadPool>(threads)) {
  parameters_.resize(architecture_.parameter_count());
  std::size_t packed = 0, widest = input.elements();
  for (const auto& layer : architecture_.layers()) {
    packed_offsets_.push_back(packed);
    packed += round_up(layer->packed_bytes(), 64);
    widest = std::max(widest, layer->output().elements());
  }
  packed_.resize(packed);
  workspaces_.resize(static_cast<std::size_t>(pool_->threads()));
  for (Workspace& workspace : workspaces_) {
    workspace.input.resize(kTileRows * input.elements());
    for (const auto& layer : architecture_.layers()) {
      workspace.dst.emplace_back(kTileRows * layer->output().elements());
    }
    workspace.diff.resize(kTileRows * widest);
    workspace.next_diff.resize(kTileRows * widest);
    workspace.labels.resize(kTileRows);
  }
  parameters_changed();
}

template <class T>
void Network<T>::parameters_changed() {
  pool_->for_each(architecture_.layers().size(), [&](std::size_t i, int) {
    architecture_.layers()[i]->pack(parameters_.data() + architecture_.layer_offset(i),
                                    packed_.data() + packed_offsets_[i]);
  });
}

template <class T>
const T* Network<T>::forward_tile(const RowSource<T>& source,
                                  std::span<const std::uint32_t> positions, Workspace& workspace) {
  const T* input = source.fetch(positions, workspace.input.data());
  const T* src = input;
  for (std::size_t i = 0; i < architecture_.layers().size(); ++i) {
    T* dst = workspace.dst[i].data();
    architecture_.layers()[i]->forward(
        {.n = positions.size(),
         .src = src,
         .dst = dst,
         .parameters = parameters_.data() + architecture_.layer_offset(i),
         .packed = packed_.data() + packed_offsets_[i]});
    src = dst;
  }
  return input;
}

template <class T>
void Network<T>::backward_tile(std::size_t n, const T* input, Workspace& workspace,
                               T* diff_parameters, bool accumulate) {
  T* diff_dst = workspace.diff.data();
  T* diff_src = workspace.next_diff.data();
  for (std::size_t i = architecture_.layers().size(); i-- > 0;) {
    const std::size_t offset = architecture_.layer_offset(i);
    architecture_.layers()[i]->backward({.n = n,
                                         .src = i == 0 ? input : workspace.dst[i - 1].data(),
                                         .dst = workspace.dst[i].data(),
                                         .diff_dst = diff_dst,
                                         .diff_src = i == 0 ? nullptr : diff_src,
                                         .parameters = parameters_.data() + offset,
                                         .diff_parameters = diff_parameters + offset,
                                         .accumulate = accumulate});
    std::swap(diff_dst, diff_src);
  }
}

template <class T>
void Network<T>::forward(const RowSource<T>& source, std::span<const std::uint32_t> positions,
                         T* logits) {
  const std::size_t outputs = architecture_.output().elements();
  const std::size_t tiles = (positions.size() + kTileRows - 1) / kTileRows;
  pool_->for_each(tiles, [&](std::size_t tile, int thread) {
    Workspace& workspace = workspaces_[static_cast<std::size_t>(thread)];
    const std::size_t begin = part_begin(positions.size(), tiles, tile);
    const std::size_t rows = part_begin(positions.size(), tiles, tile + 1) - begin;
    forward_tile(source, positions.subspan(begin, rows), workspace);
    std::copy_n(workspace.dst.back().data(), rows * outputs, logits + begin * outputs);
  });
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
                                    const Loss<T>& loss, T scale) {
  const std::size_t outputs = architecture_.output().elements();
  const std::size_t lanes = lanes_of(positions.size(), parameters_.size());
  const std::size_t stride = round_up(parameters_.size(), 64 / sizeof(float));
  gradients_.resize(parameters_.size());
  if (lane_gradients_.size() < lanes * stride) lane_gradients_.resize(lanes * stride);
  std::array<BatchResult<T>, kMostLanes> results{};

  pool_->for_each(lanes, [&](std::size_t lane, int thread) {
    Workspace& workspace = workspaces_[static_cast<std::size_t>(thread)];
    const std::size_t lane_begin = part_begin(positions.size(), lanes, lane);
    const std::size_t lane_rows = part_begin(positions.size(), lanes, lane + 1) - lane_begin;
    const std::size_t tiles = (lane_rows + kTileRows - 1) / kTileRows;
    for (std::size_t tile = 0; tile < tiles; ++tile) {
      const std::size_t begin = lane_begin + part_begin(lane_rows, tiles, tile);
      const std::size_t rows = lane_begin + part_begin(lane_rows, tiles, tile + 1) - begin;
      const auto tile_positions = positions.subspan(begin, rows);
      const T* input = forward_tile(source, tile_positions, workspace);
      for (std::size_t i = 0; i < rows; ++i) workspace.labels[i] = labels[tile_positions[i]];
      const T* logits = workspace.dst.back().data();
      results[lane].loss +=
          loss(rows, outputs, logits, workspace.labels.data(), scale, workspace.diff.data());
      results[lane].correct += count_correct(rows, outputs, logits, workspace.labels.data());
      backward_tile(rows, input, workspace, lane_gradients_.data() + lane * stride, tile > 0);
    }
  });

  const std::size_t blocks = (parameters_.size() + kReductionBlock - 1) / kReductionBlock;
  pool_->for_each(blocks, [&](std::size_t block, int) {
    const std::size_t begin = block * kReductionBlock;
    architecture_.kernels().sum_blocks(std::min(kReductionBlock, parameters_.size() - begin), lanes,
                                       stride, lane_gradients_.data() + begin,
                                       gradients_.data() + begin);
  });
  BatchResult<T> sum;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    sum.loss += results[lane].loss;
    sum.correct += results[lane].correct;
  }
  return sum;
}

template std::size_t count_correct(std::size_t, std::size_t, const float*, const Label*);
template std::size_t count_correct(std::size_t, std::size_t, const double*, const Label*);
template class Network<float>;
template class Network<double>;
template class Network<std::complex<double>>;

}  // namespace weft
