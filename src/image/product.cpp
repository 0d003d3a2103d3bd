#include "image/product.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "image/colour_mixture.hpp"
#include "image/details.hpp"
#include "image/guided_filter.hpp"
#include "image/regions.hpp"

namespace weft {
namespace {

// The longer side of the picture that is looked at. At 64 it takes half the time, and of casual
// photos 49 instead of 53 % were right.
constexpr std::size_t kLongest = 96;
constexpr std::size_t kColours = 5;  // of background and product each, at most
constexpr int kRounds = 4;
// A second part that weighs so much of the largest belongs to the product: the other shoe.
constexpr double kAlike = 0.4;
// Less than this of the picture is nothing, more than that is everything.
constexpr double kLeast = 0.02, kMost = 0.95;

// Lightness and two differences of colour, each in about 0 .. 1, as the eye tells them apart: small
// steps in what is red against blue, green against purple.
Plane colours_of(const Plane& photo) {
  const Sides sides = fitted(photo.height, photo.width, kLongest);
  const Plane small = resampled(photo, std::max<std::size_t>(sides.height, 8),
                                std::max<std::size_t>(sides.width, 8));
  Plane colours(small.height, small.width, 3);
  for (std::size_t i = 0; i < small.pixels(); ++i) {
    const float* p = small.pixel(i);
    float* c = colours.pixel(i);
    c[0] = grey_of(p, small.channels) / 255;
    if (small.channels == 1) continue;
    c[1] = 0.7F * (p[0] - p[2]) / 255;
    c[2] = (0.5F * (p[0] + p[2]) - p[1]) / 255;
  }
  return colours;
}

float logit(float p) {
  return std::log(p / (1 - p));
}

float sigmoid(float x) {
  return 1 / (1 + std::exp(-x));
}

class Finder {
 public:
  explicit Finder(const Plane& colours)
      : colours_(colours),
        smooth_(colours, 3, 1e-3F),
        border_(colours.pixels()),
        prior_(colours.pixels()),
        place_(colours.pixels()),
        cover_(colours.height, colours.width) {
    const std::size_t height = colours.height, width = colours.width;
    const auto rim =
        static_cast<std::size_t>(std::lround(0.05 * static_cast<double>(std::min(height, width))));
    const std::size_t thick = std::max<std::size_t>(2, rim);
    for (std::size_t y = 0; y < height; ++y) {
      for (std::size_t x = 0; x < width; ++x) {
        const std::size_t i = y * width + x;
        const bool at_rim = y < thick || x < thick || y + thick >= height || x + thick >= width;
        border_[i] = at_rim ? 1.0F : 0.0F;
        // Products stand in the middle: more likely there, less towards the corners.
        const float v = (static_cast<float>(y) + 0.5F) / static_cast<float>(height) * 2 - 1;
        const float u = (static_cast<float>(x) + 0.5F) / static_cast<float>(width) * 2 - 1;
        prior_[i] = std::clamp(1.2F * std::exp(-(u * u + v * v) / 0.8F) - 0.15F, 0.03F, 0.9F);
        // It speaks against a product at the rim, never for one in the middle: else a background
        // whose light falls off is learned as product there.
        place_[i] = 0.5F * std::min(logit(prior_[i]), 0.0F) - 0.3F;
      }
    }
  }

  // How probable each pixel is product.
  Plane find() {
    begin();
    for (int round = 0; round < kRounds; ++round) refine();
    return GuidedFilter(colours_, 4, 5e-4F)(cover_);
  }

  // How much each pixel counts when regions are weighed, before anything is seen.
  const std::vector<float>& prior() const { return prior_; }

 private:
  void smooth() {
    cover_ = smooth_(cover_);
    for (float& value : cover_.values) value = std::clamp(value, 0.01F, 0.99F);
  }

