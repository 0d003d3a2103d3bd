#include "train/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace weft {
namespace {

std::string value_or_nothing(double value) {
  return std::isnan(value) ? "" : fmt::format("{:.6g}", value);
}

}  // namespace

std::string history_csv(const std::vector<HistoryRow>& history) {
  std::string text =
      "epoch,train_loss,train_accuracy,val_loss,val_accuracy,learning_rate,seconds,images_per_"
      "second\n";
  for (const HistoryRow& row : history) {
    text += fmt::format("{},{:.6g},{:.6g},{},{},{:.6g},{:.4f},{:.0f}\n", row.train.epoch + 1,
                        row.train.loss, row.train.accuracy, value_or_nothing(row.validation_loss),
                        value_or_nothing(row.validation_accuracy), row.train.learning_rate,
                        row.train.seconds, row.train.images_per_second);
  }
  return text;
}

bool has_ended(const std::vector<HistoryRow>& history, std::size_t patience, double target) {
  if (history.empty()) return false;
  if (target > 0 && history.back().validation_accuracy >= target) return true;
  const auto best = std::ranges::max_element(history, {}, &HistoryRow::validation_accuracy);
  const auto since = static_cast<std::size_t>(history.end() - best) - 1;
  return patience > 0 && since >= patience;
}

}  // namespace weft
