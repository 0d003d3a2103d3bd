#include "model/photos.hpp"

#include <numeric>

#include "base/test_folder.hpp"

namespace weft {
namespace {

using test::TempFolder;

Model small_model(const std::string& network, std::size_t values) {
  Model model;
  model.network = network;
  model.class_names = {"a", "b", "c"};
  model.input = {1, 4, 4};
  model.scaler = {ScalerKind::unit, {}, {}};
  model.training = "{}";
  Tensor weight(DataType::f32, {3, values});
  float next = 0.3F;
  for (float& value : weight.as<float>()) value = next = -0.9F * next + 0.1F;
  model.weights.push_back({"layers.0.weight", std::move(weight)});
  return model;
}

std::string photo_file(const TempFolder& folder, std::uint8_t seed) {
  std::vector<std::uint8_t> pixels(16);
  for (std::uint8_t& pixel : pixels) pixel = seed = static_cast<std::uint8_t>(seed * 37 + 11);
  test::Bytes bytes;
  for (const std::byte byte : encode_png({4, 4, 1, pixels})) {
    bytes.push_back(std::to_integer<std::uint8_t>(byte));
  }
  return folder.write(std::to_string(seed) + ".png", bytes).string();
}

PhotoStream::Next in_turn(std::vector<std::string> files) {
  return [files = std::move(files), next = std::size_t{0}]() mutable -> std::optional<FoundPhoto> {
    if (next == files.size()) return std::nullopt;
    return FoundPhoto{files[next++]};
  };
}

std::vector<PhotoAnswer> ask(const Model& model, const std::vector<std::string>& files) {
  std::vector<PhotoAnswer> all;
  Predictor predictor(model, 2);
  answer_photos(in_turn(files), photo_work(model), predictor, [&](auto answers) {
    all.insert(all.end(), answers.begin(), answers.end());
    return true;
  });
  return all;
}

TEST(PhotoAnswers, AnswersAreThePredictorsInTheFilesOrder) {
  const TempFolder folder;
  const Model model = small_model("dense 3 nobias", 16);
  std::vector<std::string> files;
  for (std::size_t i = 0; i < 150; ++i) {
    files.push_back(i % 10 == 4 ? "nowhere.jpg" : photo_file(folder, static_cast<std::uint8_t>(i)));
  }
  const auto answers = ask(model, files);
  ASSERT_EQ(answers.size(), files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    EXPECT_EQ(answers[i].file, files[i]);
    EXPECT_FALSE(answers[i].none_of_these);
    ASSERT_EQ(answers[i].failed(), i % 10 == 4) << answers[i].error;
    if (answers[i].failed()) continue;
    // One by one they are the same to the bit: how they were batched does not matter.
    const auto alone = ask(model, {files[i]});
    EXPECT_EQ(answers[i].probabilities, alone.at(0).probabilities);
    const auto& values = answers[i].probabilities;
    EXPECT_NEAR(std::accumulate(values.begin(), values.end(), 0.0), 1, 1e-5);
    EXPECT_EQ(answers[i].probability(), *std::ranges::max_element(values));
  }
}

TEST(PhotoAnswers, TheCallerMayEndIt) {
  const TempFolder folder;
  const Model model = small_model("dense 3 nobias", 16);
  const std::string file = photo_file(folder, 5);
  Predictor predictor(model, 1);
  std::size_t calls = 0;
  answer_photos([&] { return std::optional(FoundPhoto{file}); }, photo_work(model), predictor,
                [&](auto) { return ++calls < 3; });
  EXPECT_EQ(calls, 3U);
}

TEST(PhotoAnswers, ModelsOfOtherChannelsTakeNone) {
  Model model = small_model("dense 3 nobias", 32);
  model.input = {2, 4, 4};
  test::expect_error(ErrorCode::bad_input, {"2 channels"}, [&] { photo_work(model); });
}

}  // namespace
}  // namespace weft
