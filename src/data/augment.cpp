#include "data/augment.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include "base/error.hpp"
#include "data/junk.hpp"
#include "data/photo_like.hpp"

namespace weft {
namespace {

std::uint8_t to_byte(double value) {
  return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 255.0)));
}

// A position outside, reflected as often as it takes: -1 is 1, `size` is size - 2.
std::size_t reflected(long at, std::size_t size) {
  if (size == 1) return 0;
  const long period = 2 * (static_cast<long>(size) - 1);
  const long within = ((at % period) + period) % period;
  return static_cast<std::size_t>(std::min(within, period - within));
}

}  // namespace

std::array<std::uint8_t, 256> bent_tones(double gamma) {
  std::array<std::uint8_t, 256> becomes;
  for (std::size_t v = 0; v < becomes.size(); ++v) {
    becomes[v] = to_byte(255 * std::pow(static_cast<double>(v) / 255, gamma));
  }
  return becomes;
}

std::uint8_t median_of_border(const std::uint8_t* plane, std::size_t height, std::size_t width) {
  std::array<std::size_t, 256> counts{};
  std::size_t all = 0;
  const auto count = [&](std::size_t y, std::size_t x) {
    ++counts[plane[y * width + x]];
    ++all;
  };
  for (std::size_t x = 0; x < width; ++x) {
    count(0, x);
    if (height > 1) count(height - 1, x);
  }
  for (std::size_t y = 1; y + 1 < height; ++y) {
    count(y, 0);
    if (width > 1) count(y, width - 1);
  }
  std::size_t value = 0;
  for (std::size_t below = counts[0]; below <= (all - 1) / 2; below += counts[value]) ++value;
  return static_cast<std::uint8_t>(value);
}

namespace {

// One channel, and what surrounds it.
class Plane {
 public:
  Plane(const PictureSize& size, bool reflect, const std::uint8_t* values)
      : height_(size.height), width_(size.width), reflect_(reflect), values_(values) {
    if (!reflect) background_ = median_of_border(values, height_, width_);
  }

  std::uint8_t at(long y, long x) const {
    const bool inside =
        y >= 0 && x >= 0 && y < static_cast<long>(height_) && x < static_cast<long>(width_);
    if (inside) return values_[static_cast<std::size_t>(y) * width_ + static_cast<std::size_t>(x)];
    return reflect_ ? values_[reflected(y, height_) * width_ + reflected(x, width_)] : background_;
  }

  // Bilinear, between rows i and i + 1, columns j and j + 1.
  std::uint8_t between(long i, long j, float down, float right) const {
    const bool inside =
        i >= 0 && j >= 0 && i + 1 < static_cast<long>(height_) && j + 1 < static_cast<long>(width_);
    float above = 0, below = 0;
    if (inside) {
      const std::uint8_t* v =
          values_ + static_cast<std::size_t>(i) * width_ + static_cast<std::size_t>(j);
      above = static_cast<float>(v[0]) + right * static_cast<float>(v[1] - v[0]);
      below = static_cast<float>(v[width_]) + right * static_cast<float>(v[width_ + 1] - v[width_]);
    } else {
      const int a = at(i, j), b = at(i, j + 1), c = at(i + 1, j), d = at(i + 1, j + 1);
      above = static_cast<float>(a) + right * static_cast<float>(b - a);
      below = static_cast<float>(c) + right * static_cast<float>(d - c);
    }
    return static_cast<std::uint8_t>(above + down * (below - above) + 0.5F);
  }

 private:
  std::size_t height_, width_;
  bool reflect_;
  const std::uint8_t* values_;
  std::uint8_t background_ = 0;
};

// Beta(alpha, alpha) by Joehnk's method (1964).
double beta(double alpha, RandomStream& random) {
  while (true) {
    const double x = std::pow(random.uniform(), 1 / alpha);
    const double y = std::pow(random.uniform(), 1 / alpha);
    if (x + y > 0 && x + y <= 1) return x / (x + y);
  }
}

}  // namespace

void place(const PictureSize& size, const Placement& p, bool reflect, const std::uint8_t* src,
           std::uint8_t* dst) {
  const bool whole = p.degrees == 0 && p.zoom == 1;
  const auto height = static_cast<long>(size.height), width = static_cast<long>(size.width);
  const double turn = p.degrees * std::numbers::pi / 180;
  const double cosine = std::cos(turn) / p.zoom, sine = std::sin(turn) / p.zoom;
  const double middle_y = static_cast<double>(height - 1) / 2;
  const double middle_x = static_cast<double>(width - 1) / 2;
  std::vector<Plane> planes;
  for (std::size_t c = 0; c < size.channels; ++c) {
    planes.emplace_back(size, reflect, src + c * size.height * size.width);
  }
  const std::size_t pixels = size.height * size.width;
  for (long y = 0; y < height; ++y) {
    for (long x = 0; x < width; ++x, ++dst) {
      const long from_y = y - p.dy, from_x = p.mirror ? width - 1 - (x - p.dx) : x - p.dx;
      if (whole) {
        for (std::size_t c = 0; c < planes.size(); ++c) {
          dst[c * pixels] = planes[c].at(from_y, from_x);
        }
        continue;
      }
      const double down = static_cast<double>(from_y) - middle_y;
      const double right = static_cast<double>(from_x) - middle_x;
      const double at_y = middle_y + cosine * down - sine * right;
      const double at_x = middle_x + sine * down + cosine * right;
      const double top = std::floor(at_y), left = std::floor(at_x);
      for (std::size_t c = 0; c < planes.size(); ++c) {
        dst[c * pixels] =
            planes[c].between(static_cast<long>(top), static_cast<long>(left),
                              static_cast<float>(at_y - top), static_cast<float>(at_x - left));
      }
    }
  }
}

