// A network: a list of layers over one block of parameters, and the passes over a batch.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/threads.hpp"
#include "data/rows.hpp"
#include "nn/layer.hpp"
#include "tensor/aligned.hpp"

namespace weft {

// What a network is before it has numbers. Building one allocates nothing that grows with the sizes
// asked for.
template <class T>
class Architecture {
 public:
  // Throws Error(usage) with the layer, the rule and both shapes; also above 2^28 parameters.
  Architecture(const std::string& text, const Shape& input, const Kernels<T>& kernels);

  std::string text() const;  // in its usual form, defaults left out
  const Shape& input() const { return input_; }
  Shape output() const { return layers_.back()->output(); }
  const std::vector<std::unique_ptr<Layer<T>>>& layers() const { return layers_; }
  const Kernels<T>& kernels() const { return kernels_; }

  // All parameters in the order of the layers, named "layers.I.weight".
  const std::vector<Parameter>& parameters() const { return parameters_; }
  std::size_t parameter_count() const { return parameter_count_; }
  std::size_t layer_offset(std::size_t layer) const { return layer_offsets_[layer]; }
  std::size_t multiply_adds() const;  // of one sample's forward pass

 private:
  Shape input_;
  const Kernels<T>& kernels_;
  std::vector<std::unique_ptr<Layer<T>>> layers_;
  std::vector<Parameter> parameters_;
  std::vector<std::size_t> layer_offsets_;
  std::size_t parameter_count_ = 0;
};

// A loss over some rows: as Kernels<T>::softmax_cross_entropy and its siblings.
template <class T>
using Loss = std::function<Sum<T>(std::size_t n, std::size_t classes, const T* logits,
                                  const Label* labels, T scale, T* diff_logits)>;

// Rows whose largest logit is their label's; ties go to the lower class.
template <class T>
std::size_t count_correct(std::size_t n, std::size_t classes, const T* logits, const Label* labels);

template <class T>
struct BatchResult {
  Sum<T> loss{};            // summed over the rows
  std::size_t correct = 0;  // as count_correct counts
};

// A batch goes through in tiles of rows that fit in a core's cache, each tile forward and backward
// at once. Gradients are summed in lanes that depend on the batch's size alone, and the lanes in
// order, so that the number of threads changes no bit of the result. A step allocates nothing once
// the first batch has been through.
template <class T>
class Network {
 public:
  Network(const std::string& text, const Shape& input, const Kernels<T>& kernels, int threads);

  const Architecture<T>& architecture() const { return architecture_; }
  ThreadPool& pool() { return *pool_; }  // for the optimizer's pass over the same block

  // The block of parameters. After writing to it, call parameters_changed().
  std::span<T> parameters() { return parameters_; }
  std::span<const T> parameters() const { return parameters_; }
  void parameters_changed();

  // logits {positions.size(), outputs} is assigned.
  void forward(const RowSource<T>& source, std::span<const std::uint32_t> positions, T* logits);
  void forward(const RowSource<T>& source, T* logits);  // of all rows in their order

  // The loss over the rows at these positions; gradients() becomes `scale` times the gradient of
  // its sum. labels: of all rows of the source.
  BatchResult<T> gradient(const RowSource<T>& source, std::span<const std::uint32_t> positions,
                          const Label* labels, const Loss<T>& loss, T scale);
  std::span<const T> gradients() const { return gradients_; }

 private:
  // A thread's tile: the network's input, every layer's dst, and the gradients on their way back.
  struct Workspace {
    AlignedVector<T> input;
    std::vector<AlignedVector<T>> dst;
    AlignedVector<T> diff, next_diff;
    std::vector<Label> labels;
  };

  // Runs the layers over the rows at these positions; returns where the input stands.
  const T* forward_tile(const RowSource<T>& source, std::span<const std::uint32_t> positions,
                        Workspace& workspace);
  // From workspace.diff, the gradient at the last layer's dst, down to the first layer's
  // parameters.
  void backward_tile(std::size_t n, const T* input, Workspace& workspace, T* diff_parameters,
                     bool accumulate);

  Architecture<T> architecture_;
  std::unique_ptr<ThreadPool> pool_;
  AlignedVector<T> parameters_, gradients_, lane_gradients_;
  AlignedVector<std::byte> packed_;
  std::vector<std::size_t> packed_offsets_;
  std::vector<Workspace> workspaces_;
};

}  // namespace weft
