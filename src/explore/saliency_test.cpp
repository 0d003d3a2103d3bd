#include "explore/saliency.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.hpp"
#include "compare.hpp"
#include "data/rows.hpp"
#include "explore/occlusion.hpp"
#include "nn/network.hpp"
#include "weft/error.hpp"
#include "weft/predictor.hpp"

namespace weft {
namespace {

using testing::all_close;

const Shape kInput{2, 8, 9};
constexpr std::size_t kPixels = 72;

// A network of random numbers with these layers; each member has others.
Model random_model(const std::string& network, std::size_t members = 1) {
  Model model;
  model.network = network;
  model.class_names = {"a", "b", "c"};
  model.input = kInput;
  model.scaler = {ScalerKind::channel, {0.3F, 0.4F}, {0.2F, 0.3F}};
  model.training = "{}";
  model.members = members;
  const Architecture<float> architecture(network, kInput, reference_kernels<float>());
  RandomStream random(3, RandomPurpose::initialise);
  for (std::size_t member = 0; member < members; ++member) {
    for (const Parameter& parameter : architecture.parameters()) {
      Tensor value(DataType::f32, parameter.shape);
      const double scale = 1 / std::sqrt(static_cast<double>(parameter.fan_in));
      for (float& v : value.as<float>()) {
        v = static_cast<float>(scale * random.normal());
        if (parameter.name.ends_with("running_var")) v = 0.5F + std::abs(v);
      }
      const std::string prefix = members > 1 ? "members." + std::to_string(member) + "." : "";
      model.weights.push_back({prefix + parameter.name, std::move(value)});
    }
  }
  return model;
}

// Dark, with something in the middle.
std::vector<std::uint8_t> some_picture() {
  std::vector<std::uint8_t> picture(kInput.elements(), 20);
  for (std::size_t c = 0; c < 2; ++c) {
    for (std::size_t y = 2; y < 6; ++y) {
      for (std::size_t x = 2; x < 7; ++x) {
        picture[c * kPixels + y * 9 + x] =
            static_cast<std::uint8_t>(40 + (c * 97 + y * 53 + x * 31) % 200);
      }
    }
  }
  return picture;
}

double probability_of(const Model& model, const std::vector<std::uint8_t>& picture,
                      std::size_t label) {
  Tensor images(DataType::u8, {1, kInput[0], kInput[1], kInput[2]});
  std::ranges::copy(picture, images.as<std::uint8_t>().begin());
  return static_cast<double>(Predictor(model, 1).probabilities(images).as<float>()[label]);
}

double sum_of(const std::vector<float>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

// Where the probabilities of a linear network hardly move, they are linear too: a pixel's share is
// what they lose when it becomes background in all channels, whatever the views and members.
TEST(Saliency, OfALinearNetworkIsWhatHidingAPixelTakes) {
  const std::vector<std::uint8_t> picture = some_picture();
  for (const char* views :
       {"none", "mirror", "mirror, shift 1 reflect", "shift 3", "mirror, gamma 2"}) {
    SCOPED_TRACE(views);
    Model model = random_model("dense 3", 2);
    model.views = parse_views(views);
    model.temperature = 1000;
    const SaliencyMap map = Saliency(model, 1).of(picture, 1);
    ASSERT_EQ(map.height, 8U);
    ASSERT_EQ(map.width, 9U);
    std::vector<double> share, taken;
    for (std::size_t i = 0; i < kPixels; ++i) {
      std::vector<std::uint8_t> hidden = picture;
      hidden[i] = hidden[kPixels + i] = 20;
      taken.push_back(1e3 * (probability_of(model, picture, 1) - probability_of(model, hidden, 1)));
      share.push_back(1e3 * static_cast<double>(map.share[i]));
    }
    EXPECT_TRUE(all_close(share, taken, 0.02, 1e-3));
    EXPECT_GT(*std::ranges::max_element(share), 0.015);
  }
}

TEST(Saliency, IsTheSameAtAnyNumberOfThreads) {
  Model model = random_model("conv 8 3x3, batchnorm, gelu, maxpool 2, dense 3", 2);
  model.views = parse_views("mirror");
  const std::vector<std::uint8_t> picture = some_picture();
  Saliency one(model, 1), three(model, 3);
  const SaliencyMap expected = one.of(picture, 2);
  EXPECT_GT(*std::ranges::max_element(expected.share), 0);
  for (int again = 0; again < 3; ++again) {
    const SaliencyMap map = three.of(picture, 2);
    EXPECT_EQ(map.share, expected.share);
  }
}

TEST(Saliency, WrongPicturesAndClassesAreErrors) {
  Saliency saliency(random_model("dense 3"), 1);
  EXPECT_THROW(saliency.of(std::vector<std::uint8_t>(3), 0), Error);
  EXPECT_THROW(saliency.of(some_picture(), 3), Error);
  Model unfit = random_model("dense 3");
  unfit.network = "dense 4";
  EXPECT_THROW(Saliency(unfit, 1), Error);
}

// Pictures of class c have a bright square in corner c, a middling one in another place, and noise.
struct Corners {
  Tensor images{DataType::u8, {120, 2, 8, 9}};
  std::vector<Label> labels;

  Corners() {
    RandomStream random(5, RandomPurpose::split);
    const auto pixels = images.as<std::uint8_t>();
    for (std::size_t i = 0; i < 120; ++i) {
      labels.push_back(static_cast<Label>(i % 3));
      for (std::size_t p = 0; p < kInput.elements(); ++p) {
        const std::size_t y = p % kPixels / 9, x = p % 9;
        const std::size_t top = i % 3 == 0 ? 1 : 5, left = i % 3 == 1 ? 1 : 5;
        const bool square = y >= top && y < top + 2 && x >= left && x < left + 3;
        pixels[i * kInput.elements() + p] = static_cast<std::uint8_t>(
            (square ? 200 : 10) + static_cast<int>(40 * random.uniform()));
      }
    }
  }
};

Model trained_model(const Corners& data) {
  Model model = random_model("conv 8 3x3, relu, maxpool 2, dense 3");
  Network<float> network(model.network, kInput, reference_kernels<float>(), 1);
  const auto& parameters = network.architecture().parameters();
  const auto place = [&](const Parameter& parameter) {
    return network.parameters().begin() + static_cast<std::ptrdiff_t>(parameter.offset);
  };
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    std::ranges::copy(model.weights[i].value.as<float>(), place(parameters[i]));
  }
  std::vector<std::uint32_t> rows(data.labels.size());
  std::iota(rows.begin(), rows.end(), 0U);
  const PixelRows<float> source(data.images, model.scaler);
  for (int step = 0; step < 30; ++step) {
    network.gradient(source, rows, data.labels.data(),
                     reference_kernels<float>().softmax_cross_entropy, 1.0F / 120);
    for (std::size_t i = 0; i < network.parameters().size(); ++i) {
      network.parameters()[i] -= 0.2F * network.gradients()[i];
    }
    network.parameters_changed();
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    std::copy_n(place(parameters[i]), parameters[i].shape.elements(),
                model.weights[i].value.as<float>().begin());
  }
  return model;
}

double correlation(const std::vector<float>& a, const std::vector<float>& b) {
  const auto n = static_cast<double>(a.size());
  const double mean_a = sum_of(a) / n, mean_b = sum_of(b) / n;
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = static_cast<double>(a[i]) - mean_a, y = static_cast<double>(b[i]) - mean_b;
    ab += x * y, aa += x * x, bb += y * y;
  }
  return ab / std::sqrt(aa * bb);
}

TEST(Saliency, AgreesWithOcclusion) {
  const Corners data;
  const Model model = trained_model(data);
  Predictor predictor(model, 1);
  const Tensor probabilities = predictor.probabilities(data.images);
  Saliency saliency(model, 1);
  for (std::size_t i = 0; i < 6; ++i) {
    ASSERT_GT(probabilities.as<float>()[3 * i + i % 3], 0.8F);
    const auto picture =
        data.images.as<std::uint8_t>().subspan(i * kInput.elements(), kInput.elements());
    const OcclusionMap hidden = occlusion(predictor, picture, kInput, i % 3);
    const SaliencyMap map = saliency.of(picture, i % 3);
    EXPECT_GT(correlation(map.share, hidden.drop), 0.5) << i;
    // The square is what it rests on.
    const auto most =
        static_cast<std::size_t>(std::ranges::max_element(map.share) - map.share.begin());
    const std::size_t top = i % 3 == 0 ? 1 : 5, left = i % 3 == 1 ? 1 : 5;
    EXPECT_TRUE(most / 9 >= top && most / 9 < top + 2 && most % 9 >= left && most % 9 < left + 3)
        << most;
  }
}

}  // namespace
}  // namespace weft
