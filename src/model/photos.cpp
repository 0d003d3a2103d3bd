#include "model/photos.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"

namespace weft {
namespace {

constexpr std::size_t kMostInBatch = 64;

std::vector<PhotoAnswer> answers_to(std::vector<ConvertedPhoto> photos, const Shape& input,
                                    Predictor& predictor) {
  const std::size_t readable = static_cast<std::size_t>(
      std::ranges::count_if(photos, [](const auto& photo) { return photo.error.empty(); }));
  Predictions of_readable;
  if (readable > 0) {
    Tensor images(DataType::u8, {readable, input[0], input[1], input[2]});
    auto to = images.as<std::uint8_t>().begin();
    for (const ConvertedPhoto& photo : photos) to = std::ranges::copy(photo.pixels, to).out;
    of_readable = predictor.predict(images);
  }
  std::vector<PhotoAnswer> answers;
  std::size_t row = 0;
  for (ConvertedPhoto& photo : photos) {
    if (!photo.error.empty()) {
      answers.push_back({.file = std::move(photo.file), .error = std::move(photo.error)});
      continue;
    }
    answers.push_back(photo_answer(std::move(photo.file), of_readable, row++, predictor));
  }
  return answers;
}

}  // namespace

PhotoAnswer photo_answer(std::string file, const Predictions& answers, std::size_t row,
                         const Predictor& predictor) {
  const std::size_t classes = answers.probabilities.row_elements();
  const auto probabilities = answers.probabilities.as<float>().subspan(row * classes, classes);
  PhotoAnswer answer{.file = std::move(file)};
  answer.probabilities.assign(probabilities.begin(), probabilities.end());
  answer.best =
      static_cast<std::size_t>(std::ranges::max_element(probabilities) - probabilities.begin());
  answer.typicality = predictor.typicality(answers.evidence[row]);
  answer.none_of_these = predictor.is_none_of_these(answers.evidence[row]);
  return answer;
}

PhotoWork photo_work(const Model& model) {
  if (model.input[0] != 1 && model.input[0] != 3) {
    fail(ErrorCode::bad_input,
         "photos: the model takes pictures of {} channels, but a photo has 1 or 3: give it --data",
         model.input[0]);
  }
  return {.input = model.input, .steps = parse_photo_steps(model.photo_steps)};
}

void answer_photos(PhotoStream::Next next, const PhotoWork& work, Predictor& predictor,
                   const std::function<bool(std::span<const PhotoAnswer>)>& on_answers,
                   std::stop_source stop) {
  PhotoStream stream(std::move(next), work, std::move(stop));
  while (true) {
    std::vector<ConvertedPhoto> photos = stream.take(kMostInBatch);
    if (photos.empty()) return;
    if (!on_answers(answers_to(std::move(photos), work.input, predictor))) return;
  }
}

}  // namespace weft
