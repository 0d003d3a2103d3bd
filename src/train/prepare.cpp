#include "train/prepare.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/error.hpp"
#include "data/augment.hpp"
#include "image/photo_steps.hpp"

namespace weft {
namespace {

// Do most pictures show something light on a dark ground, in grey, as Fashion-MNIST's and MNIST's?
bool on_black(const Tensor& images) {
  const Shape& shape = images.shape();
  const std::size_t looked_at = std::min<std::size_t>(shape[0], 1000);
  if (shape[1] != 1) return false;
  std::size_t dark = 0;
  for (std::size_t i = 0; i < looked_at; ++i) {
    const std::uint8_t* picture = images.as<std::uint8_t>().data() + i * images.row_elements();
    if (median_of_border(picture, shape[2], shape[3]) < 32) ++dark;
  }
  return 2 * dark > looked_at;
}

}  // namespace

PreparedData prepare(Dataset data, const TrainSettings& settings) {
  check_settings(settings, data);
  PreparedData prepared;
  prepared.digest = digest(data.train);
  const bool negated = data.format != "photos" && on_black(data.train.images);
  prepared.photo_steps = text_of(negated ? catalogue_steps() : plain_steps());
  prepared.class_names = std::move(data.class_names);
  prepared.own_validation = data.val.size() > 0 && !settings.validation_fraction;
  const std::size_t held_out =
      prepared.own_validation ? 0 : validation_size(data.train.size(), settings);
  if (prepared.own_validation) {
    prepared.validation = std::move(data.val);
    prepared.validation_rows.resize(prepared.validation.size());
    std::iota(prepared.validation_rows.begin(), prepared.validation_rows.end(), std::uint32_t{0});
  }
  prepared.held_out = held_out;
  Split split;
  if (held_out == 0) {
    prepared.train = std::move(data.train);
  } else {
    split = stratified_split(data.train.labels, held_out, settings.seed);
    prepared.validation = gather(data.train, split.held_out);
    prepared.train = gather(data.train, split.train);
    prepared.validation_rows = split.held_out;
  }
  if (settings.fixes) {
    apply_fixes(*settings.fixes, split.train, prepared.train);
    if (held_out > 0) {
      prepared.validation_rows = apply_fixes(*settings.fixes, split.held_out, prepared.validation);
    }
    if (prepared.train.size() < 2) {
      fail(ErrorCode::bad_input, "train: the fixes leave {} pictures to train on: too few",
           prepared.train.size());
    }
  }
  prepared.scaler = settings.start && settings.scaler == settings.start->model.scaler.kind
                        ? settings.start->model.scaler  // its weights are used to these numbers
                        : fit_scaler(settings.scaler, prepared.train.images);
  return prepared;
}

}  // namespace weft
