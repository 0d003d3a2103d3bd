#include "nn/network.hpp"

#include <gmock/gmock.h>

#include <limits>
#include <mutex>
#include <numeric>

#include "base/random.hpp"
#include "compare.hpp"
#include "nn/initialise.hpp"
#include "weft/error.hpp"

namespace weft {
namespace {

using testing::all_close;
using ::testing::HasSubstr;

Tensor random_rows(std::size_t n, std::size_t width) {
  Tensor rows(DataType::f32, {n, width});
  RandomStream random(3, RandomPurpose::initialise);
  for (float& value : rows.as<float>()) value = static_cast<float>(random.normal());
  return rows;
}

std::vector<std::uint32_t> all_positions(std::size_t n) {
  std::vector<std::uint32_t> positions(n);
  for (std::uint32_t i = 0; i < n; ++i) positions[i] = i;
  return positions;
}

std::string error_of(const std::string& text, const Shape& input = {1, 28, 28}) {
  try {
    const Architecture<float> architecture(text, input, fast_kernels());
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    return error.what();
  }
  return "no error";
}

TEST(Architecture, TextShapesAndParameters) {
  const Architecture<float> a("  Dense 50  nobias,\n SIGMOID, dense 10", {1, 28, 28},
                              fast_kernels());
  EXPECT_EQ(a.text(), "dense 50 nobias, sigmoid, dense 10");
  EXPECT_EQ(a.output(), Shape{10});
  EXPECT_EQ(a.multiply_adds(), 784U * 50 + 50 * 10);
  ASSERT_EQ(a.parameters().size(), 3U);
  EXPECT_EQ(a.parameters()[0].name, "layers.0.weight");
  EXPECT_EQ(a.parameters()[0].shape, (Shape{50, 784}));
  EXPECT_EQ(a.parameters()[1].name, "layers.2.weight");
  EXPECT_EQ(a.parameters()[2].name, "layers.2.bias");
  EXPECT_EQ(a.parameters()[2].offset, 784U * 50 + 50 * 10);
  EXPECT_EQ(a.parameter_count(), 784U * 50 + 50 * 10 + 10);
}

TEST(Architecture, ErrorsNameTheLayerAndTheRule) {
  EXPECT_THAT(error_of(""), HasSubstr("layer 0 is empty"));
  EXPECT_THAT(error_of("dense 5,,relu"), HasSubstr("layer 1 is empty"));
  EXPECT_THAT(error_of("dense 5, relu,"), HasSubstr("layer 2 is empty"));
  EXPECT_THAT(error_of("dense 5, swish"),
              HasSubstr("layer 1 (\"swish\"): there is no layer \"swish\"; there are dense"));
  EXPECT_THAT(error_of("dense"), HasSubstr("needs a number of units"));
  EXPECT_THAT(error_of("dense 0"), HasSubstr("\"0\" is not a number of units"));
  EXPECT_THAT(error_of("dense -3"), HasSubstr("\"-3\""));
  EXPECT_THAT(error_of("dense 5x"), HasSubstr("\"5x\""));
  EXPECT_THAT(error_of("dense 99999999999999999999"), HasSubstr("is not a number of units"));
  EXPECT_THAT(error_of("dense 5 bias"), HasSubstr("no option \"bias\""));
  EXPECT_THAT(error_of("relu 3"), HasSubstr("relu has no option \"3\""));
  EXPECT_THAT(error_of("dense 5; relu"), HasSubstr("character ';'"));
  EXPECT_THAT(error_of("dense 5\x01"), HasSubstr("code 1"));
  EXPECT_THAT(error_of("dense 1000000000"), HasSubstr("1000000000x784"));
  std::string many = "relu";
  for (int i = 0; i < 1000; ++i) many += ",relu";
  EXPECT_THAT(error_of(many), HasSubstr("more than 1000 layers"));
}

TEST(Architecture, ConvolutionsAndPoolings) {
  const Architecture<float> a(
      "conv 32 3X3 groups 1, relu, conv 64 5x3 stride 2 nobias, maxpool 2, leaky 0.01, "
      "CONV 64 3x3 groups all, gelu, avgpool 3 stride 2 pad 1, conv 8 1x1 pad 2 dilation 3, "
      "globalmaxpool, scale 0.5, flatten, dense 10",
      {1, 28, 28}, fast_kernels());
  EXPECT_EQ(a.text(),
            "conv 32 3x3, relu, conv 64 5x3 stride 2 nobias, maxpool 2, leaky 0.01, "
            "conv 64 3x3 groups all, gelu, avgpool 3 stride 2 pad 1, conv 8 1x1 pad 2 dilation 3, "
            "globalmaxpool, scale 0.5, flatten, dense 10");
  const auto shape = [&](std::size_t layer) { return a.nodes()[layer].output.shape.text(); };
  EXPECT_EQ(shape(0), "32x28x28");
  EXPECT_EQ(shape(2), "64x14x14");
  EXPECT_EQ(shape(3), "64x7x7");
  EXPECT_EQ(shape(7), "64x4x4");
  EXPECT_EQ(shape(8), "8x8x8");
  EXPECT_EQ(shape(9), "8x1x1");
  EXPECT_EQ(a.output(), Shape{10});
  EXPECT_EQ(a.parameters()[0].shape, (Shape{32, 1, 3, 3}));
  EXPECT_EQ(a.parameters()[2].shape, (Shape{64, 32, 5, 3}));
  EXPECT_EQ(a.parameters()[3].name, "layers.5.weight");
  EXPECT_EQ(a.parameters()[3].shape, (Shape{64, 1, 3, 3}));
  EXPECT_EQ(a.nodes()[2].layer->multiply_adds(), 64U * 32 * 15 * 14 * 14);
  EXPECT_EQ(a.nodes()[5].layer->multiply_adds(), 64U * 9 * 7 * 7);
}

TEST(Architecture, ConvolutionsAndPoolingsSayWhatDoesNotFit) {
  EXPECT_THAT(error_of("dense 5, conv 3 3x3"),
              HasSubstr("layer 1 (\"conv 3 3x3\") takes channels x height x width, but what comes "
                        "before it is 5"));
  EXPECT_THAT(error_of("conv 3"), HasSubstr("needs a filter's height and width"));
  EXPECT_THAT(error_of("conv 3 3"), HasSubstr("\"3\" is not a filter's height and width"));
  EXPECT_THAT(error_of("conv 3 3x0"), HasSubstr("\"3x0\""));
  EXPECT_THAT(error_of("conv 3 3x3 stride"), HasSubstr("needs a stride"));
  EXPECT_THAT(error_of("conv 3 3x3 stride 0"), HasSubstr("\"0\" is not a stride"));
  EXPECT_THAT(error_of("conv 3 3x3 depth 2"), HasSubstr("conv has no option \"depth\""));
  EXPECT_THAT(error_of("conv 3 29x29 pad 0"), HasSubstr("filters of 29x29"));
  EXPECT_THAT(error_of("conv 3 3x3 dilation 4000000000"), HasSubstr("do not fit into 1x28x28"));
  EXPECT_THAT(error_of("conv 3 3x3 pad 4000000000"), HasSubstr("do not fit"));
  EXPECT_THAT(error_of("conv 6 3x3, conv 9 3x3 groups 6"),
              HasSubstr("6 groups do not divide 6 channels of 6x28x28 and 9 filters"));
  EXPECT_THAT(error_of("maxpool 29"), HasSubstr("windows of 29x29"));
  EXPECT_THAT(error_of("maxpool 2 pad 2"), HasSubstr("padded by 2"));
  EXPECT_THAT(error_of("globalmaxpool 2"), HasSubstr("globalmaxpool has no option \"2\""));
  EXPECT_THAT(error_of("leaky"), HasSubstr("needs a slope"));
  EXPECT_THAT(error_of("leaky 2"), HasSubstr("the slope 2 must be"));
  EXPECT_THAT(error_of("scale nan"), HasSubstr("\"nan\" is not a factor"));
  EXPECT_THAT(error_of("conv 1000000000 3x3"), HasSubstr("above 268435456 parameters"));
}

TEST(Architecture, Residuals) {
  const std::string text =
      "conv 8 3x3, batchnorm, relu, residual { conv 16 3x3 stride 2, batchnorm, residual { relu, "
      "conv 16 3x3 nobias } }, relu, globalavgpool, residual { flatten, dense 4, tanh }, dense 10";
  const Architecture<float> a(text, {1, 27, 28}, reference_kernels<float>());
  EXPECT_EQ(a.text(), text);
  EXPECT_EQ(a.output(), Shape{10});
  const auto at = [&](const std::string& name) {
    for (const Parameter& parameter : a.parameters()) {
      if (parameter.name == name) return parameter.shape.text();
    }
    return std::string("none");
  };
  EXPECT_EQ(at("layers.0.weight"), "8x1x3x3");
  EXPECT_EQ(at("layers.0.bias"), "none") << "a batchnorm follows";
  EXPECT_EQ(at("layers.1.running_var"), "8");
  EXPECT_EQ(at("layers.3.body.0.weight"), "16x8x3x3");
  EXPECT_EQ(at("layers.3.body.2.body.1.weight"), "16x16x3x3");
  EXPECT_EQ(at("layers.3.body.2.body.1.bias"), "none");
  EXPECT_EQ(at("layers.3.projection.weight"), "16x8x1x1");
  EXPECT_EQ(at("layers.6.projection.weight"), "4x16");
  EXPECT_EQ(at("layers.7.weight"), "10x4");
}

TEST(Architecture, ResidualsSayWhatIsWrong) {
  EXPECT_THAT(error_of("residual"), HasSubstr("layer 0 (\"residual\"): residual takes layers in"));
  EXPECT_THAT(error_of("residual {}"), HasSubstr("layer 0.body.0 is empty"));
  EXPECT_THAT(error_of("residual { relu"),
              HasSubstr("layer 0 (\"residual\"): its \"}\" is missing"));
  EXPECT_THAT(error_of("relu }"), HasSubstr("a \"}\" after layer 0 that no \"{\" opened"));
  EXPECT_THAT(error_of("relu { relu }"), HasSubstr("only residual takes layers in braces"));
  EXPECT_THAT(error_of("residual { relu } relu"), HasSubstr("a comma is missing after layer 0"));
  EXPECT_THAT(error_of("residual 3 { relu }"), HasSubstr("takes layers in braces"));
  EXPECT_THAT(error_of("residual { conv 3 3x3, relu, dens 3 }"), HasSubstr("layer 0.body.2"));
  EXPECT_THAT(error_of("residual { conv 3 2x2 }"),
              HasSubstr("make 3x27x27 of 1x28x28: no 1x1 projection does"));
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "residual{";
  EXPECT_THAT(error_of(deep), HasSubstr("more than 8 residuals inside each other"));
}

TEST(Architecture, NormalisingDroppingAndWhitening) {
  const std::string text =
      "whiten 16 3x3 stride 2, gelu, batchnorm noscale noshift momentum 0.4 eps 1e-12, dropout "
      "0.25, conv 4 1x1, maxpool 2, batchnorm, dense 10 nobias";
  const Architecture<float> a(text, {1, 28, 28}, reference_kernels<float>());
  EXPECT_EQ(a.text(), text);
  std::string names;
  for (const Parameter& parameter : a.parameters()) {
    names += parameter.name + (parameter.trained ? " " : "(stands) ");
  }
  EXPECT_EQ(names,
            "layers.0.weight(stands) layers.2.running_mean(stands) layers.2.running_var(stands) "
            "layers.4.weight layers.6.weight layers.6.bias layers.6.running_mean(stands) "
            "layers.6.running_var(stands) layers.7.weight ");
  EXPECT_THAT(error_of("relu, whiten 3 3x3"), HasSubstr("whiten is a network's first layer"));
  EXPECT_THAT(error_of("whiten 19 3x3"), HasSubstr("give at most 18 filters"));
  EXPECT_THAT(error_of("whiten 3 3x3 groups 1"), HasSubstr("only stride and pad"));
  EXPECT_THAT(error_of("dropout 1"), HasSubstr("0 or more and below 1"));
  EXPECT_THAT(error_of("batchnorm momentum 0"), HasSubstr("momentum 0 must be above 0"));
  EXPECT_THAT(error_of("batchnorm eps nan"), HasSubstr("is not a small number"));
  EXPECT_THAT(error_of("batchnorm eps 0"), HasSubstr("eps 0 above 0"));
}

// By hand: two rows of one channel; then what running statistics make of a row.
TEST(BatchNormalisation, ByHand) {
  Network<double> network("batchnorm momentum 0.25 eps 3, dense 2 nobias", {1},
                          reference_kernels<double>(), 1);
  const auto parameters = network.parameters();  // scale, shift, mean, variance, two weights
  std::ranges::copy(std::vector<double>{2, 5, 0, 1, 1, -1}, parameters.begin());
  Tensor rows(DataType::f64, {2, 1});
  rows.as<double>()[0] = 10;
  rows.as<double>()[1] = 12;  // mean 11, variance 1, by the unbiased estimate 2
  const std::vector<Label> labels{0, 1};
  std::vector<double> seen;
  const Loss<double> loss = [&](std::size_t n, std::size_t, const double* logits, const Label*,
                                double, double* diff) {
    seen.assign(logits, logits + 2 * n);
    std::fill_n(diff, 2 * n, 0.0);
    return 0.0;
  };
  network.gradient(TensorRows<double>(rows), all_positions(2), labels.data(), loss, 1.0);
  EXPECT_TRUE(all_close(seen, std::vector<double>{4, -4, 6, -6}, 1e-14, 0));
  EXPECT_TRUE(all_close(parameters, std::vector<double>{2, 5, 2.75, 1.25, 1, -1}, 1e-14, 0));
  std::vector<double> logits(4);
  network.forward(TensorRows<double>(rows), logits.data());
  const double first = 5 + 2 * (10 - 2.75) / std::sqrt(4.25);
  EXPECT_NEAR(logits[0], first, 1e-13);
  EXPECT_NEAR(logits[1], -first, 1e-13);
}

// The gradient at the logits is softmax less target, whatever its scale.
TEST(Network, NotesHowHardEachRowIs) {
  Network<double> network("dense 2 nobias", {1}, reference_kernels<double>(), 2);
  const std::vector<double> weights{1, -1};
  std::ranges::copy(weights, network.parameters().begin());
  network.parameters_changed();
  Tensor rows(DataType::f64, {100, 1});
  std::vector<Label> labels(100);
  for (std::size_t i = 0; i < 100; ++i) {
    rows.as<double>()[i] = static_cast<double>(i) / 50 - 1;
    labels[i] = i % 3 == 0 ? 1 : 0;
  }
  const auto& kernels = reference_kernels<double>();
  const Loss<double> loss = [&](std::size_t n, std::size_t classes, const double* logits,
                                const Label* of_rows, double scale, double* diff) {
    return kernels.softmax_cross_entropy(n, classes, logits, of_rows, scale, diff);
  };
  std::vector<float> difficulty(100, -1);
  std::vector<std::uint32_t> odd;
  for (std::uint32_t i = 1; i < 100; i += 2) odd.push_back(i);
  network.gradient(TensorRows<double>(rows), odd, labels.data(), loss, 0.25, {}, difficulty);
  for (std::size_t i = 0; i < 100; ++i) {
    const double x = rows.as<double>()[i],
                 wrong = 1 / (1 + std::exp(labels[i] == 0 ? 2 * x : -2 * x));
    if (i % 2 == 0) {
      EXPECT_EQ(difficulty[i], -1);
    } else {
      EXPECT_NEAR(difficulty[i], std::sqrt(2.0) * wrong, 1e-6);
    }
  }
}

// Rows of which every third is junk, and every third half another one.
class MixedRows final : public RowSource<double> {
 public:
  explicit MixedRows(const Tensor& rows) : rows_(rows) {}
  std::size_t rows() const override { return rows_.rows(); }
  std::size_t width() const override { return rows_.width(); }
  const double* fetch(std::span<const std::uint32_t> positions, double* buffer) const override {
    return rows_.fetch(positions, buffer);
  }
  bool mixes() const override { return true; }
  Mixture mixture(std::uint32_t position) const override {
    if (position % 3 == 0) return {.junk = true};
    return {.other = 0, .share = position % 3 == 1 ? 0.25F : 0.0F};
  }

