// Uses what needs the library's own dependencies: a digest, the model file, kernels, messages.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <weft/classifier.hpp>
#include <weft/data.hpp>
#include <weft/error.hpp>
#include <weft/model.hpp>
#include <weft/predictor.hpp>

int main() {
  weft::Model model{.network = "dense 2", .class_names = {"dark", "light"}, .input = {1, 2, 2}};
  model.scaler = {weft::ScalerKind::unit, {}, {}};
  model.training = "{}";
  model.weights.push_back({"layers.0.weight", weft::Tensor(weft::DataType::f32, {2, 4})});
  model.weights.push_back({"layers.0.bias", weft::Tensor(weft::DataType::f32, {2})});
  std::ranges::fill(model.weights[0].value.as<float>().subspan(4), 1.0F);
  model.weights[1].value.as<float>()[0] = 2;
  const std::filesystem::path file = "consumer.safetensors";
  if (weft::save_model(file, model).size() != 64) return 1;

  weft::LabelledImages pictures{weft::Tensor(weft::DataType::u8, {2, 1, 2, 2}), {0, 1}};
  std::ranges::fill(pictures.images.as<std::uint8_t>().subspan(4), std::uint8_t{255});
  weft::Predictor predictor(weft::load_model(file));
  const weft::Tensor answers = predictor.probabilities(pictures.images);
  const auto p = answers.as<float>();
  std::printf("%s %.3f %.3f\n", weft::digest(pictures).substr(0, 8).c_str(), p[0], p[3]);
  try {
    weft::load_dataset("nowhere");
  } catch (const weft::Error& error) {
    return error.code() == weft::ErrorCode::bad_input && p[0] > 0.8F && p[3] > 0.8F ? 0 : 1;
  }
  return 1;
}
