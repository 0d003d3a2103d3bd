#include "explore/photo_view.hpp"

#include "base/test_folder.hpp"

namespace weft {
namespace {

Model bright_row_model() {
  Model model;
  model.network = "dense 2 nobias";
  model.class_names = {"above", "below"};
  model.input = {1, 8, 8};
  model.scaler = {ScalerKind::unit, {}, {}};
  model.training = "{}";
  Tensor weight(DataType::f32, {2, 64});
  for (std::size_t i = 0; i < 64; ++i) weight.as<float>()[i < 32 ? i : 64 + i] = 0.3F;
  model.weights.push_back({"layers.0.weight", std::move(weight)});
  return model;
}

std::string photo_file(const test::TempFolder& folder) {
  Picture picture{16, 16, 3, std::vector<std::uint8_t>(768, 20)};
  std::fill_n(picture.pixels.begin() + 3 * 16 * 10, 3 * 16 * 2, std::uint8_t{220});
  test::Bytes bytes;
  for (const std::byte byte : encode_png(picture)) {
    bytes.push_back(std::to_integer<std::uint8_t>(byte));
  }
  return folder.write("photo.png", bytes).string();
}

TEST(PhotoView, HoldsEveryStepAndTheAnswer) {
  const test::TempFolder folder;
  const std::string file = photo_file(folder);
  const Model model = bright_row_model();
  Predictor predictor(model, 1);
  Saliency saliency(model, 1);
  const PhotoView view = view_photo(file, photo_work(model), predictor, saliency);
  EXPECT_EQ(view.photo.height, 16U);
  ASSERT_EQ(view.stages.size(), 2U);
  EXPECT_EQ(view.stages[0].step, PhotoStep::fit);
  EXPECT_EQ(view.after(PhotoStep::centre)->height, 8U);
  EXPECT_EQ(view.after(PhotoStep::trim), nullptr);
  EXPECT_FALSE(view.found_product());
  ASSERT_EQ(view.input.size(), 64U);
  EXPECT_EQ(view.answer.best, 1U);
  // The bright line is what it rests on.
  EXPECT_GT(view.occlusion.largest, 0.03F);
  EXPECT_GT(view.occlusion.drop[5 * 8 + 4], 0.03F);
  EXPECT_NEAR(view.occlusion.drop[1 * 8 + 4], 0, 1e-6F);
  EXPECT_GT(view.saliency.share[5 * 8 + 4], 0.01F);
  EXPECT_NEAR(view.saliency.share[1 * 8 + 4], 0, 1e-6F);

  std::vector<float> answered;
  bool given = false;
  answer_photos(
      [&]() -> std::optional<FoundPhoto> {
        if (std::exchange(given, true)) return std::nullopt;
        return FoundPhoto{file};
      },
      photo_work(model), predictor,
      [&](auto answers) {
        answered = answers[0].probabilities;
        return true;
      });
  EXPECT_EQ(view.answer.probabilities, answered);
}

TEST(PhotoView, FilesThatCannotBeReadAreErrors) {
  const Model model = bright_row_model();
  Predictor predictor(model, 1);
  Saliency saliency(model, 1);
  test::expect_error(ErrorCode::bad_input, {"nowhere.png"},
                     [&] { view_photo("nowhere.png", photo_work(model), predictor, saliency); });
}

}  // namespace
}  // namespace weft
