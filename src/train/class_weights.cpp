#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "data/gzip.hpp"
#include "model/json.hpp"
#include "train/settings.hpp"

namespace weft {
namespace {

std::vector<std::size_t> counts_of(const Dataset& data) {
  std::vector<std::size_t> counts(data.class_names.size());
  for (const Label label : data.train.labels) ++counts.at(label);
  return counts;
}

std::vector<double> balanced(const Dataset& data) {
  const std::vector<std::size_t> counts = counts_of(data);
  std::vector<double> weights;
  for (const std::size_t count : counts) {
    const double share = static_cast<double>(counts.size()) * static_cast<double>(count);
    weights.push_back(count == 0 ? 1 : static_cast<double>(data.train.labels.size()) / share);
  }
  return weights;
}

std::vector<double> roots(std::vector<double> weights) {
  for (double& weight : weights) weight = std::sqrt(weight);
  return weights;
}

std::vector<double> from_file(const std::string& file, const Dataset& data) {
  constexpr std::size_t kMostBytes = std::size_t{1} << 20;
  const FileBytes bytes = read_file(file, kMostBytes);
  const auto json = parse_json({reinterpret_cast<const char*>(bytes.span().data()), bytes.size()});
  if (!json || !json->is_object()) {
    fail(ErrorCode::bad_input,
         "class-weights: {}: it must hold one JSON object, as in {{\"Shirt\": 2.5, \"Coat\": 1}}",
         file);
  }
  std::vector<double> weights(data.class_names.size(), 1);
  for (const auto& [name, value] : json->items()) {
    const auto found = std::ranges::find(data.class_names, name);
    if (found == data.class_names.end()) {
      fail(ErrorCode::bad_input, "class-weights: {}: {} is no class of the data, which are {}",
           file, shown(name), fmt::join(data.class_names, ", "));
    }
    const double weight = value.is_number() ? value.get<double>() : -1;
    if (!(weight >= 0) || !std::isfinite(weight)) {
      fail(ErrorCode::bad_input, "class-weights: {}: {} has {}: a weight is a number of 0 or more",
           file, shown(name), shown(value.dump()));
    }
    weights[static_cast<std::size_t>(found - data.class_names.begin())] = weight;
  }
  if (std::ranges::all_of(weights, [](double w) { return w == 0; })) {
    fail(ErrorCode::bad_input, "class-weights: {}: all are 0, so there is nothing to learn", file);
  }
  return weights;
}

}  // namespace

std::vector<double> class_weights(const std::string& text, const Dataset& data) {
  if (text == "none") return {};
  if (text == "balanced") return balanced(data);
  if (text == "sqrt") return roots(balanced(data));
  return from_file(text, data);
}

std::vector<double> usual_class_weights(const Dataset& data) {
  constexpr std::size_t kUneven = 2;
  std::vector<std::size_t> counts = counts_of(data);
  std::erase(counts, 0U);
  if (counts.empty()) return {};
  const auto [fewest, most] = std::ranges::minmax(counts);
  return most > kUneven * fewest ? class_weights("sqrt", data) : std::vector<double>();
}

}  // namespace weft