std::vector<std::size_t> placed_from(const PictureSize& size, const Placement& p, bool reflect) {
  const auto height = static_cast<long>(size.height), width = static_cast<long>(size.width);
  std::vector<std::size_t> from;
  for (long y = 0; y < height; ++y) {
    for (long x = 0; x < width; ++x) {
      const long from_y = y - p.dy, from_x = p.mirror ? width - 1 - (x - p.dx) : x - p.dx;
      const bool inside = from_y >= 0 && from_x >= 0 && from_y < height && from_x < width;
      from.push_back(inside || reflect ? reflected(from_y, size.height) * size.width +
                                             reflected(from_x, size.width)
                                       : kBackground);
    }
  }
  return from;
}

Augmenter::Augmenter(const Augmentation& augmentation, const Tensor& images,
                     std::span<const float> mean, std::uint64_t seed, std::vector<Apparel> apparel)
    : augmentation_(augmentation),
      bytes_(images.as<std::uint8_t>()),
      rows_(images.rows()),
      size_{images.shape()[1], images.shape()[2], images.shape()[3]},
      apparel_(std::move(apparel)),
      seed_(seed) {
  if (!apparel_.empty() && apparel_.size() != rows_) {
    fail(ErrorCode::usage, "augment: what {} pictures show, but there are {}", apparel_.size(),
         rows_);
  }
  if (mean.size() != size_.channels) {
    fail(ErrorCode::usage, "augment: {} means for {} channels", mean.size(), size_.channels);
  }
  for (const float value : mean) mean_.push_back(to_byte(255 * static_cast<double>(value)));
}

Placement Augmenter::draw_placement(std::uint32_t epoch, std::uint32_t index,
                                    RandomStream& random) const {
  Placement placement;
  const auto pixels = [&] {
    const auto most = static_cast<int>(augmentation_.shift);
    return static_cast<int>(random.below(static_cast<std::uint32_t>(2 * most + 1))) - most;
  };
  if (augmentation_.mirror == Mirror::random) placement.mirror = random.bits() >> 31 != 0;
  if (augmentation_.mirror == Mirror::alternate) {
    RandomStream first(seed_, RandomPurpose::augment, 0, index, 1);
    placement.mirror = ((first.bits() >> 31) + epoch) % 2 != 0;
  }
  if (augmentation_.shift > 0) {
    placement.dx = pixels();
    placement.dy = pixels();
  }
  if (augmentation_.rotate > 0) {
    placement.degrees = random.uniform(-augmentation_.rotate, augmentation_.rotate);
  }
  if (augmentation_.zoom > 0) {
    placement.zoom = 1 + random.uniform(-augmentation_.zoom, augmentation_.zoom);
  }
  return placement;
}

Augmenter::Box Augmenter::clipped(double top, double left, double height, double width) const {
  const auto within = [](double value, std::size_t size) {
    return static_cast<std::size_t>(std::clamp(std::round(value), 0.0, static_cast<double>(size)));
  };
  return {within(top, size_.height), within(left, size_.width), within(top + height, size_.height),
          within(left + width, size_.width)};
}

void Augmenter::change_colours(RandomStream& random, std::uint8_t* dst) const {
  if (augmentation_.gamma > 0) {
    const double most = std::log(augmentation_.gamma);
    const auto becomes = bent_tones(std::exp(random.uniform(-most, most)));
    for (std::size_t i = 0; i < width(); ++i) dst[i] = becomes[dst[i]];
  }
  if (augmentation_.brightness == 0 && augmentation_.contrast == 0) return;
  const double added = 255 * random.uniform(-augmentation_.brightness, augmentation_.brightness);
  const double factor = 1 + random.uniform(-augmentation_.contrast, augmentation_.contrast);
  const std::size_t pixels = size_.height * size_.width;
  for (std::size_t c = 0; c < size_.channels; ++c) {
    std::array<std::uint8_t, 256> becomes;
    for (std::size_t v = 0; v < becomes.size(); ++v) {
      becomes[v] = to_byte(mean_[c] + factor * (static_cast<double>(v) - mean_[c]) + added);
    }
    for (std::size_t i = 0; i < pixels; ++i, ++dst) *dst = becomes[*dst];
  }
}

