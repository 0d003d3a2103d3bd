#include "model/rules.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>

#include "image/photo_steps.hpp"
#include "model/json.hpp"
#include "model/views.hpp"

namespace weft {
namespace {

constexpr std::size_t kMostClasses = std::numeric_limits<Label>::max() + std::size_t{1};
constexpr std::size_t kMostPixels = 65536;  // in a row, in a column, and channels
constexpr double kMostTemperature = 1e6;
constexpr const char* kWeightPrefix = "layers.";
constexpr const char* kMemberPrefix = "members.";

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

void check_scaler(const Shape& input, const Scaler& scaler, const Complaint& complaint) {
  const std::size_t values = statistics_shape(scaler.kind, input).elements();
  if (scaler.mean.size() != values || scaler.deviation.size() != values) {
    complaint.fail("{} has {} values and {} {}, but scaler {} of pictures of {} takes {}", kMean,
                   scaler.mean.size(), kDeviation, scaler.deviation.size(), name_of(scaler.kind),
                   input.text(), values);
  }
  for (std::size_t i = 0; i < values; ++i) {
    const float mean = scaler.mean[i];
    const float deviation = scaler.deviation[i];
    if (!std::isfinite(mean) || !std::isfinite(deviation) || deviation <= 0) {
      complaint.fail(
          "{} {} has mean {} and deviation {}: both are finite and the deviation positive",
          scaler.kind == ScalerKind::channel ? "channel" : "value", i, mean, deviation);
    }
  }
}

void check_weights(const std::vector<NamedTensor>& weights, const Complaint& complaint) {
  for (const NamedTensor& weight : weights) {
    if (!is_weight(weight.name)) {
      complaint.fail("weights are named {}: their names begin with {} or {}", shown(weight.name),
                     kWeightPrefix, kMemberPrefix);
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

void check_views(const std::vector<View>& views, const Complaint& complaint) {
  constexpr std::size_t kMostViews = 1000;
  if (views.empty() || views.size() > kMostViews) {
    complaint.fail("it has {} views: 1 to {} are possible", views.size(), kMostViews);
  }
  for (const View& view : views) {
    if (!parse_view(text_of(view))) {
      complaint.fail(
          "the view \"{}\" moves a picture by more than {} pixels, or bends its tones by "
          "a power outside of 1 / {} to {}",
          text_of(view), kMostViewShift, kMostViewGamma, kMostViewGamma);
    }
  }
}

void check_photo_steps(const std::string& steps, const Complaint& complaint) {
  try {
    parse_photo_steps(steps);
  } catch (const Error& error) {
    complaint.fail("{}", error.what());
  }
}

void check_trust(const Model& model, const Complaint& complaint) {
  if (!(model.temperature >= 1 / kMostTemperature && model.temperature <= kMostTemperature)) {
    complaint.fail("its temperature is {}: it is above 0, {} to {}", model.temperature,
                   1 / kMostTemperature, kMostTemperature);
  }
  const auto wrong = [](float value) { return !std::isfinite(value); };
  const std::size_t count = model.evidence.size();
  if ((count != 0 && count != kQuantiles) || std::ranges::any_of(model.evidence, wrong) ||
      !std::ranges::is_sorted(model.evidence)) {
    complaint.fail("it has {} quantiles of evidence: they are {} ascending numbers, or none", count,
                   kQuantiles);
  }
  if (!(model.rejected >= 0 && model.rejected <= 1)) {
    complaint.fail("its rate of rejection is {}: it is a share, 0 to 1", model.rejected);
  }
  const auto& thresholds = model.set_thresholds;
  const auto improbable = [](double p) { return !(p >= 0 && p <= 1); };
  if ((!thresholds.empty() && thresholds.size() != kSets) ||
      std::ranges::any_of(thresholds, improbable) ||
      !std::ranges::is_sorted(thresholds, std::greater())) {
    complaint.fail("it has {} thresholds of sets: they are {} descending probabilities, or none",
                   thresholds.size(), kSets);
  }
}

}  // namespace

Shape statistics_shape(ScalerKind kind, const Shape& input) {
  switch (kind) {
    case ScalerKind::standard:
      return input;
    case ScalerKind::channel:
      return {input[0]};
    case ScalerKind::none:
    case ScalerKind::unit:
      break;
  }
  return {0};
}

void check_shape(const Shape& input, const Complaint& complaint) {
  const auto possible = [](std::size_t size) { return size >= 1 && size <= kMostPixels; };
  if (input.rank() != 3 || !std::ranges::all_of(input.sizes(), possible)) {
    complaint.fail("its input is {}: it takes channels x height x width, each 1 to {}",
                   input.text(), kMostPixels);
  }
}

bool is_weight(std::string_view name) {
  return name.starts_with(kWeightPrefix) || name.starts_with(kMemberPrefix);
}

std::size_t count_members(const std::vector<NamedTensor>& weights) {
  std::size_t members = 1;
  for (const NamedTensor& weight : weights) {
    if (!weight.name.starts_with(kMemberPrefix)) continue;
    std::size_t number = 0;
    const char* first = weight.name.data() + std::string_view(kMemberPrefix).size();
    const char* end = weight.name.data() + weight.name.size();
    if (std::from_chars(first, end, number).ec == std::errc() && number < weights.size()) {
      members = std::max(members, number + 1);
    }
  }
  return members;
}

void check_model(const Model& model, const Complaint& complaint) {
  if (model.network.empty() || !is_utf8(model.network)) {
    complaint.fail("its network is {}: it is the layers' text", shown(model.network));
  }
  check_class_names(model.class_names, complaint);
  check_shape(model.input, complaint);
  check_scaler(model.input, model.scaler, complaint);
  check_views(model.views, complaint);
  check_photo_steps(model.photo_steps, complaint);
  check_trust(model, complaint);
  const auto training = parse_json(model.training);
  if (!training || !training->is_object()) {
    complaint.fail("its training record is {}: it is a JSON object", shown(model.training));
  }
  check_weights(model.weights, complaint);
}

}  // namespace weft
