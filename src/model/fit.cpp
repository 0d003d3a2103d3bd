#include "model/fit.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "nn/network.hpp"

namespace weft {
namespace {

Architecture<float> architecture_of(const Model& model, const std::string& where) try {
  return {model.network, model.input, reference_kernels<float>()};
} catch (const Error& error) {
  fail(ErrorCode::bad_input, "{}: {}", where, error.what());
}

}  // namespace

std::string member_prefix(const Model& model, std::size_t member) {
  return model.members == 1 ? "" : fmt::format("members.{}.", member);
}

const NamedTensor* find_weight(const Model& model, std::string_view name) {
  const auto found = std::ranges::find(model.weights, name, &NamedTensor::name);
  return found == model.weights.end() ? nullptr : &*found;
}

void copy_weights(const Model& model, std::size_t member, const Architecture<float>& architecture,
                  std::span<float> parameters) {
  const std::string prefix = member_prefix(model, member);
  for (const Parameter& parameter : architecture.parameters()) {
    const NamedTensor* found = find_weight(model, prefix + parameter.name);
    std::ranges::copy(found->value.as<float>(),
                      parameters.begin() + static_cast<std::ptrdiff_t>(parameter.offset));
  }
}

void check_fit(const Model& model, const std::string& where) {
  const Architecture<float> architecture = architecture_of(model, where);
  const auto& parameters = architecture.parameters();
  if (model.members == 0 || model.weights.size() != model.members * parameters.size()) {
    fail(ErrorCode::bad_input,
         "{}: it has {} weight tensors, but {} of network \"{}\" have {} each", where,
         model.weights.size(), model.members, model.network, parameters.size());
  }
  for (std::size_t member = 0; member < model.members; ++member) {
    for (const Parameter& parameter : parameters) {
      const std::string name = member_prefix(model, member) + parameter.name;
      const NamedTensor* found = find_weight(model, name);
      if (found == nullptr) {
        fail(ErrorCode::bad_input, "{}: network \"{}\" needs a tensor {} of {}, but there is none",
             where, model.network, name, parameter.shape.text());
      }
      if (found->value.shape() != parameter.shape) {
        fail(ErrorCode::bad_input, "{}: {} has shape {}, but network \"{}\" needs {}", where, name,
             found->value.shape().text(), model.network, parameter.shape.text());
      }
    }
  }
  if (architecture.output().elements() != model.class_names.size()) {
    fail(ErrorCode::bad_input, "{}: network \"{}\" has {} outputs for {} class names", where,
         model.network, architecture.output().text(), model.class_names.size());
  }
}

}  // namespace weft