 private:
  TensorRows<double> rows_;
};

// The gradient of a softmax with cross-entropy is p less the labels' shares.
TEST(Network, LearnsFromMixedLabelsAndFromJunk) {
  const std::size_t n = 7, classes = 4;
  const Tensor rows = random_rows(n, 5);
  const std::vector<Label> labels = {3, 0, 1, 2, 3, 0, 1};
  Network<double> network("dense 4 nobias", {1, 1, 5}, reference_kernels<double>(), 1);
  initialise(Initialisation::he, 1, network.architecture().parameters(), network.parameters());
  network.parameters_changed();
  std::vector<double> logits(n * classes), expected(network.parameters().size());
  network.forward(TensorRows<double>(rows), logits.data());
  const auto x = rows.as<float>();
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0;
    for (std::size_t c = 0; c < classes; ++c) sum += std::exp(logits[i * classes + c]);
    for (std::size_t c = 0; c < classes; ++c) {
      double share = labels[i] == c ? 1 : 0;
      if (i % 3 == 0) share = 0.25;
      if (i % 3 == 1) share = 0.75 * share + (c == 3 ? 0.25 : 0);
      const double diff = std::exp(logits[i * classes + c]) / sum - share;
      for (std::size_t k = 0; k < 5; ++k) {
        expected[c * 5 + k] += diff * static_cast<double>(x[i * 5 + k]);
      }
    }
  }
  const Loss<double> loss = reference_kernels<double>().softmax_cross_entropy;
  network.gradient(MixedRows(rows), all_positions(n), labels.data(), loss, 1.0);
  EXPECT_TRUE(all_close(std::span<const double>(network.gradients()),
                        std::span<const double>(expected), 1e-12, 1e-12));
}

TEST(Dropout, DropsAShareInTrainingAlone) {
  Network<float> network("dropout 0.25, dense 2 nobias", {1000}, reference_kernels<float>(), 2);
  std::fill_n(network.parameters().data(), 1000, 1.0F);
  network.parameters_changed();
  const Tensor rows = [] {
    Tensor ones(DataType::f32, {64, 1000});
    std::ranges::fill(ones.as<float>(), 1.0F);
    return ones;
  }();
  std::vector<float> logits(128);
  network.forward(TensorRows<float>(rows), logits.data());
  EXPECT_EQ(logits[0], 1000);
  const auto sums = [&](const TrainingDraw& draw) {
    std::vector<float> values;
    std::mutex mutex;
    const Loss<float> loss = [&](std::size_t n, std::size_t, const float* x, const Label*, float,
                                 float* diff) {
      const std::lock_guard guard(mutex);
      for (std::size_t i = 0; i < n; ++i) values.push_back(x[2 * i]);
      std::fill_n(diff, 2 * n, 0.0F);
      return 0.0;
    };
    const std::vector<Label> labels(64, 0);
    network.gradient(TensorRows<float>(rows), all_positions(64), labels.data(), loss, 1.0F, draw);
    std::ranges::sort(values);
    return values;
  };
  const auto first = sums({.seed = 1, .step = 0});
  EXPECT_EQ(sums({.seed = 1, .step = 0}), first);
  EXPECT_NE(sums({.seed = 1, .step = 1}), first);
  EXPECT_NE(sums({.seed = 2, .step = 0}), first);
  EXPECT_NE(first.front(), first.back()) << "rows differ";
  const double mean = std::accumulate(first.begin(), first.end(), 0.0) / 64;
  EXPECT_NEAR(mean, 1000, 4 * std::sqrt(1000 / 3.0 / 64)) << "what stays is made larger";
}

class NetworkSteps : public ::testing::Test {
 protected:
  static constexpr const char* kPlain = "dense 33, tanh, dense 5";
  static constexpr const char* kStaged =
      "dense 33, batchnorm, relu, residual { dropout 0.1, dense 33, batchnorm, gelu }, dense 5";

