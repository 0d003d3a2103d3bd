// A photo as a model sees it: every step on the way to its answer, and what the answer rests on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "explore/occlusion.hpp"
#include "explore/saliency.hpp"
#include "image/photo_steps.hpp"
#include "image/picture.hpp"
#include "model/photos.hpp"

namespace weft {

struct PhotoView {
  struct Stage {
    PhotoStep step;
    Picture picture;  // after it
  };

  Picture photo;  // as it was decoded: of the size that the steps are for
  std::vector<Stage> stages;
  std::vector<std::uint8_t> input;  // {channels, height, width}, as the network takes it
  PhotoAnswer answer;
  OcclusionMap occlusion;  // of its best class
  SaliencyMap saliency;    // likewise

  // The picture after this step; null where it is not among the steps.
  const Picture* after(PhotoStep step) const;
  // Did the step for it tell a product from what is around it? False without that step.
  bool found_product() const;
};

// predictor and saliency: of one model. The answer is the one that answer_photos gives. Throws
// Error(bad_input) for a file that cannot be read, and what PhotoStream throws.
PhotoView view_photo(const std::string& file, PhotoWork work, Predictor& predictor,
                     Saliency& saliency);

}  // namespace weft
