#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.hpp"
#include "train/settings.hpp"

namespace weft {
namespace {

// A network's text, written layer by layer.
class Layers {
 public:
  Layers& add(const std::string& layer) {
    text_ += (text_.empty() ? "" : ", ") + layer;
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::size_t shorter_side(const Shape& picture) {
  return std::min(picture[1], picture[2]);
}

// How often the sides are to be halved until 4 pixels or fewer are left.
std::size_t halvings(const Shape& picture) {
  std::size_t count = 0;
  for (std::size_t side = shorter_side(picture); side > 4; side /= 2) ++count;
  return count;
}

// A whitening layer and its activation: both signs of the principal components of 3x3 patches, of
// which colours have more. Behind them `stages` more halvings are to come; what is too many for
// those is done here: the first `pooled` by pooling alone, which sees every patch.
void begin(const Shape& picture, std::size_t stages, const std::string& activation, Layers& layers,
           std::size_t pooled = 0) {
  const std::size_t count = halvings(picture), more = count > stages ? count - stages : 0;
  const bool strides = more > pooled;
  layers.add(fmt::format("whiten {} 3x3{}", picture[0] == 1 ? 16 : 32, strides ? " stride 2" : ""))
      .add(activation);
  for (std::size_t i = strides ? 1 : 0; i < more; ++i) layers.add("maxpool 2");
}

std::string quick_network(const DataFacts& facts) {
  const std::size_t count = halvings(facts.picture);
  Layers layers;
  begin(facts.picture, 3, "relu", layers);
  if (count >= 3) layers.add("maxpool 2");
  layers.add("conv 48 3x3");
  if (count >= 2) layers.add("maxpool 2");
  layers.add("batchnorm").add("relu").add("conv 96 3x3");
  if (count >= 1) layers.add("maxpool 2");
  layers.add("batchnorm").add("relu").add("conv 128 3x3").add("batchnorm").add("relu");
  return layers.add(fmt::format("dense {}", facts.classes)).text();
}

// From 48 pixels a side on pictures show more than outlines: wider layers, the first at half the
// side or less, and all that is left are the 4 pixels of halvings().
bool is_large(const Shape& picture) {
  return halvings(picture) >= 4;
}

std::string network_of_large(const DataFacts& facts) {
  Layers layers;
  begin(facts.picture, 3, "gelu", layers, 1);
  for (const std::size_t width : {64, 128, 256}) {
    layers.add(fmt::format("conv {} 3x3", width)).add("maxpool 2").add("batchnorm").add("gelu");
    layers.add(fmt::format("conv {} 3x3", width)).add("batchnorm").add("gelu");
  }
  layers.add("globalmaxpool").add("dropout 0.3");
  return layers.add(fmt::format("dense {}", facts.classes)).text();
}

std::string default_network(const DataFacts& facts) {
  if (is_large(facts.picture)) return network_of_large(facts);
  const std::size_t count = halvings(facts.picture);
  Layers layers;
  begin(facts.picture, 3, "gelu", layers);
  if (count >= 3) layers.add("maxpool 2");
  for (const std::size_t width : {48U, 96U}) {
    const std::size_t left = width == 48 ? 2 : 1;
    layers.add(fmt::format("conv {} 3x3", width)).add("batchnorm").add("gelu");
    layers.add(fmt::format("conv {} 3x3", width));
    if (count >= left) layers.add("maxpool 2");
    layers.add("batchnorm").add("gelu");
  }
  layers.add("conv 192 3x3").add("batchnorm").add("gelu");
  return layers.add("globalmaxpool").add(fmt::format("dense {} nobias", facts.classes)).text();
}

// Each width works at the size that its convolution has pooled to, the first at the whole one.
std::string best_network(const DataFacts& facts) {
  const std::size_t count = halvings(facts.picture);
  Layers layers;
  begin(facts.picture, 3, "gelu", layers);
  std::size_t left = 3;
  for (const std::size_t width : {64U, 128U, 256U}) {
    layers.add(fmt::format("conv {} 3x3", width));
    if (count >= left--) layers.add("maxpool 2");
    layers.add("batchnorm").add("gelu");
    layers.add(fmt::format("residual {{ conv {0} 3x3, batchnorm, gelu, conv {0} 3x3, batchnorm }}",
                           width));
    layers.add("gelu");
  }
  return layers.add("globalmaxpool").add(fmt::format("dense {} nobias", facts.classes)).text();
}

// By a pixel in pictures of 28, and no more than augmentation takes.
std::string shift(const DataFacts& facts) {
  const double pixels = static_cast<double>(shorter_side(facts.picture)) / 28;
  return fmt::format("shift {}", std::clamp(std::lround(pixels), 1L, 64L));
}

// These steps, and mirroring before them where it keeps a picture's class.
std::string mirrored(const DataFacts& facts, const std::string& steps = "",
                     const std::string& mirror = "mirror") {
  if (!facts.mirrors) return steps.empty() ? "none" : steps;
  return steps.empty() ? mirror : mirror + ", " + steps;
}

Augmentation augmentation(const DataFacts& facts, const std::string& steps = "") {
  return parse_augmentation(mirrored(facts, steps, "mirror alternate"));
}

// The epochs are those for Fashion-MNIST: fewer pictures are gone through more often, up to 20
// times, in batches that still make an epoch of 20 steps or more; more of them less often.
void adapt_length(const DataFacts& facts, TrainSettings& settings) {
  constexpr double kPictures = 60000, kMost = 20;
  const double pictures = static_cast<double>(std::max<std::size_t>(facts.pictures, 1));
  const double epochs =
      static_cast<double>(settings.epochs) * std::min(kPictures / pictures, kMost);
  settings.epochs = static_cast<std::size_t>(std::max(1L, std::lround(epochs)));
  std::size_t largest = 16;
  while (2 * largest * 20 <= facts.pictures) largest *= 2;
  settings.batch_size = std::min(settings.batch_size, largest);
}

TrainSettings mlp(const DataFacts& facts) {
  TrainSettings settings;
  settings.network = fmt::format("dense 64, relu, dense {}", facts.classes);
  settings.epochs = 4;
  settings.batch_size = 128;
  set_optimizer(OptimizerKind::sgd, settings);
  return settings;
}

TrainSettings mlp_large(const DataFacts& facts) {
  TrainSettings settings;
  settings.network =
      fmt::format("dense 512, batchnorm, relu, dropout 0.2, dense 256, batchnorm, relu, dense {}",
                  facts.classes);
  settings.epochs = 45;
  settings.select = 0.5;
  settings.batch_size = 256;
  set_optimizer(OptimizerKind::adamw, settings);
  settings.augmentation = augmentation(facts, shift(facts));
  settings.views = mirrored(facts);
  adapt_length(facts, settings);
  return settings;
}

TrainSettings quick(const DataFacts& facts) {
  TrainSettings settings;
  settings.network = quick_network(facts);
  settings.epochs = 7;
  settings.select = 0.5;
  settings.batch_size = 128;
  set_optimizer(OptimizerKind::muon, settings);
  settings.learning_rate = 0.04;
  settings.label_smoothing = 0.1;
  settings.augmentation = augmentation(facts);
  settings.views = mirrored(facts);
  adapt_length(facts, settings);
  return settings;
}

// For photos of things, of which there are often few, and which cost more each: the more pictures,
// the fewer times through them, by the root.
TrainSettings thorough_for_large(const DataFacts& facts) {
  TrainSettings settings = quick(facts);
  const auto pictures = static_cast<double>(std::max<std::size_t>(facts.pictures, 1));
  const double epochs = 45 * std::sqrt(3000 / pictures);
  settings.network = network_of_large(facts);
  settings.epochs = static_cast<std::size_t>(std::lround(std::clamp(epochs, 10.0, 200.0)));
  settings.select = 1;
  settings.batch_size = std::min<std::size_t>(settings.batch_size, 64);
  settings.learning_rate = 0.03;
  const std::string moved = fmt::format("shift {}, rotate 10, zoom 0.15",
                                        std::max<std::size_t>(1, shorter_side(facts.picture) / 16));
  settings.augmentation =
      parse_augmentation(mirrored(facts, moved + ", brightness 0.15, contrast 0.2"));
  settings.views = mirrored(facts, shift(facts));
  return settings;
}

TrainSettings thorough(const DataFacts& facts) {
  if (is_large(facts.picture)) return thorough_for_large(facts);
  TrainSettings settings = quick(facts);
  settings.network = default_network(facts);
  settings.epochs = 36;
  settings.augmentation = augmentation(facts, shift(facts) + ", erase 0.25");
  settings.views = mirrored(facts, shift(facts));
  adapt_length(facts, settings);
  return settings;
}

// Thorough, for a network that is to know products that were cut out of photos, and what is none.
TrainSettings photos(const DataFacts& facts) {
  TrainSettings settings = thorough(facts);
  settings.augmentation.junk = 0.06;
  if (is_large(facts.picture) || facts.picture[0] != 1) return settings;  // these are photos
  settings.views += ", gamma 2";  // cameras and lamps differ in it
  settings.augmentation.photo = 0.25;
  settings.epochs = 40;
  settings.select = 1;  // what the augmentation made hard is not what is hard
  adapt_length(facts, settings);
  return settings;
}

TrainSettings best(const DataFacts& facts) {
  TrainSettings settings = thorough(facts);
  settings.ensemble = 2;
  if (is_large(facts.picture)) {
    settings.epochs *= 2;
    return settings;
  }
  settings.network = best_network(facts);
  settings.epochs = 80;
  settings.augmentation = augmentation(facts, shift(facts) + ", erase 0.5");
  adapt_length(facts, settings);
  return settings;
}

struct Preset {
  const char* name;
  const char* meaning;
  TrainSettings (*make)(const DataFacts&);
};

constexpr std::array<Preset, 6> kPresets{{
    {"quick", "a small convolutional network: seconds", quick},
    {"default", "a convolutional network: minutes", thorough},
    {"best", "two larger ones, with skips: an hour or two", best},
    {"photos", "default, for a network that is shown photos: minutes", photos},
    {"mlp", "one hidden layer: a second", mlp},
    {"mlp-large", "no convolutions: a minute", mlp_large},
}};

const Preset& find_preset(const std::string& name) {
  const auto found = std::ranges::find(kPresets, name, &Preset::name);
  if (found != kPresets.end()) return *found;
  fail(ErrorCode::usage, "preset: there is no preset \"{}\"; there are {}", name,
       fmt::join(preset_names(), ", "));
}

// The picture of a shoe is one of a shoe when it is mirrored; that of a digit, or a letter, is not.
bool mirrors(const Dataset& data) {
  return !data.numbered && std::ranges::any_of(data.class_names, [](const std::string& name) {
    return name.size() > 1;
  });
}

}  // namespace

void set_optimizer(OptimizerKind kind, TrainSettings& settings) {
  OptimizerSettings& optimizer = settings.optimizer;
  optimizer.kind = kind;
  optimizer.nesterov = kind != OptimizerKind::adamw;
  switch (kind) {
    case OptimizerKind::sgd:
      optimizer.momentum = 0.9;
      optimizer.weight_decay = 5e-4;
      settings.learning_rate = 0.1;
      break;
    case OptimizerKind::adamw:
      optimizer.momentum = 0;
      optimizer.weight_decay = 0.01;
      settings.learning_rate = 0.004;
      break;
    case OptimizerKind::muon:
      optimizer.momentum = 0.95;
      optimizer.weight_decay = 0.01;
      settings.learning_rate = 0.02;
      settings.adamw_learning_rate = 0.004;
      break;
  }
}

DataFacts facts_of(const Dataset& data) {
  const Shape& all = data.train.images.shape();
  return {.picture = {all[1], all[2], all[3]},
          .classes = data.class_names.size(),
          .pictures = data.train.size(),
          .mirrors = mirrors(data),
          .class_weights = usual_class_weights(data)};
}

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const Preset& preset : kPresets) names.emplace_back(preset.name);
  return names;
}

std::string preset_meaning(const std::string& name) {
  return find_preset(name).meaning;
}

TrainSettings preset(const std::string& name, const DataFacts& facts) {
  TrainSettings settings = find_preset(name).make(facts);
  settings.class_weights = facts.class_weights;
  return settings;
}

}  // namespace weft
