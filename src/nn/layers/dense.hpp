#pragma once

#include "nn/layer.hpp"

namespace weft {

// Fully connected: y = W x + b over the flattened input. Text: "dense N [nobias]".
template <class T>
class Dense final : public Layer<T> {
 public:
  Dense(const LayerText& text, const Layout& input, const Kernels<T>& kernels);

  std::string text() const override;
  Layout output() const override { return {{out_}}; }
  std::vector<Parameter> parameters() const override;  // weight {out, in}, then bias {out}
  std::size_t multiply_adds() const override { return in_ * out_; }
  std::size_t packed_bytes() const override { return kernels_.dense_packed_bytes(in_, out_); }
  void pack(const T* parameters, bool backward, void* packed) const override;
  void forward(const typename Layer<T>::Forward& pass) const override;
  void backward(const typename Layer<T>::Backward& pass) const override;

 private:
  std::size_t in_ = 0, out_ = 0;
  bool bias_ = true;
  const Kernels<T>& kernels_;
};

}  // namespace weft
