// The model file: all that predicting needs, in one safetensors file.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "weft/data.hpp"
#include "weft/tensor.hpp"

namespace weft {

struct NamedTensor {
  std::string name;  // "layers.0.weight", as docs/model-file.md lists them
  Tensor value;      // f32
};

// One way of looking at a picture: mirrored, moved by whole pixels, its tones bent. What comes in
// from outside is reflected at the border, or else the median of each channel's border. A byte
// becomes 255 (byte / 255)^gamma.
struct View {
  bool mirror = false;
  int right = 0, down = 0;
  bool reflect = false;
  double gamma = 1;

  friend bool operator==(const View&, const View&) = default;
};

// "none" is the picture as it is. "shift N" adds two views that are moved by N pixels along the
// diagonal, up and down, "shift N reflect" likewise; "gamma G" two whose tones are bent by G and
// 1 / G; "mirror" all of these mirrored: "mirror, shift 1, gamma 2" is ten. Throws Error(usage).
std::vector<View> parse_views(const std::string& text);

struct Model {
  std::string network;                   // its text
  std::vector<std::string> class_names;  // in the order of the network's outputs
  Shape input;                           // {channels, height, width}
  Scaler scaler;                         // from bytes to the network's input
  // From a photo to such bytes: the names of steps, in their order, as docs/pictures.md lists them.
  std::string photo_steps = "fit, centre";
  std::string training;  // what made it: a JSON object as text
  // In the order of the network's parameters; of several members one after the other, their names
  // behind "members.0.", "members.1." ...
  std::vector<NamedTensor> weights;
  std::size_t members = 1;             // networks whose probabilities are averaged
  std::vector<View> views = {View{}};  // an answer is the mean of their probabilities
  double temperature = 1;              // logits are divided by it before their softmax
  // Of the answers to pictures that had been held out, kQuantiles quantiles of evidence_of
  // (predictor.hpp), ascending, the least and the most among them. None where nothing was held out.
  std::vector<float> evidence;
  // A picture whose answer has less of it than those to this share of them is none of the classes.
  // Training with junk among the pictures (Augmentation::junk) sets it lower.
  double rejected = 0.035;
  // How probable a class is at least that is in a set (Predictor::prediction_set): of each coverage
  // from kLeastCoverage on in thousandths, descending. kSets of them, or none where nothing was
  // held out.
  std::vector<double> set_thresholds;
};

constexpr std::size_t kQuantiles = 101;
constexpr std::size_t kSets = 500;
constexpr double kLeastCoverage = 0.5, kMostCoverage = 0.999;

// Writes the file whole or not at all; equal models give equal bytes. Returns the file's SHA-256.
// Throws Error(failed) when it cannot be written.
std::string save_model(const std::filesystem::path& path, const Model& model);

// The file that `path` means: itself, or the model.safetensors in a run folder. Throws
// Error(bad_input) for a folder without one.
std::filesystem::path model_file(const std::filesystem::path& path);

// The model in model_file(path). Nothing in the file is
// trusted: every length is checked before it is used. Throws Error(bad_input) with the file, the
// place and the rule.
Model load_model(const std::filesystem::path& path);

}  // namespace weft
