#include "weft/predictor.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/threads.hpp"
#include "data/rows.hpp"
#include "kernels/select.hpp"
#include "model/fit.hpp"
#include "model/sets.hpp"
#include "model/trust.hpp"
#include "nn/network.hpp"

namespace weft {
namespace {

Network<float> build_network(const Model& model, std::size_t member, int threads) {
  Network<float> network(model.network, model.input, select_kernels(Precision::f32), threads);
  copy_weights(model, member, network.architecture(), network.parameters());
  network.parameters_changed();
  return network;
}

}  // namespace

class Predictor::Implementation {
 public:
  Implementation(const Model& model, int threads)
      : scaler_(model.scaler),
        views_(model.views),
        temperature_(static_cast<float>(model.temperature)),
        evidence_(model.evidence),
        rejected_(model.rejected),
        set_thresholds_(model.set_thresholds) {
    check_fit(model, "model");
    for (std::size_t member = 0; member < model.members; ++member) {
      networks_.push_back(build_network(model, member, threads));
    }
  }

  Predictions predict(const Tensor& images) {
    check(images);
    const std::size_t n = images.rows(), count = classes();
    Predictions result{Tensor(DataType::f32, {n, count}), {}};
    const auto mean = result.probabilities.as<float>();
    std::vector<float> values(n * count), outputs(n * count);
    const float share = 1 / static_cast<float>(networks_.size() * views_.size());
    const Kernels<float>& kernels = networks_.front().architecture().kernels();
    for_each_way(images, [&](const auto& answer) {
      answer(values.data());
      for (std::size_t i = 0; i < values.size(); ++i) outputs[i] += share * values[i];
      for (float& value : values) value /= temperature_;
      kernels.softmax(n, count, values.data(), values.data());
      for (std::size_t i = 0; i < values.size(); ++i) mean[i] += share * values[i];
    });
    for (std::size_t i = 0; i < n; ++i) {
      result.evidence.push_back(evidence_of(std::span(outputs).subspan(i * count, count)));
    }
    return result;
  }

  Tensor logits(const Tensor& images) {
    check(images);
    const std::size_t n = images.rows();
    Tensor result(DataType::f32, {networks_.size() * views_.size(), n, classes()});
    float* dst = result.as<float>().data();
    for_each_way(images, [&](const auto& answer) {
      answer(dst);
      dst += n * classes();
    });
    return result;
  }

  std::optional<double> typicality(float evidence) const {
    return weft::typicality(evidence_, evidence);
  }
  double rejected() const { return rejected_; }
  std::span<const double> set_thresholds() const { return set_thresholds_; }

 private:
  std::size_t classes() const { return networks_.front().architecture().output().elements(); }

  void check(const Tensor& images) const {
    const Shape& input = networks_.front().architecture().input();
    if (images.shape().rank() != 4 || images.row_elements() != input.elements() ||
        images.shape()[1] != input[0] || images.shape()[2] != input[1]) {
      fail(ErrorCode::usage, "predict: pictures of shape {}, but the model takes {} each",
           images.shape().text(), input.text());
    }
  }

  // Calls use(answer) for each network and view, where answer(dst) assigns logits {n, classes}.
  template <class Use>
  void for_each_way(const Tensor& images, const Use& use) {
    for (Network<float>& network : networks_) {
      for (const View& view : views_) {
        use([&](float* dst) {
          if (view == View{}) {
            network.forward(PixelRows<float>(images, scaler_), dst);
            return;
          }
          const Placement placement{.mirror = view.mirror, .dx = view.right, .dy = view.down};
          network.forward(ViewRows<float>(placement, view.reflect, view.gamma, images, scaler_),
                          dst);
        });
      }
    }
  }

  std::vector<Network<float>> networks_;
  Scaler scaler_;
  std::vector<View> views_;
  float temperature_;
  std::vector<float> evidence_;
  double rejected_;
  std::vector<double> set_thresholds_;
};

Predictor::Predictor(const Model& model, int threads)
    : implementation_(
          std::make_unique<Implementation>(model, threads > 0 ? threads : default_threads())) {}
Predictor::~Predictor() = default;
Predictor::Predictor(Predictor&&) noexcept = default;
Predictor& Predictor::operator=(Predictor&&) noexcept = default;

Predictions Predictor::predict(const Tensor& images) {
  return implementation_->predict(images);
}

Tensor Predictor::logits(const Tensor& images) {
  return implementation_->logits(images);
}

std::optional<double> Predictor::typicality(float evidence) const {
  return implementation_->typicality(evidence);
}

bool Predictor::is_none_of_these(float evidence) const {
  const std::optional<double> typical = typicality(evidence);
  return typical && *typical < implementation_->rejected();
}

std::vector<std::size_t> Predictor::prediction_set(std::span<const float> probabilities,
                                                   double coverage) const {
  return set_of(implementation_->set_thresholds(), probabilities, coverage);
}

}  // namespace weft
