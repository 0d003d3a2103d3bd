// The article's classifier: one hidden layer of sigmoid units, trained by plain gradient descent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "weft/data.hpp"
#include "weft/precision.hpp"
#include "weft/tensor.hpp"

namespace weft {

// Parameters, defaults and behaviour are the article's, its quirks among them: no biases; the
// gradient is summed over a batch, not averaged; the batches are the same, in the given order,
// every epoch; `l1` pulls on a weight as `l2` does, by (l1 + l2) w; probabilities are the softmax
// of values that went through a sigmoid.
class NNClassifier {
 public:
  struct Parameters {
    std::size_t n_classes = 10;
    std::size_t n_features = 784;
    std::size_t n_hidden_units = 30;
    double l1 = 0;
    double l2 = 0;
    std::size_t epochs = 500;
    double learning_rate = 0.01;
    std::size_t n_batches = 1;
    std::uint32_t random_seed = 0;  // of NumPy's generator; weights begin uniform in [-1, 1)
    Precision precision = Precision::f64;
    int threads = 0;  // 0: all processors
  };
  // After each epoch, from 0, with its error. Time spent here does not count in fit_seconds().
  using OnEpoch = std::function<void(std::size_t epoch, double error)>;

  explicit NNClassifier(const Parameters& parameters);
  ~NNClassifier();
  NNClassifier(NNClassifier&&) noexcept;
  NNClassifier& operator=(NNClassifier&&) noexcept;

  // x: {n, n_features} of any type; y: n classes. Throws Error(usage) when they do not fit,
  // Error(failed) when the error stops being finite.
  NNClassifier& fit(const Tensor& x, std::span<const Label> y, const OnEpoch& on_epoch = {});

  std::vector<Label> predict(const Tensor& x);              // the class of the largest output
  Tensor predict_proba(const Tensor& x);                    // f64 {n, n_classes}, rows sum to 1
  double score(const Tensor& x, std::span<const Label> y);  // share of right predictions
  const std::vector<double>& error() const;  // of each epoch: the mean of its batches'
  double fit_seconds() const;                // of the last fit's training loop
  Precision precision() const;               // what automatic became

 private:
  class Implementation;
  template <class T>
  class Trained;
  std::unique_ptr<Implementation> implementation_;
};

// Softmax of one row, as the article writes it.
std::vector<double> softmax(std::span<const double> values);

}  // namespace weft
