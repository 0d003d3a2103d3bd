#include "train/run_folder.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "kernels/select.hpp"

namespace weft {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

ordered_json run_json(const RunRequest& request, const TrainOutcome& outcome) {
  ordered_json json;
  json["data"] = request.data;
  if (!request.preset.empty()) json["preset"] = request.preset;
  json["network"] = outcome.model.network;
  json["threads"] = request.threads;
  // The settings as the model file has them; theirs is the one list.
  json["training"] = ordered_json::parse(outcome.model.training);
  if (request.settings.validation_fraction)
    json["val_fraction"] = *request.settings.validation_fraction;
  json["machine"] = {{"instructions", instruction_set()}, {"bf16", has_bf16_instructions()}};
  return json;
}

std::string value_or_nothing(double value) {
  return std::isnan(value) ? "" : fmt::format("{:.6g}", value);
}

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

}  // namespace

void create_run_folder(const fs::path& folder, bool force) {
  std::error_code error;
  if (!force &&
      (fs::exists(folder / "run.json", error) || fs::exists(folder / "model.safetensors", error))) {
    fail(ErrorCode::usage,
         "out: {} holds a run already: choose another folder, or replace it with --force",
         folder.string());
  }
  fs::create_directories(folder, error);
  if (error) fail(ErrorCode::failed, "cannot create {}: {}", folder.string(), error.message());
}

std::string write_run(const fs::path& folder, const RunRequest& request,
                      const TrainOutcome& outcome) {
  write_file(folder / "history.csv", history_csv(outcome.history));
  const std::string digest = save_model(folder / "model.safetensors", outcome.model);
  write_file(folder / "run.json", run_json(request, outcome).dump(2) + "\n");
  return digest;
}

}  // namespace weft
