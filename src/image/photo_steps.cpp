#include "image/photo_steps.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.hpp"
#include "image/plane.hpp"
#include "image/product.hpp"

namespace weft {
namespace {

struct Named {
  PhotoStep step;
  const char* name;
};

constexpr std::array<Named, 7> kNames{{{PhotoStep::product, "product"},
                                       {PhotoStep::trim, "trim"},
                                       {PhotoStep::fit, "fit"},
                                       {PhotoStep::sharpen, "sharpen"},
                                       {PhotoStep::centre, "centre"},
                                       {PhotoStep::negate, "negate"},
                                       {PhotoStep::grey, "grey"}}};

std::string known_names() {
  std::string names;
  for (const Named& named : kNames) names += (names.empty() ? "" : ", ") + std::string(named.name);
  return names;
}

// A picture on its way, and what is known of it.
struct Work {
  Plane picture;
  Plane cover;  // of the product, the picture's size; no pixels where it is not known
  std::array<float, 3> background{};
};

// The median of the four corners.
std::array<float, 3> corner_colour(const Plane& p) {
  std::array<float, 3> colour{};
  for (std::size_t c = 0; c < p.channels; ++c) {
    std::array<float, 4> corners = {p.pixel(0)[c], p.pixel(p.width - 1)[c],
                                    p.pixel(p.pixels() - p.width)[c], p.pixel(p.pixels() - 1)[c]};
    std::ranges::sort(corners);
    colour[c] = (corners[1] + corners[2]) / 2;
  }
  return colour;
}

void find(Work& work) {
  const Product product = find_product(work.picture);
  if (!product.found) return;
  Plane& picture = work.picture;
  work.cover = resampled(product.cover, picture.height, picture.width);
  for (std::size_t i = 0; i < picture.pixels(); ++i) {
    const float share = work.cover.values[i];
    for (std::size_t c = 0; c < picture.channels; ++c) {
      float& value = picture.pixel(i)[c];
      value = 255 + share * (value - 255);
    }
  }
  work.background.fill(255);
}

struct Box {
  std::size_t top, left, bottom, right;  // without the last two
};

// The smallest box around the pixels for which `in` holds; all where there is none.
template <class In>
Box box_of(const Plane& picture, const In& in) {
  Box box{picture.height, picture.width, 0, 0};
  for (std::size_t i = 0; i < picture.pixels(); ++i) {
    if (!in(i)) continue;
    const std::size_t y = i / picture.width, x = i % picture.width;
    box = {std::min(box.top, y), std::min(box.left, x), std::max(box.bottom, y + 1),
           std::max(box.right, x + 1)};
  }
  return box.bottom == 0 ? Box{0, 0, picture.height, picture.width} : box;
}

void trim(Work& work) {
  // As a photo's compression and its light leave a plain background: 5 % of the range.
  constexpr float kTolerance = 0.05F * 255;
  const Plane& picture = work.picture;
  const std::array<float, 3> corner = corner_colour(picture);
  const bool known = work.cover.pixels() > 0;
  const Box box = box_of(picture, [&](std::size_t i) {
    if (known) return work.cover.values[i] > 0.5F;
    bool differs = false;
    for (std::size_t c = 0; c < picture.channels; ++c) {
      differs |= std::abs(picture.pixel(i)[c] - corner[c]) > kTolerance;
    }
    return differs;
  });
  if (!known) work.background = corner;
  Plane cut(box.bottom - box.top, box.right - box.left, picture.channels);
  for (std::size_t y = 0; y < cut.height; ++y) {
    std::copy_n(picture.pixel((box.top + y) * picture.width + box.left), cut.width * cut.channels,
                cut.pixel(y * cut.width));
  }
  work.picture = std::move(cut);
}

void sharpen(Plane& picture) {
  // A Gaussian of sigma 1 at -1, 0 and 1, made to sum to 1.
  const float side = 0.27406862F, middle = 1 - 2 * side;
  const Plane src = picture;
  Plane across = picture;
  const auto near = [](std::size_t at, std::size_t size) {
    return std::array{at == 0 ? at : at - 1, at + 1 == size ? at : at + 1};
  };
  for (std::size_t i = 0; i < src.pixels(); ++i) {
    const std::size_t y = i / src.width, x = i % src.width;
    const auto [left, right] = near(x, src.width);
    for (std::size_t c = 0; c < src.channels; ++c) {
      across.pixel(i)[c] = side * src.pixel(y * src.width + left)[c] + middle * src.pixel(i)[c] +
                           side * src.pixel(y * src.width + right)[c];
    }
  }
  for (std::size_t i = 0; i < src.pixels(); ++i) {
    const std::size_t y = i / src.width, x = i % src.width;
    const auto [above, below] = near(y, src.height);
    for (std::size_t c = 0; c < src.channels; ++c) {
      const float blurred = side * across.pixel(above * src.width + x)[c] +
                            middle * across.pixel(i)[c] +
                            side * across.pixel(below * src.width + x)[c];
      picture.pixel(i)[c] = std::clamp(2 * src.pixel(i)[c] - blurred, 0.0F, 255.0F);
    }
  }
}

void fit(Plane& picture, const Shape& input) {
  const double scale = std::min(static_cast<double>(input[1]) / static_cast<double>(picture.height),
                                static_cast<double>(input[2]) / static_cast<double>(picture.width));
  const auto side = [scale](std::size_t from, std::size_t most) {
    const auto rounded = static_cast<std::size_t>(std::lround(static_cast<double>(from) * scale));
    return std::clamp<std::size_t>(rounded, 1, most);
  };
  picture = resampled(picture, side(picture.height, input[1]), side(picture.width, input[2]));
}

void centre(Work& work, const Shape& input) {
  const Plane& src = work.picture;
  Plane dst(input[1], input[2], src.channels);
  for (std::size_t i = 0; i < dst.pixels(); ++i) {
    std::copy_n(work.background.begin(), dst.channels, dst.pixel(i));
  }
  const std::size_t top = (dst.height - src.height) / 2, left = (dst.width - src.width) / 2;
  for (std::size_t y = 0; y < src.height; ++y) {
    std::copy_n(src.pixel(y * src.width), src.width * src.channels,
                dst.pixel((top + y) * dst.width + left));
  }
  work.picture = std::move(dst);
}

Plane grey(const Plane& src) {
  Plane dst(src.height, src.width);
  for (std::size_t i = 0; i < src.pixels(); ++i) {
    dst.values[i] = grey_of(src.pixel(i), src.channels);
  }
  return dst;
}

void apply(PhotoStep step, const Shape& input, Work& work) {
  switch (step) {
    case PhotoStep::product:
      find(work);
      break;
    case PhotoStep::trim:
      trim(work);
      break;
    case PhotoStep::fit:
      fit(work.picture, input);
      break;
    case PhotoStep::sharpen:
      sharpen(work.picture);
      break;
    case PhotoStep::centre:
      centre(work, input);
      break;
    case PhotoStep::negate:
      for (float& value : work.picture.values) value = 255 - value;
      break;
    case PhotoStep::grey:
      work.picture = grey(work.picture);
      break;
  }
}

}  // namespace

bool PhotoSteps::has(PhotoStep step) const {
  return std::ranges::find(steps, step) != steps.end();
}

PhotoSteps authors_steps() {
  using enum PhotoStep;
  return {{trim, PhotoStep::fit, PhotoStep::sharpen, PhotoStep::centre, negate, PhotoStep::grey}};
}

PhotoSteps catalogue_steps() {
  using enum PhotoStep;
  return {{product, trim, PhotoStep::fit, PhotoStep::centre, negate, PhotoStep::grey}};
}

PhotoSteps plain_steps() {
  return {{PhotoStep::fit, PhotoStep::centre}};
}

PhotoSteps parse_photo_steps(std::string_view text) {
  PhotoSteps result;
  const std::string whole(text);
  while (true) {
    const std::size_t comma = text.find(',');
    std::string_view word = text.substr(0, comma);
    while (word.starts_with(' ')) word.remove_prefix(1);
    while (word.ends_with(' ')) word.remove_suffix(1);
    const auto named = std::ranges::find(kNames, word, &Named::name);
    if (named == kNames.end()) {
      fail(ErrorCode::usage, "photo steps: \"{}\" is none; there are, in this order, {}", word,
           known_names());
    }
    if (!result.steps.empty() && named->step <= result.steps.back()) {
      fail(ErrorCode::usage, "photo steps: \"{}\" is not in the order {}", whole, known_names());
    }
    result.steps.push_back(named->step);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  if (!result.has(PhotoStep::fit) || !result.has(PhotoStep::centre)) {
    fail(ErrorCode::usage, "photo steps: \"{}\" lacks fit or centre, which are always done", whole);
  }
  return result;
}

std::vector<PhotoStep> all_photo_steps() {
  std::vector<PhotoStep> steps;
  for (const Named& named : kNames) steps.push_back(named.step);
  return steps;
}

const char* name_of(PhotoStep step) {
  return std::ranges::find(kNames, step, &Named::step)->name;
}

std::string text_of(const PhotoSteps& steps) {
  std::string text;
  for (const PhotoStep step : steps.steps) {
    text += (text.empty() ? "" : ", ") + std::string(name_of(step));
  }
  return text;
}

void convert(const Picture& photo, const PhotoSteps& steps, const Shape& input,
             std::span<std::uint8_t> dst, const PhotoWatcher& watch) {
  const bool known = input.rank() == 3 && (input[0] == 1 || input[0] == 3) && input.elements() > 0;
  if (!known || dst.size() != input.elements()) {
    fail(
        ErrorCode::usage,
        "convert: {} for {} values: it takes {{channels, height, width}} with 1 or 3 channels, and "
        "as many values",
        input.text(), dst.size());
  }
  Work work{to_plane(photo), {}, {}};
  work.background = border_colour(work.picture);
  for (const PhotoStep step : steps.steps) {
    apply(step, input, work);
    if (watch) watch(step, to_picture(work.picture));
  }
  if (input[0] == 1 && work.picture.channels == 3) work.picture = grey(work.picture);
  const Picture result = to_picture(work.picture);
  const std::size_t plane = input[1] * input[2];
  for (std::size_t c = 0; c < input[0]; ++c) {
    const std::size_t from = result.channels == 1 ? 0 : c;
    for (std::size_t i = 0; i < plane; ++i) {
      dst[c * plane + i] = result.pixels[i * result.channels + from];
    }
  }
}

std::size_t decoded_side(const Shape& input) {
  // Each pixel is then the mean of four a side: decoding no more than is needed is what makes large
  // photos fast, and from four on the result hardly tells. The product may be a small part of the
  // photo, of which a thumbnail needs more.
  return std::max<std::size_t>(4 * std::max(input[1], input[2]), 128);
}

}  // namespace weft
