#include "image/vips/colour.hpp"

#include <lcms2.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "image/limits.hpp"

namespace weft {
namespace {

struct CloseProfile {
  void operator()(void* profile) const { cmsCloseProfile(profile); }
};
using Profile = std::unique_ptr<void, CloseProfile>;

bool is_cmyk(const Image& image) {
  return vips_image_get_interpretation(image.get()) == VIPS_INTERPRETATION_CMYK;
}

// How many values of a pixel are colours, and not transparency.
std::size_t colours_of(const Image& image) {
  if (is_cmyk(image)) return 4;
  return bands_of(image) < 3 ? 1 : 3;
}

// Null when the file has none, or one that cannot be read.
Profile profile_of(const Image& image) {
  if (vips_image_get_typeof(image.get(), VIPS_META_ICC_NAME) == 0) return nullptr;
  const void* bytes = nullptr;
  std::size_t size = 0;
  check(vips_image_get_blob(image.get(), VIPS_META_ICC_NAME, &bytes, &size));
  return Profile(cmsOpenProfileFromMem(bytes, static_cast<cmsUInt32Number>(size)));
}

// What libvips has for CMYK of unknown origin.
Profile usual_cmyk() {
  VipsBlob* blob = nullptr;
  check(vips_profile_load("cmyk", &blob, nullptr));
  std::size_t size = 0;
  const void* bytes = vips_blob_get(blob, &size);
  Profile profile(cmsOpenProfileFromMem(bytes, static_cast<cmsUInt32Number>(size)));
  vips_area_unref(VIPS_AREA(blob));
  return profile;
}

// Grey with the curve that sRGB has.
Profile usual_grey() {
  // IEC 61966-2-1: (a x + b)^2.4 from d on, c x below.
  const cmsFloat64Number parameters[] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
  const std::unique_ptr<cmsToneCurve, void (*)(cmsToneCurve*)> curve(
      cmsBuildParametricToneCurve(nullptr, 4, parameters), cmsFreeToneCurve);
  return Profile(cmsCreateGrayProfile(cmsD50_xyY(), curve.get()));
}

// For three channels: no value of a grid of colours is moved by more than one.
bool changes_nothing(const Transform& transform) {
  constexpr int kSteps = 6;  // 0, 51, 102 ... 255
  std::vector<std::uint8_t> before;
  for (int i = 0; i < kSteps * kSteps * kSteps; ++i) {
    for (const int step : {i % kSteps, i / kSteps % kSteps, i / (kSteps * kSteps)}) {
      before.push_back(static_cast<std::uint8_t>(step * 255 / (kSteps - 1)));
    }
  }
  std::vector<std::uint8_t> after(before.size());
  if (!transform) return false;
  cmsDoTransform(transform.get(), before.data(), after.data(),
                 static_cast<cmsUInt32Number>(before.size() / 3));
  return std::ranges::equal(before, after,
                            [](int one, int other) { return std::abs(one - other) <= 1; });
}

// From `colours` values a pixel, followed by one more if they are transparent, to sRGB or to grey.
// Null when the profile is for others, or colours stay what they are.
Transform to_usual(const Profile& from, std::size_t colours, bool transparent, std::size_t pixels) {
  const bool grey = colours == 1;
  const bool cmyk = colours == 4;
  const auto kind = grey ? cmsSigGrayData : cmyk ? cmsSigCmykData : cmsSigRgbData;
  if (!from || cmsGetColorSpace(from.get()) != kind) return nullptr;
  const Profile to = grey ? usual_grey() : Profile(cmsCreate_sRGBProfile());
  const auto layout = [](std::size_t count, bool more) {
    const unsigned names = count == 1 ? PT_GRAY : count == 4 ? PT_CMYK : PT_RGB;
    return static_cast<cmsUInt32Number>(COLORSPACE_SH(names) | EXTRA_SH(more ? 1U : 0U) |
                                        CHANNELS_SH(count) | BYTES_SH(1U));
  };
  const auto transform = [&](bool more, cmsUInt32Number flags) {
    return Transform(cmsCreateTransform(
        from.get(), layout(colours, more), to.get(), layout(grey ? 1 : 3, false),
        INTENT_RELATIVE_COLORIMETRIC, flags | cmsFLAGS_NOCACHE | cmsFLAGS_BLACKPOINTCOMPENSATION));
  };
  // Most profiles are sRGB's, by one name or another: they need not be prepared for many pixels.
  if (colours == 3 && changes_nothing(transform(false, cmsFLAGS_NOOPTIMIZE))) return nullptr;
  // For CMYK the preparation is a table that takes 30 ms, as much as 80,000 pixels without it, and
  // is less exact.
  constexpr std::size_t kFew = 80'000;
  return transform(transparent, cmyk && pixels < kFew ? cmsFLAGS_NOOPTIMIZE : 0);
}

}  // namespace

Image to_8_bits(const Image& image) {
  const VipsBandFormat format = vips_image_get_format(image.get());
  if (vips_image_get_coding(image.get()) != VIPS_CODING_NONE ||
      (format != VIPS_FORMAT_UCHAR && format != VIPS_FORMAT_USHORT)) {
    throw Refusal{std::string("its values are of the kind ") +
                  vips_enum_nick(VIPS_TYPE_BAND_FORMAT, format) +
                  ", but whole numbers of up to 16 bits are read: convert it"};
  }
  switch (vips_image_get_interpretation(image.get())) {
    case VIPS_INTERPRETATION_B_W:
    case VIPS_INTERPRETATION_GREY16:
    case VIPS_INTERPRETATION_sRGB:
    case VIPS_INTERPRETATION_RGB:
    case VIPS_INTERPRETATION_RGB16:
    case VIPS_INTERPRETATION_CMYK:
    case VIPS_INTERPRETATION_MULTIBAND:
      break;
    default:
      throw Refusal{"its colours are neither grey, RGB nor CMYK: convert it to RGB"};
  }
  if (bands_of(image) > (is_cmyk(image) ? 5 : 4)) {
    throw Refusal{std::to_string(bands_of(image)) +
                  " values a pixel, but grey, RGB and CMYK have at most 4, and one for "
                  "transparency: convert it to RGB"};
  }
  return made_by([&](VipsImage** to) {
    return vips_cast(image.get(), to, VIPS_FORMAT_UCHAR, "shift", TRUE, nullptr);
  });
}

void DeleteTransform::operator()(void* transform) const {
  cmsDeleteTransform(transform);
}

Colours::Colours(const Image& image, std::size_t pixels, const std::uint8_t* background)
    : bands_(bands_of(image)),
      transparent_(bands_ > colours_of(image)),
      channels_(colours_of(image) == 1 ? 1 : 3) {
  std::copy_n(background, 3, background_);
  const bool grey_background = background_[0] == background_[1] && background_[1] == background_[2];
  if (transparent_ && !grey_background) channels_ = 3;

  const std::size_t colours = colours_of(image);
  transform_ = to_usual(profile_of(image), colours, transparent_, pixels);
  if (!transform_ && colours == 4) {
    transform_ = to_usual(usual_cmyk(), colours, transparent_, pixels);
    if (!transform_) throw Refusal{"its CMYK colours cannot be converted"};
  }
}

void Colours::convert(const std::uint8_t* src, std::uint8_t* dst, std::size_t width) const {
  const std::size_t colours = bands_ - (transparent_ ? 1 : 0);
  const std::size_t made = colours == 1 ? 1 : 3;  // values a pixel before the background
  if (transform_) {
    cmsDoTransform(transform_.get(), src, dst, static_cast<cmsUInt32Number>(width));
  } else {
    for (std::size_t x = 0; x < width; ++x) std::copy_n(src + x * bands_, made, dst + x * made);
  }
  if (!transparent_) return;
  // From the end, as grey may become three values.
  for (std::size_t x = width; x-- > 0;) {
    const unsigned opacity = src[x * bands_ + colours];
    for (std::size_t c = channels_; c-- > 0;) {
      const unsigned value = dst[x * made + (made == 1 ? 0 : c)];
      dst[x * channels_ + c] = static_cast<std::uint8_t>(
          (value * opacity + background_[c] * (255 - opacity) + 127) / 255);
    }
  }
}

}  // namespace weft
