#include "explore/occlusion.hpp"

#include <algorithm>

#include "data/augment.hpp"

namespace weft {
namespace {

constexpr std::size_t kMostSteps = 24;

// From 0 to the last place where the square fits, evenly.
std::vector<std::size_t> places(std::size_t size, std::size_t side) {
  const std::size_t last = size - side, count = std::min(last + 1, kMostSteps);
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < count; ++i) {
    all.push_back(count == 1 ? 0 : (2 * i * last + count - 1) / (2 * (count - 1)));
  }
  return all;
}

}  // namespace

std::size_t occlusion_side(std::size_t height, std::size_t width) {
  return std::max<std::size_t>((std::min(height, width) + 2) / 5, 1);
}

OcclusionMap occlusion(Predictor& predictor, std::span<const std::uint8_t> picture,
                       const Shape& input, std::size_t label) {
  const std::size_t channels = input[0], height = input[1], width = input[2];
  OcclusionMap map;
  map.side = occlusion_side(height, width);
  map.height = height;
  map.width = width;
  map.drop.assign(height * width, 0);
  std::vector<float> covered(height * width, 0);

  const auto probability = [&](const Tensor& probabilities, std::size_t row) {
    return probabilities.as<float>()[row * probabilities.row_elements() + label];
  };
  Tensor whole(DataType::u8, {1, channels, height, width});
  std::ranges::copy(picture, whole.as<std::uint8_t>().begin());
  const float before = probability(predictor.probabilities(whole), 0);

  std::vector<std::uint8_t> background;
  for (std::size_t c = 0; c < channels; ++c) {
    background.push_back(median_of_border(picture.data() + c * height * width, height, width));
  }
  const auto each_pixel = [&](std::size_t top, std::size_t left, const auto& action) {
    for (std::size_t y = top; y < top + map.side; ++y) {
      for (std::size_t x = left; x < left + map.side; ++x) action(y * width + x);
    }
  };
  const std::vector<std::size_t> lefts = places(width, map.side);
  for (const std::size_t top : places(height, map.side)) {
    Tensor hidden(DataType::u8, {lefts.size(), channels, height, width});
    const auto pixels = hidden.as<std::uint8_t>();
    for (std::size_t i = 0; i < lefts.size(); ++i) {
      const auto one = pixels.subspan(i * picture.size(), picture.size());
      std::ranges::copy(picture, one.begin());
      each_pixel(top, lefts[i], [&](std::size_t at) {
        for (std::size_t c = 0; c < channels; ++c) one[c * height * width + at] = background[c];
      });
    }
    const Tensor after = predictor.probabilities(hidden);
    for (std::size_t i = 0; i < lefts.size(); ++i) {
      const float drop = before - probability(after, i);
      map.largest = std::max(map.largest, drop);
      each_pixel(top, lefts[i], [&](std::size_t at) {
        map.drop[at] += drop;
        covered[at] += 1;
      });
    }
  }
  for (std::size_t i = 0; i < map.drop.size(); ++i) {
    map.drop[i] /= std::max(covered[i], 1.0F);
  }
  return map;
}

}  // namespace weft
