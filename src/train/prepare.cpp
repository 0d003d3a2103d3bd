#include "train/prepare.hpp"

#include <utility>

namespace weft {

PreparedData prepare(Dataset data, const TrainSettings& settings) {
  check_settings(settings, data);
  PreparedData prepared;
  prepared.digest = digest(data.train);
  prepared.class_names = std::move(data.class_names);
  prepared.own_validation = data.val.size() > 0 && !settings.validation_fraction;
  const std::size_t held_out =
      prepared.own_validation ? 0 : validation_size(data.train.size(), settings);
  if (prepared.own_validation) {
    prepared.validation = std::move(data.val);
  }
  if (held_out == 0) {
    prepared.train = std::move(data.train);
  } else {
    const Split split = stratified_split(data.train.labels, held_out, settings.seed);
    prepared.validation = gather(data.train, split.held_out);
    prepared.train = gather(data.train, split.train);
  }
  prepared.scaler = settings.start && settings.scaler == settings.start->model.scaler.kind
                        ? settings.start->model.scaler  // its weights are used to these numbers
                        : fit_scaler(settings.scaler, prepared.train.images);
  return prepared;
}

}  // namespace weft
