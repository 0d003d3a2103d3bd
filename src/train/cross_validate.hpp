// What networks say of pictures that they have not seen: as many are trained as there are folds,
// each on all folds but one, and answer for that one.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "train/train.hpp"
#include "weft/tensor.hpp"

namespace weft {

class FoldObserver : public RunObserver {
 public:
  virtual void on_fold(std::size_t /*fold*/, const RunLength& /*length*/) {}  // before it
};

// f32 {n, classes}: the probabilities of each picture of data.train, from the network that was
// trained without its fold. Folds are stratified_folds of the labels by settings.seed. Nothing is
// held out of what a network trains on, so the answers are those of temperature 1. Nothing is
// returned when the observer wanted it to stop. A function of data and settings alone, whatever
// `threads`. Throws as check_settings, stratified_folds and train_model.
std::optional<Tensor> out_of_fold_probabilities(const Dataset& data, const TrainSettings& settings,
                                                std::size_t folds, int threads,
                                                FoldObserver& observer);

}  // namespace weft
