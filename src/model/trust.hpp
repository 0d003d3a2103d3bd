// What makes a model's answers trustworthy: fitted on pictures that it was not trained on.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "weft/data.hpp"
#include "weft/model.hpp"

namespace weft {

// The temperature at which the answers, the means over the ways of the softmax of logits /
// temperature (Guo, Pleiss, Sun, Weinberger: On calibration of modern neural networks; 2017), are
// as sure, in the mean, as they are right (Clarté, Loureiro, Krzakala, Zdeborová: Expectation
// consistency for calibration of neural networks; 2023). The one of the least log loss makes more
// of the surest answers, and left the others too sure (docs/predicting.md). Drawn towards 1 where
// there are few pictures. logits: f32 {ways, n, classes}; labels: n. Between 1/20 and 20. Throws
// Error(usage) when the sizes disagree or there is none.
double fit_temperature(const Tensor& logits, std::span<const Label> labels);

// kQuantiles quantiles, ascending, the least and the most among them; of at least one value.
std::vector<float> quantiles_of(std::vector<float> values);

// Predictor::typicality by these quantiles.
std::optional<double> typicality(std::span<const float> quantiles, float evidence);

// Fits both, and the thresholds of sets (sets.hpp), to a model that has none of them, on held-out
// pictures.
void make_trustworthy(const LabelledImages& held_out, int threads, Model& model);

}  // namespace weft
