// A model at work: pictures in, probabilities out.
#pragma once

#include <memory>

#include "weft/model.hpp"
#include "weft/tensor.hpp"

namespace weft {

class Predictor {
 public:
  // threads: 0 for all processors. Throws Error(bad_input) when the weights do not fit the model's
  // network.
  explicit Predictor(const Model& model, int threads = 0);
  ~Predictor();
  Predictor(Predictor&&) noexcept;
  Predictor& operator=(Predictor&&) noexcept;

  // images: u8 {n, channels, height, width}; the result: f32 {n, classes}, rows sum to 1, computed
  // in float32. Throws Error(usage) when the pictures' shape is not the model's.
  Tensor probabilities(const Tensor& images);

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace weft
