// The article's classifier on its own split of the 60,000 training pictures: 48,000 train, 12,000
// are held out.
#pragma once

#include <array>
#include <functional>
#include <vector>

#include "weft/classifier.hpp"
#include "weft/data.hpp"

namespace weft {

struct ClassifierExperiment {
  bool scaled = true;  // each part by its own column means and deviations, as the article does;
                       // else bytes 0..255
  Precision precision = Precision::automatic;
  std::size_t epochs = 300;
  std::size_t accuracy_every =
      0;  // epochs between measurements of both accuracies; 0: only at the end
  int threads = 0;
};

struct ClassifierResult {
  std::size_t train_size = 0, test_size = 0;
  std::vector<Label> first_train_labels, first_test_labels;  // 20 of each
  std::vector<double> error_by_epoch;
  double train_accuracy = 0, test_accuracy = 0;
  std::vector<std::array<double, 3>> accuracy_by_epoch;  // epoch, train, test
  double seconds = 0;                                    // of the training loop alone
  Precision precision = Precision::f64;

  // The held-out part, for a look at single predictions.
  LabelledImages test;
  Tensor test_probabilities;  // f64 {n, 10}
};

// 50 hidden units, l2 0.5, learning rate 0.001, 25 batches, seed 42. pictures: Fashion-MNIST's
// training part. on_epoch hears of each epoch, from 0, with its error.
ClassifierResult run_classifier(const LabelledImages& pictures,
                                const ClassifierExperiment& experiment,
                                const NNClassifier::OnEpoch& on_epoch = {});

}  // namespace weft
