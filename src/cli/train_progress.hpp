// What is seen of a training run: a live line on a terminal, a plain line an epoch.
#pragma once

#include <chrono>
#include <optional>

#include "cli/console.hpp"
#include "train/train.hpp"

namespace weft::cli {

class TrainProgress final : public RunObserver {
 public:
  // How long the run may become.
  TrainProgress(std::size_t epochs, std::size_t steps) : epochs_(epochs), steps_(steps) {}

  void on_batch(const BatchReport& report) override;
  void on_epoch(const HistoryRow& row) override;
  bool wants_stop() override;  // after Ctrl-C

  double seconds_since_start() const;

 private:
  std::size_t epochs_, steps_;
  std::optional<std::size_t> first_step_;  // that this process made
  ProgressLine line_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace weft::cli
