#include "train/checkpoint.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/error.hpp"
#include "base/version.hpp"
#include "model/json.hpp"
#include "model/safetensors.hpp"

namespace weft {
namespace {

using nlohmann::json;

// JSON has no NaN: null stands for it.
json number(double value) {
  return std::isnan(value) ? json() : json(value);
}
double number(const json& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

json as_json(const TrainingPosition& at) {
  return {{"step", at.step},      {"epoch", at.epoch},     {"batch", at.batch},
          {"rows", at.rows},      {"correct", at.correct}, {"loss_sum", at.loss_sum},
          {"seconds", at.seconds}};
}

TrainingPosition to_position(const json& value) {
  return {.step = value.at("step"),
          .epoch = value.at("epoch"),
          .batch = value.at("batch"),
          .rows = value.at("rows"),
          .correct = value.at("correct"),
          .loss_sum = value.at("loss_sum"),
          .seconds = value.at("seconds")};
}

json as_json(const HistoryRow& row) {
  const EpochReport& t = row.train;
  return json::array({t.epoch, t.loss, t.accuracy, t.learning_rate, t.seconds, t.images_per_second,
                      number(row.validation_loss), number(row.validation_accuracy)});
}

HistoryRow to_row(const json& value) {
  return {{.epoch = value.at(0),
           .loss = value.at(1),
           .accuracy = value.at(2),
           .learning_rate = value.at(3),
           .seconds = value.at(4),
           .images_per_second = value.at(5)},
          number(value.at(6)),
          number(value.at(7))};
}

json as_json(const std::vector<HistoryRow>& history) {
  json rows = json::array();
  for (const HistoryRow& row : history) rows.push_back(as_json(row));
  return rows;
}

std::vector<HistoryRow> to_rows(const std::string& text) {
  std::vector<HistoryRow> history;
  for (const json& row : json::parse(text)) history.push_back(to_row(row));
  return history;
}

constexpr const char* kFormat = "weft.checkpoint";
constexpr const char* kRun = "weft.run";
constexpr const char* kPosition = "weft.position";
constexpr const char* kHistory = "weft.history";
constexpr const char* kParameters = "parameters";
constexpr const char* kFirstMoment = "optimizer.first_moment";
constexpr const char* kSecondMoment = "optimizer.second_moment";
constexpr const char* kSlowWeights = "optimizer.slow_weights";
constexpr const char* kAverage = "average";
constexpr const char* kDifficultyAtStart = "difficulty.at_start";
constexpr const char* kDifficulty = "difficulty";
constexpr const char* kFinished = "weft.finished";
constexpr const char* kFinishedHistory = "weft.finished_history";
constexpr const char* kFinishedWeights = "finished.weights";

// What the format is, and that another version's arithmetic may differ.
std::string format_text() {
  return fmt::format("1 of weft {}", version());
}

const std::string& text_at(const Metadata& metadata, const char* key, const std::string& file) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) {
    fail(ErrorCode::bad_input, "{}: its metadata lacks {}: this is no checkpoint, or a damaged one",
         file, key);
  }
  return found->second;
}

Tensor tensor_of(const std::vector<float>& values) {
  Tensor tensor(DataType::f32, {values.size()});
  std::ranges::copy(values, tensor.as<float>().begin());
  return tensor;
}

std::vector<float> floats_of(const NamedTensor& tensor, const std::string& file) {
  if (tensor.value.type() != DataType::f32) {
    fail(ErrorCode::bad_input, "{}: its {} is of {}, not f32: start the run anew with --force",
         file, tensor.name, name_of(tensor.value.type()));
  }
  const auto values = tensor.value.as<float>();
  return {values.begin(), values.end()};
}

}  // namespace

std::vector<HistoryRow> whole_history(const Checkpoint& checkpoint) {
  std::vector<HistoryRow> all = checkpoint.finished_history;
  all.insert(all.end(), checkpoint.history.begin(), checkpoint.history.end());
  return all;
}

void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  Metadata metadata{{kFormat, format_text()},
                    {kRun, checkpoint.run},
                    {kPosition, as_json(checkpoint.position).dump()},
                    {kHistory, as_json(checkpoint.history).dump()}};
  std::vector<TensorReference> tensors{{kParameters, &checkpoint.parameters},
                                       {kFirstMoment, &checkpoint.first_moment},
                                       {kSecondMoment, &checkpoint.second_moment}};
  if (checkpoint.slow_weights) tensors.push_back({kSlowWeights, &*checkpoint.slow_weights});
  if (checkpoint.average) tensors.push_back({kAverage, &*checkpoint.average});
  const Tensor at_start = tensor_of(checkpoint.difficulty_at_start);
  const Tensor difficulty = tensor_of(checkpoint.difficulty);
  if (!checkpoint.difficulty.empty()) {
    tensors.push_back({kDifficultyAtStart, &at_start});
    tensors.push_back({kDifficulty, &difficulty});
  }
  if (checkpoint.finished > 0) {
    metadata[kFinished] = std::to_string(checkpoint.finished);
    metadata[kFinishedHistory] = as_json(checkpoint.finished_history).dump();
    tensors.push_back({kFinishedWeights, &checkpoint.finished_weights.value()});
  }
  write_safetensors(path, metadata, tensors);
}

std::optional<Checkpoint> load_checkpoint(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::nullopt;
  const std::string file = path.string();
  Safetensors contents = read_safetensors(path);
  const std::string& format = text_at(contents.metadata, kFormat, file);
  if (format != format_text()) {
    fail(ErrorCode::bad_input,
         "{}: it is a checkpoint in format {}, but this program goes on with {} only: start the "
         "run anew with --force",
         file, shown(format), format_text());
  }
  Checkpoint checkpoint;
  checkpoint.run = text_at(contents.metadata, kRun, file);
  try {
    checkpoint.position = to_position(json::parse(text_at(contents.metadata, kPosition, file)));
    checkpoint.history = to_rows(text_at(contents.metadata, kHistory, file));
    if (contents.metadata.contains(kFinished)) {
      checkpoint.finished = json::parse(contents.metadata[kFinished]).get<std::size_t>();
      checkpoint.finished_history = to_rows(text_at(contents.metadata, kFinishedHistory, file));
    }
  } catch (const json::exception& error) {
    fail(ErrorCode::bad_input, "{}: its position or history is damaged: {}", file, error.what());
  }
  for (NamedTensor& tensor : contents.tensors) {
    if (tensor.name == kParameters) checkpoint.parameters = std::move(tensor.value);
    if (tensor.name == kFirstMoment) checkpoint.first_moment = std::move(tensor.value);
    if (tensor.name == kSecondMoment) checkpoint.second_moment = std::move(tensor.value);
    if (tensor.name == kSlowWeights) checkpoint.slow_weights = std::move(tensor.value);
    if (tensor.name == kAverage) checkpoint.average = std::move(tensor.value);
    if (tensor.name == kDifficultyAtStart) {
      checkpoint.difficulty_at_start = floats_of(tensor, file);
    }
    if (tensor.name == kDifficulty) checkpoint.difficulty = floats_of(tensor, file);
    if (tensor.name == kFinishedWeights) checkpoint.finished_weights = std::move(tensor.value);
  }
  return checkpoint;
}

}  // namespace weft
