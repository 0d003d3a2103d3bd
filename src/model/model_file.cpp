// save_model and load_model: what docs/model-file.md says, over safetensors.
#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "image/photo_steps.hpp"
#include "model/fit.hpp"
#include "model/json.hpp"
#include "model/rules.hpp"
#include "model/safetensors.hpp"
#include "model/views.hpp"
#include "weft/model.hpp"

namespace weft {
namespace {

using nlohmann::json;

constexpr const char* kFormat = "1";
constexpr const char* kEvidenceRule = "evidence";
constexpr const char* kSetRule = "threshold";
constexpr double kCoverageStep = 0.001;

json photo_step(const std::string& name) {
  return {{"step", name}, {"version", kPhotoStepVersion}};
}

// What is done to a photo, step by step.
json photo_steps(const Model& model) {
  json steps = json::array();
  for (const PhotoStep step : parse_photo_steps(model.photo_steps).steps) {
    steps.push_back(photo_step(name_of(step)));
  }
  return steps;
}

// What a scaler does, step by step.
json preprocess_steps(ScalerKind kind) {
  json steps = json::array();
  if (kind != ScalerKind::none) steps.push_back({{"step", "divide"}, {"by", 255}, {"version", 1}});
  if (kind == ScalerKind::standard || kind == ScalerKind::channel) {
    steps.push_back({{"step", "standardise"}, {"version", 1}});
  }
  return steps;
}

json output_rule() {
  return {{"activation", "softmax"}};
}

// Writing.

Tensor to_tensor(const Shape& shape, const std::vector<float>& values) {
  Tensor tensor(DataType::f32, shape);
  std::ranges::copy(values, tensor.as<float>().begin());
  return tensor;
}

Metadata to_metadata(const Model& model) {
  json output = output_rule();
  output["temperature"] = model.temperature;
  output["views"] = texts_of(model.views);
  if (!model.evidence.empty()) {
    output["rejection"] = {{"rule", kEvidenceRule},
                           {"version", 1},
                           {"rate", model.rejected},
                           {"quantiles", model.evidence}};
  }
  if (!model.set_thresholds.empty()) {
    output["sets"] = {{"rule", kSetRule},
                      {"version", 1},
                      {"least_coverage", kLeastCoverage},
                      {"step", kCoverageStep},
                      {"thresholds", model.set_thresholds}};
  }
  const json input = {
      {"channels", model.input[0]}, {"height", model.input[1]}, {"width", model.input[2]}};
  json preprocess = photo_steps(model);
  for (json& step : preprocess_steps(model.scaler.kind)) preprocess.push_back(std::move(step));
  return {{"weft.format", kFormat},
          {"weft.network", model.network},
          {"weft.labels", json(model.class_names).dump()},
          {"weft.input", input.dump()},
          {"weft.preprocess", preprocess.dump()},
          {"weft.output", output.dump()},
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
void check_rule(const json& value, const char* key, const json& known, const Complaint& complaint) {
  if (!agrees(value, known)) {
    complaint.fail(
        "{} is {}, but this version knows only {}: use the version that wrote it, or train again",
        key, shown(value.dump()), known.dump());
  }
}

std::vector<View> to_views(const json& output, const Complaint& complaint) {
  std::vector<View> views;
  const json list = output.value("views", json());
  for (const json& entry : list.is_array() ? list : json::array()) {
    const auto view = entry.is_string() ? parse_view(entry.get<std::string>()) : std::nullopt;
    if (!view) {
      complaint.fail(
          "weft.output has the view {}, which this version does not know: a newer one "
          "may read it",
          shown(entry.dump()));
    }
    views.push_back(*view);
  }
  return views;
}

double number_at(const json& object, const char* key, const Complaint& complaint) {
  if (!object.contains(key) || !object[key].is_number()) {
    complaint.fail("weft.output is {}: it has the number {}", shown(object.dump()), key);
  }
  return object[key].get<double>();
}

template <class Number>
std::vector<Number> numbers_at(const json& object, const char* key, const Complaint& complaint) {
  const json numbers = object.value(key, json());
  const auto is_number = [](const json& value) { return value.is_number(); };
  if (!numbers.is_array() || !std::ranges::all_of(numbers, is_number)) {
    complaint.fail("weft.output has the {} {}: they are numbers", key, shown(numbers.dump()));
  }
  return numbers.get<std::vector<Number>>();
}

// A file from before there was any rejection rejects nothing.
void take_rejection(const json& output, Model& model, const Complaint& complaint) {
  if (!output.contains("rejection")) return;
  const json& rejection = output["rejection"];
  const json known = {{"rule", kEvidenceRule}, {"version", 1}};
  check_rule(rejection, "weft.output's rejection", known, complaint);
  model.rejected = number_at(rejection, "rate", complaint);
  model.evidence = numbers_at<float>(rejection, "quantiles", complaint);
}

// Nor has it sets.
void take_sets(const json& output, Model& model, const Complaint& complaint) {
  if (!output.contains("sets")) return;
  const json& sets = output["sets"];
  const json known = {{"rule", kSetRule},
                      {"version", 1},
                      {"least_coverage", kLeastCoverage},
                      {"step", kCoverageStep}};
  check_rule(sets, "weft.output's sets", known, complaint);
  model.set_thresholds = numbers_at<double>(sets, "thresholds", complaint);
}

std::vector<float> take_statistics(const std::vector<NamedTensor>& tensors, const char* name,
                                   const Shape& shape, const Complaint& complaint) {
  const auto found = std::ranges::find(tensors, name, &NamedTensor::name);
  if (found == tensors.end()) complaint.fail("the tensor {} is missing", name);
  const Tensor& value = found->value;
  if (value.type() != DataType::f32 || value.shape() != shape) {
    complaint.fail("{} has type {} and shape {}: for this input it is f32 of {}", name,
                   name_of(value.type()), value.shape().text(), shape.text());
  }
  const auto values = value.as<float>();
  return {values.begin(), values.end()};
}

// Takes the steps for photos, which come first, away from the others. Files from before there were
// any have none: then `unsaid` holds.
std::string take_photo_steps(json& steps, const std::string& unsaid) {
  std::string names;
  std::size_t count = 0;
  for (const PhotoStep step : all_photo_steps()) {
    if (!steps.is_array() || count >= steps.size()) break;
    if (!agrees(steps[count], photo_step(name_of(step)))) continue;
    names += (names.empty() ? "" : ", ") + std::string(name_of(step));
    ++count;
  }
  if (count == 0) return unsaid;
  steps.erase(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(count));
  return names;
}

// The scaler that these steps and tensors make; channel or standard is told by the tensors' shape.
Scaler take_scaler(const Safetensors& contents, const json& steps, const Shape& input,
                   const Complaint& complaint) {
  const auto mean = std::ranges::find(contents.tensors, kMean, &NamedTensor::name);
  for (const ScalerKind kind : {ScalerKind::none, ScalerKind::unit}) {
    if (!agrees(steps, preprocess_steps(kind))) continue;
    if (mean != contents.tensors.end()) {
      complaint.fail("weft.preprocess is {}, which does not use the tensor {}: the file is damaged",
                     steps.dump(), kMean);
    }
    return {kind, {}, {}};
  }
  check_rule(steps, "weft.preprocess", preprocess_steps(ScalerKind::channel), complaint);
  const bool each_value = mean != contents.tensors.end() && mean->value.shape().rank() == 3;
  const ScalerKind kind = each_value ? ScalerKind::standard : ScalerKind::channel;
  const Shape shape = statistics_shape(kind, input);
  return {kind, take_statistics(contents.tensors, kMean, shape, complaint),
          take_statistics(contents.tensors, kDeviation, shape, complaint)};
}

}  // namespace

std::filesystem::path model_file(const std::filesystem::path& path) {
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

std::string save_model(const std::filesystem::path& path, const Model& model) {
  check_model(model, {ErrorCode::usage, "save_model " + path.string()});
  const Shape shape = statistics_shape(model.scaler.kind, model.input);
  const Tensor mean = to_tensor(shape, model.scaler.mean);
  const Tensor deviation = to_tensor(shape, model.scaler.deviation);
  std::vector<TensorReference> tensors;
  if (mean.elements() > 0) tensors = {{kMean, &mean}, {kDeviation, &deviation}};
  for (const NamedTensor& weight : model.weights) tensors.push_back({weight.name, &weight.value});
  return write_safetensors(path, to_metadata(model), tensors);
}

Model load_model(const std::filesystem::path& path) {
  const std::filesystem::path file = model_file(path);
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
  const json output = json_at(metadata, "weft.output", complaint);
  check_rule(output, "weft.output", output_rule(), complaint);
  model.views = to_views(output, complaint);
  model.temperature = number_at(output, "temperature", complaint);
  take_rejection(output, model, complaint);
  take_sets(output, model, complaint);
  model.training = text_at(metadata, "weft.training", complaint);
  check_shape(model.input, complaint);
  json preprocess = json_at(metadata, "weft.preprocess", complaint);
  model.photo_steps = take_photo_steps(preprocess, model.photo_steps);
  model.scaler = take_scaler(contents, preprocess, model.input, complaint);
  for (NamedTensor& tensor : contents.tensors) {
    if (is_weight(tensor.name)) model.weights.push_back(std::move(tensor));
  }
  model.members = count_members(model.weights);
  check_model(model, complaint);
  check_fit(model, file.string());
  return model;
}

}  // namespace weft
