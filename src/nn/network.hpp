// A network at work: an architecture, one block of parameters, and the passes over a batch.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/threads.hpp"
#include "data/rows.hpp"
#include "nn/architecture.hpp"
#include "nn/batch_loss.hpp"
#include "nn/plan.hpp"
#include "nn/profile.hpp"
#include "nn/workspace.hpp"
#include "tensor/aligned.hpp"

namespace weft {

// A batch goes through the plan's stages in tiles of rows that stay in the cache. Gradients, and
// what batch layers gather, are summed in lanes that depend on the batch's size alone, and the
// lanes in order, so that the number of threads changes no bit of the result. A step allocates
// nothing once the first batch has been through.
template <class T>
class Network {
 public:
  Network(const std::string& text, const Shape& input, const Kernels<T>& kernels, int threads);

  const Architecture<T>& architecture() const { return architecture_; }
  ThreadPool& pool() { return *pool_; }  // for the optimizer's pass over the same block

  // The block of parameters. After writing to it, call parameters_changed().
  std::span<T> parameters() { return parameters_; }
  std::span<const T> parameters() const { return parameters_; }
  void parameters_changed() { packed_for_ = nullptr; }

  // logits {positions.size(), outputs} is assigned.
  void forward(const RowSource<T>& source, std::span<const std::uint32_t> positions, T* logits);
  void forward(const RowSource<T>& source, T* logits);  // of all rows in their order

  // The loss over the rows at these positions; gradients() becomes `scale` times the gradient of
  // its sum. labels: of all rows of the source. Running statistics among the parameters move.
  // difficulty: where not empty, of all rows of the source; that of these rows is assigned, the
  // length of the gradient of the row's own loss at its logits, which bounds that at the weights
  // (Katharopoulos and Fleuret, 2018).
  BatchResult<T> gradient(const RowSource<T>& source, std::span<const std::uint32_t> positions,
                          const Label* labels, const Loss<T>& loss, T scale,
                          const TrainingDraw& draw = {}, std::span<float> difficulty = {});
  std::span<const T> gradients() const { return gradients_; }

  // From here on the passes are timed. take_profile: of those since it was last called.
  void start_profile();
  Profile take_profile();

 private:
  struct Batch;  // what a step's operations share
  struct Tile;   // some of its rows, and who computes them

  void pack(const Plan& plan);
  void pack_folded(std::size_t folding, std::size_t folded);
  void forward_together(const Batch& batch, T* logits);
  // Where a thread's time on this operation is summed up; null where nobody wants to know.
  double* time_of(const Operation& operation, int thread);
  double* time_of(double Profile::*part, int thread = 0);
  // A lane's gradients and what fills its last cache line.
  std::size_t lane_values() const { return (parameters_.size() + 15) / 16 * 16; }
  const T* parameters_of(std::size_t node) const;
  std::byte* packed_of(std::size_t node);
  void run(const Operation& operation, const Batch& batch, Tile& tile);
  void fetch(const Batch& batch, Tile& tile);
  void forward(const Operation& operation, const Batch& batch, const Tile& tile);
  void backward(const Operation& operation, const Batch& batch, const Tile& tile);
  void loss(const Operation& operation, const Batch& batch, const Tile& tile);
  T* output_of(std::size_t node, const Batch& batch, const Tile& tile) const;
  // What the lanes gathered, added up in order, goes to the layer of the stage's last operation.
  void settle(const Operation& last, const Batch& batch, std::size_t lanes);
  void reserve(const Plan& plan, std::vector<Workspace<T>>& spaces, std::size_t rows);
  void run_lane(const Stage& stage, const Batch& batch, std::size_t lane, std::size_t lanes,
                int thread, BatchResult<T>& result);

  Architecture<T> architecture_;
  std::unique_ptr<ThreadPool> pool_;
  AlignedVector<T> parameters_, gradients_, lane_gradients_;
  struct Range {
    std::size_t begin, count;
  };
  std::vector<Range> reduced_;  // pieces of the gradients that are summed over the lanes
  AlignedVector<std::byte> packed_;
  std::vector<std::size_t> packed_offsets_;
  const Plan* packed_for_ = nullptr;  // none: the parameters have changed
  struct Gated {
    Gate gate = Gate::identity;
    T slope{};
  };
  std::vector<Gated> gates_;   // of each node, in use: what is folded into it
  std::size_t most_sums_ = 0;  // that any batch layer gathers
  std::vector<Sum<T>> lane_sums_;
  Plan training_, inference_;
  std::vector<Workspace<T>> training_spaces_, inference_spaces_;
  std::vector<AlignedVector<std::byte>> scratch_;  // one a thread
  std::vector<LossSpace<T>> loss_spaces_;          // likewise
  std::vector<Profile> profiles_;                  // likewise; none while nothing is timed
};

}  // namespace weft
