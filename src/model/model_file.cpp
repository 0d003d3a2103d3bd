// save_model and load_model: what docs/model-file.md says, over safetensors.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/error.hpp"
#include "model/json.hpp"
#include "model/safetensors.hpp"
#include "weft/model.hpp"

namespace weft {
namespace {

using nlohmann::json;

constexpr const char* kFormat = "1";
constexpr std::size_t kMostClasses = std::numeric_limits<Label>::max() + std::size_t{1};
constexpr std::size_t kMostPixels = 65536;  // in a row, in a column, and channels

constexpr const char* kMean = "input.mean";
constexpr const char* kDeviation = "input.std";
constexpr const char* kWeightPrefix = "layers.";

json preprocess_steps() {
  return json::array({{{"step", "divide"}, {"by", 255}, {"version", 1}},
                      {{"step", "standardise"}, {"version", 1}}});
}

json output_rule() {
  return {{"activation", "softmax"}, {"temperature", 1}, {"views", json::array({"plain"})}};
}

// Where a complaint belongs: `code` tells a caller's mistake from a bad file.
struct Complaint {
  ErrorCode code;
  std::string file;

  template <class... Arguments>
  [[noreturn]] void fail(fmt::format_string<Arguments...> format, Arguments&&... arguments) const {
    throw Error(code, file + ": " + fmt::format(format, std::forward<Arguments>(arguments)...));
  }
};

// The rules a model keeps, in memory and in its file.

void check_class_names(const std::vector<std::string>& names, const Complaint& complaint) {
  if (names.empty() || names.size() > kMostClasses) {
    complaint.fail("it has {} class names: 1 to {} are possible", names.size(), kMostClasses);
  }
  std::vector<std::string_view> sorted(names.begin(), names.end());
  for (const std::string_view name : sorted) {
    if (!is_utf8(name)) complaint.fail("the class name {} is not UTF-8: rename it", shown(name));
  }
  std::ranges::sort(sorted);
  const auto twice = std::ranges::adjacent_find(sorted);
  if (twice != sorted.end()) complaint.fail("two classes are named {}: rename one", shown(*twice));
}

void check_input(const Shape& input, const PixelStatistics& statistics,
                 const Complaint& complaint) {
  const auto possible = [](std::size_t size) { return size >= 1 && size <= kMostPixels; };
  if (input.rank() != 3 || !std::ranges::all_of(input.sizes(), possible)) {
    complaint.fail("its input is {}: it takes channels x height x width, each 1 to {}",
                   input.text(), kMostPixels);
  }
  if (statistics.mean.size() != input[0] || statistics.deviation.size() != input[0]) {
    complaint.fail(
        "{} has {} values and {} {}, but there are {} channels: one for each is the rule", kMean,
        statistics.mean.size(), kDeviation, statistics.deviation.size(), input[0]);
  }
  for (std::size_t c = 0; c < input[0]; ++c) {
    const float mean = statistics.mean[c];
    const float deviation = statistics.deviation[c];
    if (!std::isfinite(mean) || !std::isfinite(deviation) || deviation <= 0) {
      complaint.fail(
          "channel {} has mean {} and deviation {}: both are finite and the deviation positive", c,
          mean, deviation);
    }
  }
}

void check_weights(const std::vector<NamedTensor>& weights, const Complaint& complaint) {
  for (const NamedTensor& weight : weights) {
    if (!weight.name.starts_with(kWeightPrefix)) {
      complaint.fail("weights are named {}: their names begin with {}", shown(weight.name),
                     kWeightPrefix);
    }
    if (weight.value.type() != DataType::f32) {
      complaint.fail("{} is of type {}: weights are f32", shown(weight.name),
                     name_of(weight.value.type()));
    }
    const auto values = weight.value.as<float>();
    const auto wrong = std::ranges::find_if_not(values, [](float v) { return std::isfinite(v); });
    if (wrong != values.end()) {
      complaint.fail("element {} of {} is {}: weights are finite numbers", wrong - values.begin(),
                     shown(weight.name), *wrong);
    }
  }
}

void check_model(const Model& model, const Complaint& complaint) {
  if (model.network.empty() || !is_utf8(model.network)) {
    complaint.fail("its network is {}: it is the layers' text", shown(model.network));
  }
  check_class_names(model.class_names, complaint);
  check_input(model.input, model.input_statistics, complaint);
  const auto training = parse_json(model.training);
  if (!training || !training->is_object()) {
    complaint.fail("its training record is {}: it is a JSON object", shown(model.training));
  }
  check_weights(model.weights, complaint);
}

// Writing.

Tensor to_tensor(const std::vector<float>& values) {
  Tensor tensor(DataType::f32, {values.size()});
  std::ranges::copy(values, tensor.as<float>().begin());
  return tensor;
}

Metadata to_metadata(const Model& model) {
  const json input = {
      {"channels", model.input[0]}, {"height", model.input[1]}, {"width", model.input[2]}};
  return {{"weft.format", kFormat},
          {"weft.network", model.network},
          {"weft.labels", json(model.class_names).dump()},
          {"weft.input", input.dump()},
          {"weft.preprocess", preprocess_steps().dump()},
          {"weft.output", output_rule().dump()},
          {"weft.training", model.training}};
}

// Reading.

const std::string& text_at(const Metadata& metadata, const char* key, const Complaint& complaint) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) {
    complaint.fail("its metadata lacks {}: this is no model file of weft, or a damaged one", key);
  }
  return found->second;
}

