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

struct Model {
  std::string network;                   // its text
  std::vector<std::string> class_names;  // in the order of the network's outputs
  Shape input;                           // {channels, height, width}
  Scaler scaler;                         // from bytes to the network's input
  std::string training;                  // what made it: a JSON object as text
  std::vector<NamedTensor> weights;      // in the order of the network's parameters
};

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