  // What is unlike the border, beyond what nine tenths of the border are unlike the rest of it.
  void begin() {
    const ColourMixture background(colours_, border_, kColours);
    const std::vector<float> surprise = background.surprises(colours_);
    std::vector<float> rim;
    for (std::size_t i = 0; i < surprise.size(); ++i) {
      if (border_[i] > 0) rim.push_back(surprise[i]);
    }
    const auto place = static_cast<std::ptrdiff_t>((rim.size() - 1) * 9 / 10);
    std::ranges::nth_element(rim, rim.begin() + place);
    const float usual = rim[static_cast<std::size_t>(place)];
    for (std::size_t i = 0; i < surprise.size(); ++i) {
      const float evidence = std::clamp((surprise[i] - usual) / 2, -6.0F, 6.0F);
      cover_.values[i] = sigmoid(evidence + 0.5F * logit(prior_[i]));
    }
    smooth();
  }

  void refine() {
    const std::size_t pixels = colours_.pixels();
    std::vector<float> product(pixels), background(pixels);
    for (std::size_t i = 0; i < pixels; ++i) {
      const float p = cover_.values[i];
      const float in = p * (prior_[i] + 0.1F), out = (1 - p) + 0.3F * border_[i];
      product[i] = in > 0.3F ? in : 0;
      background[i] = out > 0.5F ? out : 0;
    }
    const auto positive = [](float w) { return w > 0; };
    if (std::ranges::count_if(background, positive) < 60) return;
    if (std::ranges::count_if(product, positive) < 60) std::ranges::fill(product, 1.0F);
    const auto inside = ColourMixture(colours_, product, kColours).surprises(colours_);
    const auto outside = ColourMixture(colours_, background, kColours).surprises(colours_);
    // exp(-evidence / 2) of each pixel, whose probability is 1 / (1 + the square of that).
    std::vector<float> against(pixels);
    for (std::size_t i = 0; i < pixels; ++i) {
      const float difference = std::clamp(outside[i] - inside[i], -5.0F, 5.0F);
      against[i] = std::exp(-0.5F * (0.6F * difference + place_[i]));
      cover_.values[i] = 1 / (1 + against[i] * against[i]);
    }
    smooth();
    smooth();
    // The sigmoid of half the evidence and one and a half of what the neighbourhood says, which
    // counts for more than the pixel's own colour.
    for (std::size_t i = 0; i < pixels; ++i) {
      const float odds = (1 - cover_.values[i]) / cover_.values[i];
      cover_.values[i] = 1 / (1 + against[i] * odds * std::sqrt(odds));
    }
  }

  const Plane& colours_;
  GuidedFilter smooth_;
  std::vector<float> border_, prior_;
  std::vector<float> place_;  // what a pixel's place says for it
  Plane cover_;
};

// The largest of the connected parts, those in the middle counting for more, and others nearly as
// large.
Region main_region(const Plane& cover, const std::vector<float>& prior) {
  Region region{cover.height, cover.width, std::vector<std::uint8_t>(cover.pixels())};
  std::ranges::transform(cover.values, region.in.begin(),
                         [](float p) { return static_cast<std::uint8_t>(p > 0.5F ? 1 : 0); });
  region = dilated(eroded(region));
  const Parts parts = connected_parts(region);
  std::vector<double> weight(parts.count + 1);
  for (std::size_t i = 0; i < parts.of.size(); ++i) {
    if (parts.of[i] > 0) weight[parts.of[i]] += static_cast<double>(prior[i]) + 0.05;
  }
  const double least = kAlike * *std::ranges::max_element(weight);
  for (std::size_t i = 0; i < region.in.size(); ++i) {
    region.in[i] = parts.of[i] > 0 && weight[parts.of[i]] >= least ? 1 : 0;
  }
  return region;
}

}  // namespace

Product find_product(const Plane& photo) {
  const Plane colours = colours_of(photo);
  Finder finder(colours);
  const Region region = with_details(colours, main_region(finder.find(), finder.prior()));
  Product product{Plane(colours.height, colours.width), false};
  const double share = static_cast<double>(region.count()) / static_cast<double>(colours.pixels());
  product.found = share >= kLeast && share <= kMost;
  std::ranges::transform(region.in, product.cover.values.begin(),
                         [&](std::uint8_t in) { return !product.found || in != 0 ? 1.0F : 0.0F; });
  return product;
}

}  // namespace weft
