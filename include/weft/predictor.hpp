// A model at work: pictures in, probabilities out.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "weft/model.hpp"
#include "weft/tensor.hpp"

namespace weft {

// What a model says of n pictures.
struct Predictions {
  Tensor probabilities;         // f32 {n, classes}; rows sum to 1
  std::vector<float> evidence;  // {n}: evidence_of the outputs, their means over networks and views
};

class Predictor {
 public:
  // threads: 0 for all processors. Throws Error(bad_input) when the weights do not fit the model's
  // network.
  explicit Predictor(const Model& model, int threads = 0);
  ~Predictor();
  Predictor(Predictor&&) noexcept;
  Predictor& operator=(Predictor&&) noexcept;

  // images: u8 {n, channels, height, width}. Computed in float32. Throws Error(usage) when the
  // pictures' shape is not the model's.
  Predictions predict(const Tensor& images);
  Tensor probabilities(const Tensor& images) { return predict(images).probabilities; }

  // What predict() makes its answers of: f32 {ways, n, classes}, the outputs of each network
  // for each view.
  Tensor logits(const Tensor& images);

  // The share of held-out pictures whose answers had less evidence than this one, 0 to 1: how
  // typical a picture is of what the model knows. Nothing where nothing was held out.
  std::optional<double> typicality(float evidence) const;
  // Is that below the share that the model rejects? False where nothing was held out.
  bool is_none_of_these(float evidence) const;

  // The classes among which the right one is, most probable first, at least one: for pictures like
  // those that were held out it is among them at least as often as `coverage` says, 0.95 for one.
  // The model's own views and temperature are taken for granted. Throws Error(usage) for a coverage
  // below kLeastCoverage or above kMostCoverage, Error(bad_input) where the model has no sets:
  // nothing was held out when it was trained, or it is older than they are.
  std::vector<std::size_t> prediction_set(std::span<const float> probabilities,
                                          double coverage) const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

// How much an answer has for one class and against the others: the standard deviation of the
// outputs over the classes, less the mean of all of them but the largest. About 0 where all outputs
// are alike and none is negative, which is what a network answers to junk that has learned from
// some; that two or three classes are hard to tell apart lowers it little. Why so:
// docs/predicting.md. outputs: one a class, before temperature and softmax.
float evidence_of(std::span<const float> outputs);

}  // namespace weft
