// weft predict MODEL FILES...
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "image/decode.hpp"
#include "weft/model.hpp"

namespace weft::cli {

struct PhotoOptions {
  std::vector<std::string> files;  // and folders; "-": a list of them on standard input
  std::string csv;
  bool json = false;
  std::optional<std::size_t> top;
  std::optional<double> threshold, coverage;
  std::string sort_into;
  bool link = false;
  std::optional<std::string> photo_steps;
  std::size_t limit_bytes = DecodeOptions{}.max_bytes;
  std::size_t limit_pixels = DecodeOptions{}.max_pixels;
  int threads = 0;
};

// Asks the model about each, and writes the answers as they come. Throws CLI::RuntimeError(3) at
// the end when some could not be read, with an Interrupt's exit code when one came;
// Error(bad_input) when there were none.
void predict_photos(const Model& model, const PhotoOptions& options);

}  // namespace weft::cli
