// What can be said to weft train, and the settings that it means.
#pragma once

#include <CLI/App.hpp>
#include <optional>
#include <string>

#include "train/settings.hpp"

namespace weft::cli {

// What was typed, or stood in the configuration; a setting that did not is the preset's.
struct TrainOptions {
  std::string data = "fashion-mnist", label_column, preset, network, init_from, fixes, out, resume,
              config;
  std::optional<std::size_t> epochs, steps, batch_size, warmup_epochs, patience, lookahead,
      ns_steps, ensemble, image_size;
  std::optional<double> lr, momentum, weight_decay, l1, l2, val_fraction, target, select,
      label_smoothing, adamw_lr, clip_grad_norm, lookahead_alpha, model_ema_decay;
  std::optional<std::string> optimizer, schedule, scaler, init, loss, class_weights, time, augment,
      mirror, views;
  bool nesterov = false, no_nesterov = false, muon_normalize = false, force = false, json = false,
       strict = false;
  std::uint64_t seed = 0;
  int threads = 0;
  std::string precision = "auto";
};

void add_options(CLI::App& command, TrainOptions& options);

// How the data is read. With --init-from photos are made as that model takes them.
LoadOptions load_options(const TrainOptions& options);
// --image-size and --strict, of photos.
void add_photo_options(CLI::App& command, std::optional<std::size_t>& image_size, bool& strict);

// The preset that was asked for, if only by not asking for a network; else empty.
std::string preset_of(const TrainOptions& options);

// Throws Error(usage) for options that exclude each other or values that cannot be.
TrainSettings settings_of(const TrainOptions& options, const Dataset& data);

// "30s", "3m", "1h" or "90": seconds, above 0. Throws Error(usage).
double parse_time(const std::string& text);

}  // namespace weft::cli
