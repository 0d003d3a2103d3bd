#include "weft/classifier.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "base/random.hpp"
#include "compare.hpp"
#include "weft/error.hpp"

namespace weft {
namespace {

using testing::all_close;

// Three clouds of points, well apart.
struct Clouds {
  Tensor x{DataType::f64, {90, 4}};
  std::vector<Label> y;

  Clouds() {
    RandomStream random(9, RandomPurpose::initialise);
    for (std::size_t i = 0; i < 90; ++i) {
      y.push_back(static_cast<Label>(i % 3));
      for (std::size_t j = 0; j < 4; ++j)
        x.as<double>()[4 * i + j] = 0.3 * random.normal() + (j == i % 3 ? 2 : 0);
    }
  }
};

NNClassifier::Parameters parameters(Precision precision) {
  return {.n_classes = 3,
          .n_features = 4,
          .n_hidden_units = 5,
          .l2 = 0.01,
          .epochs = 40,
          .learning_rate = 0.05,
          .n_batches = 4,
          .random_seed = 1,
          .precision = precision};
}

TEST(NNClassifier, LearnsInEveryPrecision) {
  const Clouds clouds;
  for (const Precision precision :
       {Precision::f64, Precision::f32, Precision::bf16, Precision::automatic}) {
    NNClassifier classifier(parameters(precision));
    std::size_t heard = 0;
    classifier.fit(clouds.x, clouds.y, [&](std::size_t epoch, double error) {
      EXPECT_EQ(epoch, heard++);
      EXPECT_TRUE(std::isfinite(error));
    });
    EXPECT_EQ(heard, 40U);
    ASSERT_EQ(classifier.error().size(), 40U);
    EXPECT_LT(classifier.error().back(), 0.5 * classifier.error().front());
    EXPECT_GT(classifier.score(clouds.x, clouds.y), 0.95);
    EXPECT_NE(classifier.precision(), Precision::automatic);
    const Tensor probabilities = classifier.predict_proba(clouds.x);
    const auto predicted = classifier.predict(clouds.x);
    for (std::size_t i = 0; i < 90; ++i) {
      const auto row = probabilities.as<double>().subspan(3 * i, 3);
      EXPECT_NEAR(row[0] + row[1] + row[2], 1, 1e-12);
      EXPECT_EQ(std::ranges::max_element(row) - row.begin(), predicted[i]);
    }
  }
}

// The article's update and error, written out for one batch in plain loops.
TEST(NNClassifier, OneStepIsTheArticles) {
  const Clouds clouds;
  auto p = parameters(Precision::f64);
  p.epochs = 2;
  p.n_batches = 1;
  p.l1 = 0.25;
  NNClassifier classifier(p);
  classifier.fit(clouds.x, clouds.y);

  NumpyRandom random(1);
  std::vector<double> w1(20), w2(15);
  for (double& w : w1) w = random.uniform(-1, 1);
  for (double& w : w2) w = random.uniform(-1, 1);
  const auto sigmoid = [](double z) { return 1 / (1 + std::exp(-z)); };
  std::vector<double> errors;
  for (int epoch = 0; epoch < 2; ++epoch) {
    std::vector<double> g1(20), g2(15);
    double entropy = 0, penalty = 0;
    for (std::size_t i = 0; i < 90; ++i) {
      const auto x = clouds.x.as<double>().subspan(4 * i, 4);
      std::vector<double> hidden(5), sigma3(3);
      for (std::size_t h = 0; h < 5; ++h) {
        double net = 0;
        for (std::size_t j = 0; j < 4; ++j) net += w1[4 * h + j] * x[j];
        hidden[h] = sigmoid(net);
      }
      for (std::size_t c = 0; c < 3; ++c) {
        double net = 0;
        for (std::size_t h = 0; h < 5; ++h) net += w2[5 * c + h] * hidden[h];
        const double y = clouds.y[i] == c ? 1 : 0;
        sigma3[c] = sigmoid(net) - y;
        entropy -= y * std::log(sigmoid(net));
        for (std::size_t h = 0; h < 5; ++h) g2[5 * c + h] += sigma3[c] * hidden[h];
      }
      for (std::size_t h = 0; h < 5; ++h) {
        double sigma2 = 0;
        for (std::size_t c = 0; c < 3; ++c) sigma2 += w2[5 * c + h] * sigma3[c];
        sigma2 *= hidden[h] * (1 - hidden[h]);
        for (std::size_t j = 0; j < 4; ++j) g1[4 * h + j] += sigma2 * x[j];
      }
    }
    for (auto* w : {&w1, &w2}) {
      for (const double value : *w)
        penalty += p.l1 / 2 * std::fabs(value) + p.l2 / 2 * value * value;
    }
    errors.push_back(0.5 * (entropy / 3 + penalty));
    for (std::size_t k = 0; k < 20; ++k) w1[k] -= p.learning_rate * (g1[k] + (p.l1 + p.l2) * w1[k]);
    for (std::size_t k = 0; k < 15; ++k) w2[k] -= p.learning_rate * (g2[k] + (p.l1 + p.l2) * w2[k]);
  }
  EXPECT_TRUE(all_close(classifier.error(), errors, 1e-12, 0));
}

TEST(NNClassifier, RefusesWhatDoesNotFit) {
  const Clouds clouds;
  NNClassifier classifier(parameters(Precision::f64));
  const std::vector<Label> few(10, 0);
  EXPECT_THROW(classifier.fit(clouds.x, few), Error);
  const std::vector<Label> beyond(90, 3);
  EXPECT_THROW(classifier.fit(clouds.x, beyond), Error);
  EXPECT_THROW(classifier.fit(Tensor(DataType::f64, {90, 5}), clouds.y), Error);
  EXPECT_THROW(classifier.predict(Tensor(DataType::f64, {0, 4})), Error);
  auto too_many = parameters(Precision::f64);
  too_many.n_batches = 91;
  EXPECT_THROW(NNClassifier(too_many).fit(clouds.x, clouds.y), Error);
}

TEST(NNClassifier, SaysWhenItDiverges) {
  const Clouds clouds;
  auto p = parameters(Precision::f64);
  p.learning_rate = 1e200;
  p.l2 = 1;
  try {
    NNClassifier(p).fit(clouds.x, clouds.y);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::failed);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("not finite in epoch"));
  }
}

TEST(Softmax, IsTheArticlesExample) {
  EXPECT_TRUE(all_close(softmax(std::vector<double>{2, 4, 6, 8}),
                        std::vector{0.00214401, 0.0158422, 0.11705891, 0.86495488}, 0, 5.1e-9));
}

}  // namespace
}  // namespace weft
