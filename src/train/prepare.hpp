// From a data set to what a run trains on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "train/settings.hpp"
#include "weft/data.hpp"

namespace weft {

struct PreparedData {
  LabelledImages train, validation;
  std::vector<std::uint32_t> validation_rows;  // of `validation` in the part that it is from
  std::vector<std::string> class_names;
  Scaler scaler;             // its statistics are the training part's
  std::string digest;        // of the data's training part, before anything was held out or fixed
  std::size_t held_out = 0;  // of the training part, into `validation`, before fixes
  bool own_validation{};     // is `validation` the data's val part?
  std::string photo_steps;   // from a photo to such a picture, as Model has them
};

// Takes the parts out of `data`. Throws as check_settings; Error(bad_input) when the fixes leave
// fewer than two pictures.
PreparedData prepare(Dataset data, const TrainSettings& settings);

}  // namespace weft
