#include "explore/photo_view.hpp"

#include <algorithm>
#include <utility>

namespace weft {

const Picture* PhotoView::after(PhotoStep step) const {
  const auto found = std::ranges::find(stages, step, &Stage::step);
  return found == stages.end() ? nullptr : &found->picture;
}

bool PhotoView::found_product() const {
  // Where it found none it leaves the photo as it is.
  const Picture* product = after(PhotoStep::product);
  return product && product->pixels != photo.pixels;
}

PhotoView view_photo(const std::string& file, PhotoWork work, Predictor& predictor,
                     Saliency& saliency) {
  const Shape& input = work.input;
  PhotoView view;
  work.decode.longest_side = decoded_side(input);
  view.photo = decode_file(file, work.decode);
  view.input.resize(input.elements());
  convert(view.photo, work.steps, input, view.input, [&](PhotoStep step, const Picture& picture) {
    view.stages.push_back({step, picture});
  });
  Tensor images(DataType::u8, {1, input[0], input[1], input[2]});
  std::ranges::copy(view.input, images.as<std::uint8_t>().begin());
  view.answer = photo_answer(file, predictor.predict(images), 0, predictor);
  view.occlusion = occlusion(predictor, view.input, input, view.answer.best);
  view.saliency = saliency.of(view.input, view.answer.best);
  return view;
}

}  // namespace weft
