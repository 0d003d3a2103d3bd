#include "weft/predictor.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/threads.hpp"
#include "data/rows.hpp"
#include "kernels/select.hpp"
#include "model/fit.hpp"
#include "nn/network.hpp"

namespace weft {
namespace {

Network<float> build_network(const Model& model, int threads) {
  check_fit(model, "model");
  Network<float> network(model.network, model.input, select_kernels(Precision::f32), threads);
  for (const Parameter& parameter : network.architecture().parameters()) {
    const auto found = std::ranges::find(model.weights, parameter.name, &NamedTensor::name);
    std::ranges::copy(found->value.as<float>(),
                      network.parameters().begin() + static_cast<std::ptrdiff_t>(parameter.offset));
  }
  network.parameters_changed();
  return network;
}

}  // namespace

class Predictor::Implementation {
 public:
  Implementation(const Model& model, int threads)
      : network_(build_network(model, threads)), scaler_(model.scaler) {}

  Tensor probabilities(const Tensor& images) {
    const Architecture<float>& architecture = network_.architecture();
    const Shape& input = architecture.input();
    if (images.shape().rank() != 4 || images.row_elements() != input.elements() ||
        images.shape()[1] != input[0] || images.shape()[2] != input[1]) {
      fail(ErrorCode::usage, "predict: pictures of shape {}, but the model takes {} each",
           images.shape().text(), input.text());
    }
    const std::size_t classes = architecture.output().elements();
    Tensor result(DataType::f32, {images.rows(), classes});
    float* values = result.as<float>().data();
    network_.forward(PixelRows<float>(images, scaler_), values);
    architecture.kernels().softmax(images.rows(), classes, values, values);
    return result;
  }

 private:
  Network<float> network_;
  Scaler scaler_;
};

Predictor::Predictor(const Model& model, int threads)
    : implementation_(
          std::make_unique<Implementation>(model, threads > 0 ? threads : default_threads())) {}
Predictor::~Predictor() = default;
Predictor::Predictor(Predictor&&) noexcept = default;
Predictor& Predictor::operator=(Predictor&&) noexcept = default;

Tensor Predictor::probabilities(const Tensor& images) {
  return implementation_->probabilities(images);
}

}  // namespace weft
