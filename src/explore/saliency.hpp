// Which pixels speak for an answer: by how the networks' outputs change with them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "weft/model.hpp"

namespace weft {

struct SaliencyMap {
  std::size_t height = 0, width = 0;
  // {height, width}: what each pixel, its channels together, adds to the class's probability; below
  // 0 where it takes from it.
  std::vector<float> share;
};

// The gradient, at the picture's pixels, of the probability that Predictor gives a class, with its
// views, networks and temperature, times what the pixel has that the background, each channel's
// median along the border, has not. It is a mean over some 128 pictures, more where there are more
// than 8 views and networks among which they are shared out, on which squares are hidden in part,
// drawn once for all: as SmoothGrad (Smilkov, Thorat, Kim, Viegas, Wattenberg, 2017) adds
// noise to the picture, but by the changes that occlusion makes. Of the ways tried it is the one
// that agrees best with occlusion (docs/predicting.md).
class Saliency {
 public:
  // threads: 0 for all processors; they change no bit. Throws what Predictor does.
  explicit Saliency(const Model& model, int threads = 0);
  ~Saliency();
  Saliency(Saliency&&) noexcept;
  Saliency& operator=(Saliency&&) noexcept;

  // picture: the bytes of one of the model's size, {channels, height, width}; label: of the class
  // that is asked about. Throws Error(usage) when either is not the model's.
  SaliencyMap of(std::span<const std::uint8_t> picture, std::size_t label);

  // Of all the forward passes that one map takes; there are as many backward ones.
  double multiply_adds() const;

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace weft
