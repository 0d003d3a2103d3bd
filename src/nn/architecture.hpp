// What a network is before it has numbers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nn/layer.hpp"

namespace weft {

// A layer at work in a network. Its own inputs come before it.
template <class T>
struct Node {
  static constexpr std::size_t kNone = SIZE_MAX;  // as src: the network's input

  std::string place;                // "3", "3.body.1"; empty where the network put it in
  std::unique_ptr<Layer<T>> layer;  // none: the sum of src and skip
  Layout output;
  std::size_t src = kNone, skip = kNone;  // the nodes whose outputs it takes
  std::size_t offset = 0;                 // of its parameters
  bool trains = false;                    // does it, or one before it, have parameters to train?
  bool absorbed = false;                  // its src does its work
};

// Building one allocates nothing that grows with the sizes asked for.
template <class T>
class Architecture {
 public:
  // Throws Error(usage) with the layer, the rule and both shapes; also above 2^28 parameters.
  Architecture(const std::string& text, const Shape& input, const Kernels<T>& kernels);

  const std::string& text() const { return text_; }  // in its usual form, defaults left out
  const Shape& input() const { return input_; }
  const Shape& output() const { return nodes_.back().output.shape; }
  const std::vector<Node<T>>& nodes() const { return nodes_; }
  std::vector<Node<T>>& nodes() { return nodes_; }
  const Kernels<T>& kernels() const { return kernels_; }

  // All parameters in the order of the layers, named "layers.I.weight".
  const std::vector<Parameter>& parameters() const { return parameters_; }
  std::size_t parameter_count() const { return parameter_count_; }
  std::size_t multiply_adds() const;  // of one sample's forward pass

 private:
  // Adds these layers behind node src; returns their text.
  std::string add(const std::vector<LayerText>& layers, std::size_t src);
  std::string add_residual(const LayerText& words, std::size_t src);
  void add_layer(const LayerText& words, std::size_t src);
  // Adds a node that brings src's output into this layout's blocks, where it is in others; returns
  // the node to take.
  std::size_t in_blocks(std::size_t src, std::size_t block);
  Layout layout_of(std::size_t node) const;
  void push(Node<T> node);

  Shape input_;
  const Kernels<T>& kernels_;
  std::vector<Node<T>> nodes_;
  std::vector<Parameter> parameters_;
  std::size_t parameter_count_ = 0;
  std::string text_;
};

}  // namespace weft
