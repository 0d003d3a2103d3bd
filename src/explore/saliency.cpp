#include "explore/saliency.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/random.hpp"
#include "base/threads.hpp"
#include "data/augment.hpp"
#include "data/rows.hpp"
#include "explore/occlusion.hpp"
#include "kernels/select.hpp"
#include "model/fit.hpp"
#include "nn/input_gradient.hpp"

namespace weft {
namespace {

constexpr std::size_t kSamples = 128;  // of all ways together: each has its own
constexpr std::size_t kAtOnce = 16;    // of them, that a thread takes together

// One network looking at the picture in one way.
struct Way {
  std::size_t network;
  std::vector<std::size_t> from;  // of each of its pixels: the picture's, or kBackground
  std::vector<float> begin, end;  // background alone, and the picture, as the network takes them
};

// How much of each pixel is there in this sample: squares as those of an OcclusionMap hide it, so
// many that they would cover the picture five quarters, each by so much of its own.
std::vector<float> partly_hidden(const PictureSize& size, std::size_t sample) {
  const std::size_t side = occlusion_side(size.height, size.width);
  const std::size_t pixels = size.height * size.width;
  RandomStream random(0, RandomPurpose::augment, 0, static_cast<std::uint32_t>(sample));
  const auto place = [&](std::size_t places) {
    const auto at = static_cast<std::size_t>(random.uniform() * static_cast<double>(places));
    return std::min(at, places - 1);
  };
  std::vector<float> there(pixels, 1);
  for (std::size_t square = 0; square < 5 * pixels / (4 * side * side); ++square) {
    const std::size_t top = place(size.height - side + 1), left = place(size.width - side + 1);
    const auto left_there = static_cast<float>(random.uniform());
    for (std::size_t y = top; y < top + side; ++y) {
      for (std::size_t x = left; x < left + side; ++x) {
        there[y * size.width + x] = std::min(there[y * size.width + x], left_there);
      }
    }
  }
  return there;
}

InputGradient<float> network_of(const Model& model, std::size_t member) {
  InputGradient<float> network(model.network, model.input, select_kernels(Precision::f32));
  copy_weights(model, member, network.architecture(), network.parameters());
  network.parameters_changed();
  return network;
}

}  // namespace

class Saliency::Implementation {
 public:
  Implementation(const Model& model, int threads)
      : size_{model.input[0], model.input[1], model.input[2]},
        classes_(model.class_names.size()),
        scale_({1, model.input[0], model.input[1], model.input[2]}, model.scaler),
        views_(model.views),
        temperature_(static_cast<float>(model.temperature)),
        pool_(threads),
        spaces_(static_cast<std::size_t>(threads)) {
    check_fit(model, "model");
    for (std::size_t member = 0; member < model.members; ++member) {
      networks_.push_back(network_of(model, member));
    }
  }

  SaliencyMap of(std::span<const std::uint8_t> picture, std::size_t label) {
    if (picture.size() != size_.elements() || label >= classes_) {
      fail(ErrorCode::usage,
           "saliency: {} bytes and class {}, but the model takes pictures of {} bytes and has {} "
           "classes",
           picture.size(), label, size_.elements(), classes_);
    }
    const std::vector<Way> ways = ways_to(picture);
    const std::size_t parts = parts_of_a_way();
    std::vector<std::vector<float>> gradients(ways.size() * parts);
    pool_.for_each(gradients.size(), [&](std::size_t i, int thread) {
      gradients[i] =
          sum_of_gradients(ways[i / parts], i, label, spaces_[static_cast<std::size_t>(thread)]);
    });
    SaliencyMap map;
    map.height = size_.height;
    map.width = size_.width;
    const std::size_t pixels = size_.height * size_.width;
    std::vector<double> share(pixels);
    const double part = 1 / static_cast<double>(gradients.size() * kAtOnce);
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      const Way& way = ways[i / parts];
      for (std::size_t at = 0; at < size_.elements(); ++at) {
        const std::size_t pixel = way.from[at % pixels];
        if (pixel == kBackground) continue;  // which it is with and without the picture
        const double change = static_cast<double>(way.end[at]) - static_cast<double>(way.begin[at]);
        share[pixel] += part * change * static_cast<double>(gradients[i][at]);
      }
    }
    map.share.assign(share.begin(), share.end());
    return map;
  }

