// The article's program with weft::NNClassifier, line by line. An argument shortens it: the number
// of epochs.
#include <cstdio>
#include <cstdlib>

#include "weft/classifier.hpp"
#include "weft/data.hpp"
#include "weft/error.hpp"

int main(int argc, char** argv) try {
  const std::size_t epochs = argc > 1 ? static_cast<std::size_t>(std::atoi(argv[1])) : 300;

  // X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)
  const weft::Dataset fashion = weft::load_dataset("fashion-mnist", {.test = false});
  const weft::Split split = weft::article_split(fashion.train.size());
  const weft::LabelledImages train = weft::gather(fashion.train, split.train);
  const weft::LabelledImages test = weft::gather(fashion.train, split.held_out);

  // X_train_scaled = scale(X_train.astype(np.float64)), and the test part by its own statistics
  const weft::Tensor x_train = weft::scale_columns(train.images, weft::DataType::f32);
  const weft::Tensor x_test = weft::scale_columns(test.images, weft::DataType::f32);

  weft::NNClassifier nn({.n_classes = 10,
                         .n_features = 784,
                         .n_hidden_units = 50,
                         .l2 = 0.5,
                         .epochs = epochs,
                         .learning_rate = 0.001,
                         .n_batches = 25,
                         .random_seed = 42,
                         .precision = weft::Precision::automatic});
  nn.fit(x_train, train.labels);
  std::printf("Train Accuracy: %.2f%%\n", nn.score(x_train, train.labels) * 100);
  std::printf("Test Accuracy: %.2f%%\n", nn.score(x_test, test.labels) * 100);

  const weft::Tensor probabilities = nn.predict_proba(x_test);
  const auto predicted = nn.predict(x_test);
  for (std::size_t i = 0; i < 3; ++i) {
    std::printf("%-12s %5.2f%%  (%s)\n", fashion.class_names[predicted[i]].c_str(),
                100 * probabilities.as<double>()[i * 10 + predicted[i]],
                fashion.class_names[test.labels[i]].c_str());
  }
  return 0;
} catch (const weft::Error& error) {
  std::fprintf(stderr, "article: %s\n", error.what());
  return 1;
}
