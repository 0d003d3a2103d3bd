#include "article/experiment.hpp"

#include <algorithm>
#include <utility>

#include "kernels/select.hpp"

namespace weft {
namespace {

std::vector<Label> first_labels(const LabelledImages& part) {
  const std::size_t count = std::min<std::size_t>(20, part.size());
  return {part.labels.begin(), part.labels.begin() + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace

ClassifierResult run_classifier(const LabelledImages& pictures,
                                const ClassifierExperiment& experiment,
                                const NNClassifier::OnEpoch& on_epoch) {
  const Split split = article_split(pictures.size());
  const LabelledImages train = gather(pictures, split.train);
  ClassifierResult result;
  result.test = gather(pictures, split.held_out);
  result.train_size = train.size();
  result.test_size = result.test.size();
  result.first_train_labels = first_labels(train);
  result.first_test_labels = first_labels(result.test);
  result.precision = resolve(experiment.precision);

  Tensor train_scaled, test_scaled;
  if (experiment.scaled) {
    const DataType type = result.precision == Precision::f64 ? DataType::f64 : DataType::f32;
    train_scaled = scale_columns(train.images, type);
    test_scaled = scale_columns(result.test.images, type);
  }
  const Tensor& train_x = experiment.scaled ? train_scaled : train.images;
  const Tensor& test_x = experiment.scaled ? test_scaled : result.test.images;

  NNClassifier classifier({.n_classes = 10,
                           .n_features = train_x.row_elements(),
                           .n_hidden_units = 50,
                           .l1 = 0,
                           .l2 = 0.5,
                           .epochs = experiment.epochs,
                           .learning_rate = 0.001,
                           .n_batches = 25,
                           .random_seed = 42,
                           .precision = result.precision,
                           .threads = experiment.threads});
  classifier.fit(train_x, train.labels, [&](std::size_t epoch, double error) {
    if (experiment.accuracy_every != 0 && epoch % experiment.accuracy_every == 0) {
      result.accuracy_by_epoch.push_back({static_cast<double>(epoch),
                                          classifier.score(train_x, train.labels),
                                          classifier.score(test_x, result.test.labels)});
    }
    if (on_epoch) on_epoch(epoch, error);
  });
  result.error_by_epoch = classifier.error();
  result.train_accuracy = classifier.score(train_x, train.labels);
  result.test_accuracy = classifier.score(test_x, result.test.labels);
  result.seconds = classifier.fit_seconds();
  result.test_probabilities = classifier.predict_proba(test_x);
  return result;
}

}  // namespace weft