  static Network<float> make(int threads, const char* text = kPlain) {
    Network<float> network(text, {20}, fast_kernels(), threads);
    initialise(Initialisation::xavier, 1, network.architecture().parameters(),
               network.parameters());
    network.parameters_changed();
    return network;
  }
};

TEST_F(NetworkSteps, SameBytesForAnyNumberOfThreads) {
  for (const auto& [n, text] : {std::pair<std::size_t, const char*>{1, kPlain},
                                {31, kPlain},
                                {64, kPlain},
                                {200, kPlain},
                                {999, kPlain},
                                {2, kStaged},
                                {64, kStaged},
                                {500, kStaged}}) {
    const Tensor rows = random_rows(n, 20);
    std::vector<Label> labels(n);
    for (std::size_t i = 0; i < n; ++i) labels[i] = static_cast<Label>(i % 5);
    const auto positions = all_positions(n);
    std::vector<float> first;
    double first_loss = 0;
    for (const int threads : {1, 2, 3, 8}) {
      Network<float> network = make(threads, text);
      const auto result = network.gradient(TensorRows<float>(rows), positions, labels.data(),
                                           fast_kernels().softmax_cross_entropy, 1.0F);
      const std::vector<float> gradients(network.gradients().begin(), network.gradients().end());
      if (threads == 1) {
        first = gradients;
        first_loss = result.loss;
      }
      EXPECT_EQ(gradients, first) << n << " rows, " << threads << " threads";
      EXPECT_EQ(result.loss, first_loss);
    }
  }
}

TEST_F(NetworkSteps, TilesAndLanesDoNotChangeTheSum) {
  const std::size_t n = 333;
  const Tensor rows = random_rows(n, 20);
  std::vector<Label> labels(n, 3);
  const auto positions = all_positions(n);
  const auto& loss = fast_kernels().softmax_cross_entropy;
  Network<float> network = make(2);
  network.gradient(TensorRows<float>(rows), positions, labels.data(), loss, 1.0F);
  const std::vector<float> whole(network.gradients().begin(), network.gradients().end());
  std::vector<double> sum(whole.size());
  for (std::size_t i = 0; i < n; ++i) {
    network.gradient(TensorRows<float>(rows), std::span(positions).subspan(i, 1), labels.data(),
                     loss, 1.0F);
    for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += network.gradients()[j];
  }
  EXPECT_TRUE(all_close(whole, sum, 1e-5, 1e-4));
}

TEST_F(NetworkSteps, ForwardGivesEachRowItsLogitsInTheOrderAsked) {
  const Tensor rows = random_rows(150, 20);
  Network<float> network = make(2);
  std::vector<float> all(150 * 5, std::numeric_limits<float>::quiet_NaN());
  network.forward(TensorRows<float>(rows), all_positions(150), all.data());
  const std::vector<std::uint32_t> some{149, 0, 77};
  std::vector<float> picked(15);
  network.forward(TensorRows<float>(rows), some, picked.data());
  for (std::size_t i = 0; i < some.size(); ++i) {
    for (std::size_t c = 0; c < 5; ++c) EXPECT_EQ(picked[i * 5 + c], all[some[i] * 5 + c]);
  }
}

TEST_F(NetworkSteps, CountsCorrectRowsWithTiesToTheLowerClass) {
  Network<float> network("dense 3", {2}, fast_kernels(), 1);  // all weights 0: every row a tie
  const Tensor rows = random_rows(4, 2);
  const std::vector<Label> labels{0, 1, 0, 2};
  const auto result = network.gradient(TensorRows<float>(rows), all_positions(4), labels.data(),
                                       fast_kernels().softmax_cross_entropy, 1.0F);
  EXPECT_EQ(result.correct, 2U);
  EXPECT_NEAR(result.loss, 4 * std::log(3.0), 1e-6);
}

TEST(Initialise, SpreadFollowsItsFormula) {
  const Architecture<float> a("dense 400", {100}, fast_kernels());
  for (const auto& [kind, variance] : {std::pair{Initialisation::uniform, 1.0 / 300},
                                       {Initialisation::xavier, 2.0 / 500},
                                       {Initialisation::he, 2.0 / 100}}) {
    std::vector<double> block(a.parameter_count(), 9.0);
    initialise<double>(kind, 5, a.parameters(), block);
    double squares = 0;
    for (std::size_t i = 0; i < 40000; ++i) squares += block[i] * block[i];
    EXPECT_NEAR(squares / 40000 / variance, 1, 0.05);
    for (std::size_t i = 40000; i < 40400; ++i) ASSERT_EQ(block[i], 0);
  }
}

}  // namespace
}  // namespace weft