  double multiply_adds() const {
    const std::size_t samples = networks_.size() * views_.size() * parts_of_a_way() * kAtOnce;
    return static_cast<double>(samples) *
           static_cast<double>(networks_.front().architecture().multiply_adds());
  }

 private:
  std::size_t parts_of_a_way() const {
    return std::max<std::size_t>(1, kSamples / kAtOnce / (networks_.size() * views_.size()));
  }

  std::vector<Way> ways_to(std::span<const std::uint8_t> picture) const {
    const std::size_t pixels = size_.height * size_.width;
    std::vector<std::uint8_t> background, seen(size_.elements());
    for (std::size_t c = 0; c < size_.channels; ++c) {
      background.insert(background.end(), pixels,
                        median_of_border(picture.data() + c * pixels, size_.height, size_.width));
    }
    std::vector<Way> ways;
    for (std::size_t network = 0; network < networks_.size(); ++network) {
      for (const View& view : views_) {
        const Placement placement{.mirror = view.mirror, .dx = view.right, .dy = view.down};
        Way way{network, placed_from(size_, placement, view.reflect),
                std::vector<float>(size_.elements()), std::vector<float>(size_.elements())};
        place(size_, placement, view.reflect, picture.data(), seen.data());
        std::vector<std::uint8_t> around = background;
        const auto tones = bent_tones(view.gamma);
        for (auto* bytes : {&seen, &around}) {
          for (std::uint8_t& value : *bytes) value = tones[value];
        }
        scale_.scale(around.data(), way.begin.data());
        scale_.scale(seen.data(), way.end.data());
        ways.push_back(std::move(way));
      }
    }
    return ways;
  }

  // Of the class's probability, at these samples.
  std::vector<float> sum_of_gradients(const Way& way, std::size_t part, std::size_t label,
                                      InputGradient<float>::Space& space) const {
    const std::size_t width = size_.elements(), pixels = size_.height * size_.width;
    std::vector<float> rows(kAtOnce * width), diff(kAtOnce * width), sum(width);
    for (std::size_t i = 0; i < kAtOnce; ++i) {
      const std::vector<float> there = partly_hidden(size_, part * kAtOnce + i);
      for (std::size_t at = 0; at < width; ++at) {
        rows[i * width + at] = way.begin[at] + there[at % pixels] * (way.end[at] - way.begin[at]);
      }
    }
    const InputGradient<float>& network = networks_[way.network];
    const auto at_logits = [&](std::size_t n, const float* logits, float* diff_logits) {
      std::vector<float> p(n * classes_);
      for (std::size_t i = 0; i < p.size(); ++i) p[i] = logits[i] / temperature_;
      network.architecture().kernels().softmax(n, classes_, p.data(), p.data());
      for (std::size_t i = 0; i < n; ++i) {
        const float* row = p.data() + i * classes_;
        for (std::size_t c = 0; c < classes_; ++c) {
          diff_logits[i * classes_ + c] =
              row[label] * ((c == label ? 1.0F : 0.0F) - row[c]) / temperature_;
        }
      }
    };
    network.gradient(kAtOnce, rows.data(), at_logits, diff.data(), space);
    for (std::size_t i = 0; i < kAtOnce; ++i) {
      for (std::size_t at = 0; at < width; ++at) sum[at] += diff[i * width + at];
    }
    return sum;
  }

  PictureSize size_;
  std::size_t classes_;
  PixelScale<float> scale_;
  std::vector<View> views_;
  float temperature_;
  std::vector<InputGradient<float>> networks_;
  ThreadPool pool_;
  std::vector<InputGradient<float>::Space> spaces_;  // one a thread
};

Saliency::Saliency(const Model& model, int threads)
    : implementation_(
          std::make_unique<Implementation>(model, threads > 0 ? threads : default_threads())) {}
Saliency::~Saliency() = default;
Saliency::Saliency(Saliency&&) noexcept = default;
Saliency& Saliency::operator=(Saliency&&) noexcept = default;

double Saliency::multiply_adds() const {
  return implementation_->multiply_adds();
}

SaliencyMap Saliency::of(std::span<const std::uint8_t> picture, std::size_t label) {
  return implementation_->of(picture, label);
}

}  // namespace weft