void Augmenter::cut_out(RandomStream& random, std::uint8_t* dst) const {
  if (augmentation_.cutout == 0) return;
  const double side = augmentation_.cutout;
  const double y = random.below(static_cast<std::uint32_t>(size_.height));
  const double x = random.below(static_cast<std::uint32_t>(size_.width));
  const Box box = clipped(y - std::floor(side / 2), x - std::floor(side / 2), side, side);
  for (std::size_t c = 0; c < size_.channels; ++c) {
    for (std::size_t i = box.top; i < box.bottom; ++i) {
      std::fill_n(dst + (c * size_.height + i) * size_.width + box.left, box.right - box.left,
                  mean_[c]);
    }
  }
}

// The paper's ranges: 2 to 40 % of the area, sides in proportions of 0.3 to 1 / 0.3.
void Augmenter::erase(RandomStream& random, std::uint8_t* dst) const {
  if (augmentation_.erase == 0 || random.uniform() >= augmentation_.erase) return;
  const auto height = static_cast<double>(size_.height), width = static_cast<double>(size_.width);
  const double area = random.uniform(0.02, 0.4) * height * width;
  const double ratio = random.uniform(0.3, 1 / 0.3);
  const double tall = std::min(std::sqrt(area * ratio), height);
  const double wide = std::min(std::sqrt(area / ratio), width);
  const Box box =
      clipped(random.uniform(0, height - tall), random.uniform(0, width - wide), tall, wide);
  for (std::size_t c = 0; c < size_.channels; ++c) {
    for (std::size_t i = box.top; i < box.bottom; ++i) {
      for (std::size_t j = box.left; j < box.right; ++j) {
        dst[(c * size_.height + i) * size_.width + j] =
            static_cast<std::uint8_t>(random.bits() >> 24);
      }
    }
  }
}

void Augmenter::change(std::uint32_t epoch, std::uint32_t index, std::uint8_t* dst) const {
  RandomStream random(seed_, RandomPurpose::augment, epoch, index);
  const std::uint8_t* src = bytes_.data() + index * width();
  if (augmentation_.photo > 0 && random.uniform() < augmentation_.photo) {
    std::copy_n(src, width(), dst);
    make_photo_like(size_, apparel_.empty() ? Apparel::unknown : apparel_[index], random, dst);
    return;
  }
  place(size_, draw_placement(epoch, index, random), augmentation_.reflect, src, dst);
  change_colours(random, dst);
  cut_out(random, dst);
  erase(random, dst);
}

Augmenter::Mixing Augmenter::mixing(std::uint32_t epoch, std::uint32_t index) const {
  Mixing mixing;
  if (!augmentation_.mixes()) return mixing;
  if (augmentation_.junk > 0) {
    RandomStream first(seed_, RandomPurpose::mix, epoch, index, 1);
    mixing.mixture.junk = first.uniform() < augmentation_.junk;
    if (mixing.mixture.junk) return mixing;
  }
  if (augmentation_.mixup == 0 && augmentation_.cutmix == 0) return mixing;
  RandomStream random(seed_, RandomPurpose::mix, epoch, index);
  const bool both = augmentation_.mixup > 0 && augmentation_.cutmix > 0;
  mixing.whole = both ? random.bits() >> 31 != 0 : augmentation_.mixup > 0;
  mixing.mixture.other = random.below(static_cast<std::uint32_t>(rows_));
  const double share = beta(mixing.whole ? augmentation_.mixup : augmentation_.cutmix, random);
  mixing.mixture.share = static_cast<float>(share);
  if (mixing.whole) return mixing;
  const double tall = std::sqrt(share) * static_cast<double>(size_.height);
  const double wide = std::sqrt(share) * static_cast<double>(size_.width);
  const double y = random.below(static_cast<std::uint32_t>(size_.height));
  const double x = random.below(static_cast<std::uint32_t>(size_.width));
  mixing.box = clipped(y - tall / 2, x - wide / 2, tall, wide);
  mixing.mixture.share =
      static_cast<float>(mixing.box.area()) / static_cast<float>(size_.height * size_.width);
  return mixing;
}

Mixture Augmenter::mixture(std::uint32_t epoch, std::uint32_t index) const {
  return mixing(epoch, index).mixture;
}

void Augmenter::picture(std::uint32_t epoch, std::uint32_t index, std::uint8_t* dst) const {
  change(epoch, index, dst);
  const Mixing mix = mixing(epoch, index);
  if (mix.mixture.junk) {
    RandomStream random(seed_, RandomPurpose::mix, epoch, index, 2);
    draw_junk(size_, random, dst);
  }
  if (mix.mixture.share == 0) return;
  std::vector<std::uint8_t> other(width());
  change(epoch, mix.mixture.other, other.data());
  if (mix.whole) {
    for (std::size_t i = 0; i < other.size(); ++i) {
      const auto own = static_cast<double>(dst[i]);
      dst[i] = to_byte(own + mix.mixture.share * (static_cast<double>(other[i]) - own));
    }
    return;
  }
  for (std::size_t c = 0; c < size_.channels; ++c) {
    for (std::size_t i = mix.box.top; i < mix.box.bottom; ++i) {
      const std::size_t first = (c * size_.height + i) * size_.width + mix.box.left;
      std::copy_n(other.data() + first, mix.box.right - mix.box.left, dst + first);
    }
  }
}

}  // namespace weft
