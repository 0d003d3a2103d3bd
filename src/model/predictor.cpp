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

Network<float> build_network(const Model& model, std::size_t member, int threads) {
  Network<float> network(model.network, model.input, select_kernels(Precision::f32), threads);
  for (const Parameter& parameter : network.architecture().parameters()) {
    const NamedTensor* found = find_weight(model, member_prefix(model, member) + parameter.name);
    std::ranges::copy(found->value.as<float>(),
                      network.parameters().begin() + static_cast<std::ptrdiff_t>(parameter.offset));
  }
  network.parameters_changed();
  return network;
}

}  // namespace

class Predictor::Implementation {
 public:
  Implementation(const Model& model, int threads) : scaler_(model.scaler), views_(model.views) {
    check_fit(model, "model");
    for (std::size_t member = 0; member < model.members; ++member) {
      networks_.push_back(build_network(model, member, threads));
    }
  }

  Tensor probabilities(const Tensor& images) {
    const Architecture<float>& architecture = networks_.front().architecture();
    const Shape& input = architecture.input();
    if (images.shape().rank() != 4 || images.row_elements() != input.elements() ||
        images.shape()[1] != input[0] || images.shape()[2] != input[1]) {
      fail(ErrorCode::usage, "predict: pictures of shape {}, but the model takes {} each",
           images.shape().text(), input.text());
    }
    const std::size_t classes = architecture.output().elements();
    Tensor result(DataType::f32, {images.rows(), classes});
    const auto mean = result.as<float>();
    std::vector<float> values(images.rows() * classes);
    const float share = 1 / static_cast<float>(networks_.size() * views_.size());
    for (Network<float>& network : networks_) {
      for (const View& view : views_) {
        if (view == View{}) {
          answer(network, PixelRows<float>(images, scaler_), values.data());
        } else {
          const Placement placement{.mirror = view.mirror, .dx = view.right, .dy = view.down};
          answer(network, ViewRows<float>(placement, view.reflect, images, scaler_), values.data());
        }
        for (std::size_t i = 0; i < values.size(); ++i) mean[i] += share * values[i];
      }
    }
    return result;
  }

 private:
  static void answer(Network<float>& network, const RowSource<float>& rows, float* probabilities) {
    const Architecture<float>& architecture = network.architecture();
    network.forward(rows, probabilities);
    architecture.kernels().softmax(rows.rows(), architecture.output().elements(), probabilities,
                                   probabilities);
  }

  std::vector<Network<float>> networks_;
  Scaler scaler_;
  std::vector<View> views_;
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
