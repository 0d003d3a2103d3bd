#include "cli/article_story.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <memory>

#include "article/expected.hpp"
#include "cli/console.hpp"
#include "cli/picture.hpp"
#include "kernels/select.hpp"

namespace weft::cli {
namespace {

void heading(const std::string& text) {
  const Colours colour = output_colours();
  fmt::print("\n{}{}{}\n\n", colour.bold, text, colour.reset);
}

// A curve in one line: the mean of each stretch of epochs between the curve's smallest and largest
// value.
std::string spark(const std::vector<double>& values) {
  constexpr std::array kHeights{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const auto [low, high] = std::ranges::minmax(values);
  const std::size_t columns = std::min<std::size_t>(60, values.size());
  std::string line;
  for (std::size_t c = 0; c < columns; ++c) {
    const std::size_t begin = c * values.size() / columns, end = (c + 1) * values.size() / columns;
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i) sum += values[i];
    const double mean = sum / static_cast<double>(end - begin);
    const double height = high > low ? (mean - low) / (high - low) : 0;
    line += kHeights[static_cast<std::size_t>(std::clamp(height * 8, 0.0, 7.0))];
  }
  return line;
}

// The article's grid of predictions: right in blue, wrong in red, with the probability beside it.
void print_predictions(const ClassifierResult& result, const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 15;
  const Colours colour = output_colours();
  const auto probabilities = result.test_probabilities.as<double>();
  for (std::size_t i = 0; i < std::min(kShown, result.test.size()); ++i) {
    const auto row = probabilities.subspan(i * names.size(), names.size());
    const auto best = static_cast<std::size_t>(std::ranges::max_element(row) - row.begin());
    const bool right = best == result.test.labels[i];
    fmt::print("    {}{} {:<12} {:5.1f} %{}  {:<22} {}\n", right ? colour.blue : colour.red,
               right ? "+" : "x", names[best], 100 * row[best], colour.reset, bar(row[best], 20),
               right ? "" : fmt::format("is {}", names[result.test.labels[i]]));
  }
}

}  // namespace

NNClassifier::OnEpoch show_epochs(std::size_t epochs) {
  const auto line = std::make_shared<ProgressLine>();
  const auto start = std::chrono::steady_clock::now();
  return [line, start, epochs](std::size_t epoch, double error) {
    if (epoch + 1 == epochs) line->clear();
    if (epoch + 1 == epochs || !line->due()) return;
    const double part = static_cast<double>(epoch + 1) / static_cast<double>(epochs);
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    line->show(fmt::format("epoch {}/{} {} error {:.2f}  {} left", epoch + 1, epochs, bar(part, 20),
                           error, duration(seconds / part - seconds)));
  };
}

void tell_data(const Dataset& data) {
  heading("1. The data");
  const LabelledImages& train = data.train;
  fmt::print("{} pictures of {} x {} pixels, one byte each, in {} classes:\n",
             thousands(double(train.size())), train.images.shape()[2], train.images.shape()[3],
             data.class_names.size());
  fmt::print("{}.\n", fmt::join(data.class_names, ", "));
  fmt::print("The first is of class {}:\n\n", data.class_names[train.labels[0]]);
  const auto pixels = train.images.as<std::uint8_t>();
  const Shape& all = train.images.shape();
  fmt::print("{}", picture_in_characters(pixels.subspan(0, train.images.row_elements()),
                                         {all[1], all[2], all[3]}, output_columns()));
  fmt::print("\nand as numbers, a part of its rows 3 to 8:\n\n");
  for (std::size_t y = 3; y < 9; ++y) {
    fmt::print("    {:4}\n", fmt::join(pixels.subspan(y * 28 + 8, 14), ""));
  }
}

void tell_softmax() {
  heading("2. Softmax");
  const std::vector<double> values = softmax(kSoftmaxInput);
  fmt::print("e^x over its sum turns any numbers into probabilities.\n");
  fmt::print("expected  softmax({}) = {}\n", fmt::join(kSoftmaxInput, ", "),
             fmt::join(kExpectedSoftmax, " "));
  fmt::print("got                             {:.8f} {:.7f} {:.8f} {:.8f}\n", values[0], values[1],
             values[2], values[3]);
}

void tell_sigmoid() {
  heading("3. The sigmoid and its slope");
  fmt::print(
      "s = 1 / (1 + e^-z) is what a unit answers with, and s (1 - s) is how its answer moves with "
      "z:\n\n");
  fmt::print("    {:>4} {:>9} {:>9}\n", "z", "sigmoid", "slope");
  for (const double z : {-10.0, -5.0, -2.0, 0.0, 2.0, 5.0, 10.0}) {
    const double s = 1 / (1 + std::exp(-z));
    fmt::print("    {:>4} {:9.5f} {:9.5f}  {}\n", z, s, s * (1 - s), bar(s, 30));
  }
}

XorResult tell_xor() {
  heading("4. Exclusive or");
  XorResult result = learn_xor();
  fmt::print(
      "Two inputs, three sigmoid units, one linear output, 50,000 steps. The sum of its "
      "errors:\n\n");
  fmt::print("    {:>6} {:>14} {:>14}\n", "step", "expected", "got");
  for (std::size_t i = 0; i < result.error_sums.size(); ++i) {
    const std::string expected =
        i < kExpectedXor.size() ? fmt::format("{}", kExpectedXor[i]) : "below 1e-6";
    fmt::print("    {:>6} {:>14} {:>14.8g}\n", 5000 * i, expected, result.error_sums[i]);
  }
  fmt::print("\nIts answers to [0,0] [0,1] [1,0] [1,1], which should be 0 1 1 0: {:.6f}\n",
             fmt::join(result.predictions, " "));
  return result;
}

ClassifierResult tell_classifier(const Dataset& data, const ClassifierExperiment& experiment) {
  heading(experiment.scaled ? "6. The classifier on scaled pixels"
                            : "5. The classifier on raw pixels");
  fmt::print("48,000 pictures train 50 sigmoid units and 10 outputs; 12,000 are held out. {}\n",
             experiment.scaled ? "Each pixel position\nis scaled to mean 0 and deviation 1, each "
                                 "part by its own statistics, as the "
                                 "article did\n(everywhere else weft uses the training part's)."
                               : "The bytes\n0 to 255 go in as they are.");
  ClassifierResult result = run_classifier(data.train, experiment, show_epochs(experiment.epochs));
  const std::vector<double>& error = result.error_by_epoch;
  const ExpectedAccuracy expected = expected_accuracy(experiment.scaled);
  fmt::print("\n    {:<28} {:>9} {:>9}\n", "", "train", "held out");
  fmt::print("    {:<28} {:>9} {:>9}\n", "article, 300 epochs", percent(expected.article_train),
             percent(expected.article_test));
  fmt::print("    {:<28} {:>9} {:>9}\n", "NumPy, float64, 300 epochs",
             percent(expected.numpy_train), percent(expected.numpy_test));
  fmt::print("    {:<28} {:>9} {:>9}\n",
             fmt::format("here, {}, {} epochs", name_of(result.precision), experiment.epochs),
             percent(result.train_accuracy), percent(result.test_accuracy));
  fmt::print(
      "\nThe steps are so long that training never settles: the last epoch is one draw of many, in "
      "NumPy from\n"
      "78 to 88 % held out on scaled pixels.\n\n");
  fmt::print("error by epoch, {:.1f} to {:.1f}:\n    {}\n", error.front(), error.back(),
             spark(error));
  fmt::print("trained in {}\n", duration(result.seconds));
  if (!experiment.scaled) return result;
  fmt::print(
      "\nThe first held-out pictures (the article's probabilities are a softmax of sigmoids, so "
      "none is above\n"
      "23.2 %):\n\n");
  print_predictions(result, data.class_names);
  return result;
}

}  // namespace weft::cli
