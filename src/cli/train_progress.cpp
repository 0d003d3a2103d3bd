#include "cli/train_progress.hpp"

#include <fmt/format.h>

#include <cmath>

#include "cli/interrupt.hpp"

namespace weft::cli {

void TrainProgress::on_batch(const BatchReport& report) {
  const std::size_t step = report.step;
  if (!first_step_) first_step_ = step;
  if (!line_.due()) return;
  const double done = static_cast<double>(step + 1 - *first_step_);
  const double seconds = seconds_since_start();
  const double left = seconds / done * static_cast<double>(steps_ - step - 1);
  const double rows = static_cast<double>(report.rows_done);
  const double pictures = done * rows / static_cast<double>(report.batch + 1);
  const double part = static_cast<double>(step + 1) / static_cast<double>(steps_);
  line_.show({fmt::format("epoch {}/{}", report.epoch + 1, epochs_),
              fmt::format("{} left", duration(left)),
              fmt::format("loss {:.4f}", report.loss_so_far), bar(part, 12),
              percent(static_cast<double>(report.correct_so_far) / rows),
              fmt::format("{} images/s", thousands(pictures / seconds))});
}

void TrainProgress::on_epoch(const HistoryRow& row) {
  std::vector<std::string> parts{fmt::format("epoch {}/{}", row.train.epoch + 1, epochs_)};
  const std::string accuracy = percent(row.train.accuracy);
  if (std::isnan(row.validation_accuracy)) {
    parts.insert(parts.end(), {fmt::format("loss {:.4f}  {}", row.train.loss, accuracy)});
  } else {
    parts.insert(parts.end(), {fmt::format("val {:.4f}  {}", row.validation_loss,
                                           percent(row.validation_accuracy)),
                               fmt::format("train {:.4f}  {}", row.train.loss, accuracy)});
  }
  parts.push_back(fmt::format("{} images/s", thousands(row.train.images_per_second)));
  line_.leave(parts);
}

bool TrainProgress::wants_stop() {
  if (Interrupt::signal() == 0) return false;
  line_.clear();
  return true;
}

double TrainProgress::seconds_since_start() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

}  // namespace weft::cli
