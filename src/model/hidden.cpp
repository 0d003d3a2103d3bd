#include "model/hidden.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/threads.hpp"
#include "data/rows.hpp"
#include "kernels/select.hpp"
#include "model/fit.hpp"
#include "nn/network.hpp"
#include "nn/network_text.hpp"

namespace weft {
namespace {

// The layers before the network's last dense one; none where there is no such, or nothing before
// it. They keep their places, and so their weights' names.
std::vector<LayerText> layers_before_last_dense(const Model& model) {
  std::vector<LayerText> layers = parse_network(model.network);
  while (!layers.empty() && layers.back().name != "dense") layers.pop_back();
  if (!layers.empty()) layers.pop_back();
  return layers;
}

std::string text_before_last_dense(const Model& model) {
  const std::vector<LayerText> layers = layers_before_last_dense(model);
  if (layers.empty()) {
    fail(ErrorCode::usage,
         "hidden values: network \"{}\" has no dense layer behind another one, so there are none: "
         "take the pixels",
         model.network);
  }
  return text_of(layers);
}

}  // namespace

bool has_hidden_values(const Model& model) {
  return !layers_before_last_dense(model).empty();
}

Tensor hidden_values(const Model& model, const Tensor& images, int threads) {
  check_fit(model, "hidden values");
  const Shape& shape = images.shape();
  if (shape.rank() != 4 || Shape{shape[1], shape[2], shape[3]} != model.input) {
    fail(ErrorCode::usage, "hidden values: pictures of shape {}, but the model takes {} each",
         shape.text(), model.input.text());
  }
  const std::string text = text_before_last_dense(model);
  const std::size_t n = images.rows();
  Tensor result;
  std::size_t width = 0;
  for (std::size_t member = 0; member < model.members; ++member) {
    Network<float> network(text, model.input, select_kernels(Precision::f32),
                           threads > 0 ? threads : default_threads());
    copy_weights(model, member, network.architecture(), network.parameters());
    network.parameters_changed();
    if (member == 0) {
      width = network.architecture().output().elements();
      result = Tensor(DataType::f32, {n, model.members * width});
    }
    std::vector<float> values(n * width);
    network.forward(PixelRows<float>(images, model.scaler), values.data());
    for (std::size_t i = 0; i < n; ++i) {
      std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(i * width), width,
                  result.as<float>().begin() +
                      static_cast<std::ptrdiff_t>((i * model.members + member) * width));
    }
  }
  return result;
}

}  // namespace weft
