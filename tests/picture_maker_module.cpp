#include "picture_maker_module.hpp"

#include <lcms2.h>
#include <vips/vips.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace weft::test {
namespace {

std::vector<std::uint8_t> profile_bytes(Profile kind) {
  if (kind == Profile::nonsense) return std::vector<std::uint8_t>(200, 7);
  cmsHPROFILE profile = nullptr;
  if (kind == Profile::srgb) profile = cmsCreate_sRGBProfile();
  if (kind == Profile::linear_grey) {
    cmsToneCurve* curve = cmsBuildGamma(nullptr, 1);
    profile = cmsCreateGrayProfile(cmsD50_xyY(), curve);
    cmsFreeToneCurve(curve);
  }
  if (kind == Profile::swapped) {
    const cmsCIExyY white = {0.3127, 0.3290, 1};
    const cmsCIExyYTRIPLE primaries = {{0.30, 0.60, 1}, {0.64, 0.33, 1}, {0.15, 0.06, 1}};
    const cmsFloat64Number srgb[] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
    cmsToneCurve* curve = cmsBuildParametricToneCurve(nullptr, 4, srgb);
    cmsToneCurve* curves[] = {curve, curve, curve};
    profile = cmsCreateRGBProfile(&white, &primaries, curves);
    cmsFreeToneCurve(curve);
  }
  cmsUInt32Number size = 0;
  cmsSaveProfileToMem(profile, nullptr, &size);
  std::vector<std::uint8_t> bytes(size);
  cmsSaveProfileToMem(profile, bytes.data(), &size);
  cmsCloseProfile(profile);
  return bytes;
}

// `image` is given up for what the operation makes of it.
template <class Operation>
void replace(VipsImage*& image, const Operation& operation) {
  VipsImage* result = nullptr;
  if (image && operation(image, &result) != 0) result = nullptr;
  if (image) g_object_unref(image);
  image = result;
}

VipsInterpretation colours_of(std::size_t channels, const FileStyle& style) {
  if (style.cmyk) return VIPS_INTERPRETATION_CMYK;
  if (channels > 4) return VIPS_INTERPRETATION_MULTIBAND;
  if (channels < 3) return style.wide ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W;
  return style.wide ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
}

}  // namespace
}  // namespace weft::test

extern "C" bool weft_make_picture(const weft::Picture* picture, const weft::test::FileStyle* style,
                                  void (*take)(void* context, const void* bytes, std::size_t size),
                                  void* context) {
  using namespace weft::test;
  static const bool started = [] {
    if (vips_init("weft_tests") != 0) return false;
    std::atexit(vips_shutdown);  // the search for leaks stumbles over threads that wait for work
    return true;
  }();
  if (!started) return false;
  VipsImage* image = vips_image_new_from_memory_copy(
      picture->pixels.data(), picture->pixels.size(), static_cast<int>(picture->width),
      static_cast<int>(picture->height), static_cast<int>(picture->channels), VIPS_FORMAT_UCHAR);
  if (style->wide) {
    replace(image,
            [](VipsImage* in, VipsImage** out) { return vips_linear1(in, out, 257, 0, nullptr); });
    replace(image, [](VipsImage* in, VipsImage** out) {
      return vips_cast(in, out, VIPS_FORMAT_USHORT, nullptr);
    });
  }
  if (style->type) {
    const int type = vips_enum_from_nick("weft_tests", VIPS_TYPE_BAND_FORMAT, style->type);
    replace(image, [&](VipsImage* in, VipsImage** out) {
      return vips_cast(in, out, static_cast<VipsBandFormat>(type), nullptr);
    });
  }
  replace(image, [&](VipsImage* in, VipsImage** out) {
    return vips_copy(in, out, "interpretation", colours_of(picture->channels, *style), nullptr);
  });
  if (!image) return false;
  if (style->orientation > 0) {
    vips_image_set_int(image, VIPS_META_ORIENTATION, style->orientation);
  }
  if (style->profile != Profile::none) {
    const auto bytes = profile_bytes(style->profile);
    vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, bytes.data(), bytes.size());
  }
  if (style->frames > 1) {
    vips_image_set_int(image, VIPS_META_PAGE_HEIGHT,
                       static_cast<int>(picture->height / style->frames));
  }
  void* file = nullptr;
  std::size_t size = 0;
  const bool made = vips_image_write_to_buffer(image, style->format, &file, &size, nullptr) == 0;
  if (made) take(context, file, size);
  g_free(file);
  g_object_unref(image);
  vips_error_clear();
  return made;
}