json json_at(const Metadata& metadata, const char* key, const Complaint& complaint) {
  const std::string& text = text_at(metadata, key, complaint);
  auto value = parse_json(text);
  if (!value) complaint.fail("{} is {}, which is not valid JSON", key, shown(text));
  return std::move(*value);
}

std::vector<std::string> to_class_names(const json& labels, const Complaint& complaint) {
  const auto is_text = [](const json& label) { return label.is_string(); };
  if (!labels.is_array() || !std::ranges::all_of(labels, is_text)) {
    complaint.fail("weft.labels is {}: it is an array of names", shown(labels.dump()));
  }
  return labels.get<std::vector<std::string>>();
}

Shape to_input(const json& input, const Complaint& complaint) {
  std::vector<std::size_t> sizes;
  for (const char* key : {"channels", "height", "width"}) {
    if (!input.is_object() || !input.contains(key) || !input[key].is_number_unsigned()) {
      complaint.fail("weft.input is {}: it has channels, height and width, positive integers",
                     shown(input.dump()));
    }
    sizes.push_back(input[key].get<std::size_t>());
  }
  return Shape(std::move(sizes));
}

// Whether `value` has everything `expected` has; an object may have more keys, which later versions
// added.
bool agrees(const json& value, const json& expected) {
  if (expected.is_object()) {
    return value.is_object() && std::ranges::all_of(expected.items(), [&](const auto& item) {
             return value.contains(item.key()) && agrees(value[item.key()], item.value());
           });
  }
  if (expected.is_array()) {
    return value.is_array() && std::ranges::equal(value, expected, agrees);
  }
  return value == expected;
}

// This version knows one way in and one way out; a file that asks for another would be predicted
// wrongly.
void check_rule(const Metadata& metadata, const char* key, const json& known,
                const Complaint& complaint) {
  const json value = json_at(metadata, key, complaint);
  if (!agrees(value, known)) {
    complaint.fail("{} is {}, but this version knows only {}: a newer one may read it", key,
                   shown(value.dump()), known.dump());
  }
}

std::vector<float> take_statistics(std::vector<NamedTensor>& tensors, const char* name,
                                   const Complaint& complaint) {
  const auto found = std::ranges::find(tensors, name, &NamedTensor::name);
  if (found == tensors.end()) complaint.fail("the tensor {} is missing", name);
  const Tensor& value = found->value;
  if (value.type() != DataType::f32 || value.shape().rank() != 1) {
    complaint.fail("{} has type {} and shape {}: it is f32, one value a channel", name,
                   name_of(value.type()), value.shape().text());
  }
  const auto values = value.as<float>();
  return {values.begin(), values.end()};
}

std::filesystem::path find_file(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored)) return path;
  std::filesystem::path inside = path / "model.safetensors";
  if (!std::filesystem::exists(inside, ignored)) {
    fail(ErrorCode::bad_input,
         "{} is a folder without model.safetensors: give a model file or a run folder",
         path.string());
  }
  return inside;
}

}  // namespace

std::string save_model(const std::filesystem::path& path, const Model& model) {
  check_model(model, {ErrorCode::usage, "save_model " + path.string()});
  const Tensor mean = to_tensor(model.input_statistics.mean);
  const Tensor deviation = to_tensor(model.input_statistics.deviation);
  std::vector<TensorReference> tensors = {{kMean, &mean}, {kDeviation, &deviation}};
  for (const NamedTensor& weight : model.weights) tensors.push_back({weight.name, &weight.value});
  return write_safetensors(path, to_metadata(model), tensors);
}

Model load_model(const std::filesystem::path& path) {
  const std::filesystem::path file = find_file(path);
  const Complaint complaint{ErrorCode::bad_input, file.string()};
  Safetensors contents = read_safetensors(file);
  const Metadata& metadata = contents.metadata;
  const std::string& format = text_at(metadata, "weft.format", complaint);
  if (format != kFormat) {
    complaint.fail("weft.format is {}, but this version reads {}: use a newer one", shown(format),
                   kFormat);
  }
  Model model;
  model.network = text_at(metadata, "weft.network", complaint);
  model.class_names = to_class_names(json_at(metadata, "weft.labels", complaint), complaint);
  model.input = to_input(json_at(metadata, "weft.input", complaint), complaint);
  check_rule(metadata, "weft.preprocess", preprocess_steps(), complaint);
  check_rule(metadata, "weft.output", output_rule(), complaint);
  model.training = text_at(metadata, "weft.training", complaint);
  model.input_statistics = {take_statistics(contents.tensors, kMean, complaint),
                            take_statistics(contents.tensors, kDeviation, complaint)};
  for (NamedTensor& tensor : contents.tensors) {
    if (tensor.name.starts_with(kWeightPrefix)) model.weights.push_back(std::move(tensor));
  }
  check_model(model, complaint);
  return model;
}

}  // namespace weft
