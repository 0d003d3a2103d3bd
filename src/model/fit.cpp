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

void check_fit(const Model& model, const std::string& where) {
  const Architecture<float> architecture = architecture_of(model, where);
  const auto& parameters = architecture.parameters();
  for (const Parameter& parameter : parameters) {
    const auto found = std::ranges::find(model.weights, parameter.name, &NamedTensor::name);
    if (found == model.weights.end()) {
      fail(ErrorCode::bad_input, "{}: network \"{}\" needs a tensor {} of {}, but there is none",
           where, model.network, parameter.name, parameter.shape.text());
    }
    if (found->value.shape() != parameter.shape) {
      fail(ErrorCode::bad_input, "{}: {} has shape {}, but network \"{}\" needs {}", where,
           parameter.name, found->value.shape().text(), model.network, parameter.shape.text());
    }
  }
  if (model.weights.size() != parameters.size()) {
    fail(ErrorCode::bad_input, "{}: it has {} weight tensors, but network \"{}\" has {}", where,
         model.weights.size(), model.network, parameters.size());
  }
  if (architecture.output().elements() != model.class_names.size()) {
    fail(ErrorCode::bad_input, "{}: network \"{}\" has {} outputs for {} class names", where,
         model.network, architecture.output().text(), model.class_names.size());
  }
}

}  // namespace weft
