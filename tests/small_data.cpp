// First: it says testing:: for Google's, before there is a weft::testing.
#include "data/test_folder.hpp"

#include "small_data.hpp"

namespace weft::testing {
namespace {

void write_part(const std::filesystem::path& folder, const std::string& prefix, std::size_t count,
                std::uint8_t seed) {
  constexpr std::size_t kSide = 4;
  test::Bytes pixels, labels;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t label = i % 3;
    labels.push_back(static_cast<std::uint8_t>(label));
    for (std::size_t p = 0; p < kSide * kSide; ++p) {
      const bool bright = p / kSide == label;
      pixels.push_back(static_cast<std::uint8_t>((bright ? 200 : seed) + (i * 7 + p * 3) % 40));
    }
  }
  const auto n = static_cast<std::uint32_t>(count);
  const auto write = [&](const std::string& name, const test::Bytes& bytes) {
    std::ofstream(folder / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  };
  write(prefix + "-images-idx3-ubyte", test::idx({n, kSide, kSide}, pixels));
  write(prefix + "-labels-idx1-ubyte", test::idx({n}, labels));
}

}  // namespace

void write_small_data(const std::filesystem::path& folder, std::uint8_t seed) {
  std::filesystem::create_directories(folder);
  write_part(folder, "train", kSmallTrain, seed);
  write_part(folder, "t10k", kSmallTest, seed);
}

Model small_model(const std::vector<std::string>& names, const std::vector<std::size_t>& rows,
                  const std::string& training) {
  Model model;
  model.network = "dense 3 nobias";
  model.class_names = names;
  model.input = {1, 4, 4};
  model.scaler = {ScalerKind::unit, {}, {}};
  model.training = training;
  Tensor weights(DataType::f32, {3, 16});
  for (std::size_t output = 0; output < 3; ++output) {
    for (std::size_t p = 0; p < 4; ++p) {
      weights.as<float>()[output * 16 + rows[output] * 4 + p] = 1;
    }
  }
  model.weights.push_back({"layers.0.weight", std::move(weights)});
  return model;
}

}  // namespace weft::testing
