// What every layer is: a shape rule, parameters, a forward pass and a backward pass written by
// hand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kernels/kernels.hpp"
#include "nn/network_text.hpp"
#include "weft/tensor.hpp"

namespace weft {

// One parameter array of a layer.
struct Parameter {
  std::string name;      // "weight" or "bias"; in a network "layers.0.weight"
  Shape shape;           // dense weight: {out, in}
  std::size_t fan_in;    // inputs of one output: what initialisation scales by
  std::size_t fan_out;   // outputs of one input
  bool decays;           // is it pulled towards zero by weight decay, L1 and L2?
  std::size_t offset{};  // in the network's block of parameters
  bool trained = true;   // does the optimizer move it? Else its gradient is zero
  double constant = 0;   // what those of rank 1 begin as
};

// A sample's values in memory: a picture {channels, height, width} in blocks of channels
// (kernels.hpp), anything else in row-major order.
struct Layout {
  Shape shape;
  std::size_t block = 1;

  std::size_t elements() const {
    if (block == 1) return shape.elements();
    return padded_channels(shape[0], block) * shape[1] * shape[2];
  }
};

// What a pass in training draws its random numbers from.
struct TrainingDraw {
  std::uint64_t seed = 0;
  std::uint32_t step = 0;
};

// A layer holds no numbers of its own: parameters, activations and gradients belong to the network
// and are passed in, so that one layer serves many threads. Rows are samples; a row has
// elements() values of its layout.
template <class T>
class Layer {
 public:
  virtual ~Layer() = default;

  virtual std::string text() const = 0;  // its words in the network text, defaults left out
  virtual Layout output() const = 0;     // of one sample
  virtual std::vector<Parameter> parameters() const { return {}; }
  // Multiply-adds of one sample's forward pass.
  virtual std::size_t multiply_adds() const { return 0; }
  // May diff_src be diff_dst?
  virtual bool backward_in_place() const { return false; }
  // Does the backward pass read src, and dst?
  virtual bool backward_reads_src() const { return true; }
  virtual bool backward_reads_dst() const { return false; }

  // Once after the parameters change: assigns `packed` (packed_bytes(), 64-byte aligned), which
  // the passes read; what only the backward pass reads, when `backward`.
  virtual std::size_t packed_bytes() const { return 0; }
  virtual void pack(const T* /*parameters*/, bool /*backward*/, void* /*packed*/) const {}

  // In use, a layer may do the work of a batchnorm behind it, and of an activation behind either:
  // dst = gate(scale_c dst + shift_c), with `scale` and `shift` of each channel put into what is
  // packed (1 and 0 where there is no batchnorm).
  virtual bool can_fold() const { return false; }
  virtual void pack_folded(const T* /*parameters*/, const T* /*scale*/, const T* /*shift*/,
                           void* /*packed*/) const {}

  // Memory that a pass over at most `rows` rows works in, 64-byte aligned.
  virtual std::size_t scratch_bytes(std::size_t /*rows*/) const { return 0; }

  // dst {n, output} is assigned from src {n, input}. The pass is training's when there is a draw;
  // first_row is the place of the first row in its batch.
  struct Forward {
    std::size_t n;
    const T* src;
    T* dst;
    const T* parameters;
    const void* packed;
    void* scratch = nullptr;
    const TrainingDraw* draw = nullptr;
    std::size_t first_row = 0;
    bool folded = false;         // packed by pack_folded
    Gate gate = Gate::identity;  // of the layers that are folded in
    T slope{};
    WorkPart part = {};  // of the work, where the layer shares it out
  };
  virtual bool shares_forward() const { return false; }
  virtual void forward(const Forward& pass) const = 0;

  // From the gradient at dst: diff_src {n, input} is assigned, unless it is null; diff_parameters
  // is assigned, or accumulated when `accumulate`, unless it is null. src and dst are the forward
  // pass's.
  struct Backward {
    std::size_t n;
    const T* src;
    const T* dst;
    const T* diff_dst;
    T* diff_src;
    const T* parameters;
    const void* packed;
    T* diff_parameters;
    bool accumulate;
    void* scratch = nullptr;
    const TrainingDraw* draw = nullptr;
    std::size_t first_row = 0;
  };
  virtual void backward(const Backward& pass) const = 0;
};

// A layer that looks at the whole batch before it computes, as batch normalisation does. In
// training each of its passes has two phases: every part of the batch is gathered into sums, which
// are added up in order and settled; then the pass itself reads what was settled, in the place of
// `packed`.
template <class T>
class BatchLayer : public Layer<T> {
 public:
  using typename Layer<T>::Forward;
  using typename Layer<T>::Backward;

  virtual std::size_t sums() const = 0;  // numbers that either pass gathers
  // sums {sums()}: accumulated. dst is not touched; diff_src is diff_dst, and is assigned what
  // backward then takes in its place.
  virtual void gather(const Forward& pass, Sum<T>* sums) const = 0;
  virtual void gather(const Backward& pass, Sum<T>* sums) const = 0;

  // From the sums of a whole batch of `rows`: settled (packed_bytes()) is assigned for the forward
  // pass, running statistics among the parameters are moved; then settled is changed for the
  // backward pass, and diff_parameters assigned.
  virtual void settle_forward(std::size_t rows, const Sum<T>* sums, T* parameters,
                              void* settled) const = 0;
  virtual void settle_backward(std::size_t rows, const Sum<T>* sums, void* settled,
                               T* diff_parameters) const = 0;

  // In use, where the statistics stand: diff_src is assigned from diff_dst; packed is pack()'s.
  virtual void backward_in_use(const Backward& pass) const = 0;

  // Lets this layer do the next one's work too, an activation's; false when it cannot.
  virtual bool absorb(const Layer<T>& next) = 0;

  // What it does in use: dst = gate(scale_c src + shift_c), scale and shift {channels}.
  struct Affine {
    const T *scale, *shift;
    Gate gate;
    T slope;
  };
  virtual Affine affine(const void* packed) const = 0;
};

// The layer that these words mean, after `input`. Throws Error(usage) with the layer, the rule and
// both shapes.
template <class T>
std::unique_ptr<Layer<T>> make_layer(const LayerText& text, const Layout& input,
                                     const Kernels<T>& kernels);

// The names that make_layer knows, for error messages and help; residual is the network's own.
std::vector<std::string> layer_names();

}  // namespace weft
