// What every layer is: a shape rule, parameters, a forward pass and a backward pass written by
// hand.
#pragma once

#include <cstddef>
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
};

// A layer holds no numbers of its own: parameters, activations and gradients belong to the network
// and are passed in, so that one layer serves many threads. Rows are samples; a row has
// shape().elements() values.
template <class T>
class Layer {
 public:
  virtual ~Layer() = default;

  virtual std::string text() const = 0;  // its words in the network text, defaults left out
  virtual Shape output() const = 0;      // of one sample
  virtual std::vector<Parameter> parameters() const { return {}; }
  // Multiply-adds of one sample's forward pass.
  virtual std::size_t multiply_adds() const { return 0; }

  // Once after the parameters change: assigns `packed` (packed_bytes(), 64-byte aligned), which
  // forward reads.
  virtual std::size_t packed_bytes() const { return 0; }
  virtual void pack(const T* /*parameters*/, void* /*packed*/) const {}

  // dst {n, output} is assigned from src {n, input}.
  struct Forward {
    std::size_t n;
    const T* src;
    T* dst;
    const T* parameters;
    const void* packed;
  };
  virtual void forward(const Forward& pass) const = 0;

  // From the gradient at dst: diff_src {n, input} is assigned, unless it is null; diff_parameters
  // is assigned, or accumulated when `accumulate`. src and dst are the forward pass's. diff_src may
  // be diff_dst where sizes agree and the layer has no parameters.
  struct Backward {
    std::size_t n;
    const T* src;
    const T* dst;
    const T* diff_dst;
    T* diff_src;
    const T* parameters;
    T* diff_parameters;
    bool accumulate;
  };
  virtual void backward(const Backward& pass) const = 0;
};

// The layer that these words mean, after `input`. Throws Error(usage) with the layer, the rule and
// both shapes.
template <class T>
std::unique_ptr<Layer<T>> make_layer(const LayerText& text, const Shape& input,
                                     const Kernels<T>& kernels);

// The names that make_layer knows, for error messages and help.
std::vector<std::string> layer_names();

}  // namespace weft
