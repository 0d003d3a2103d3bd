// The module for pictures: what of it needs libvips. Loaded by module.cpp.
//
// Everything is computed in the thread that asks, strip by strip: of a picture that is made smaller
// only the small one is held, for the formats whose libraries can read in strips.
#include <pthread.h>
#include <vips/vips.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <string>

#include "image/format.hpp"
#include "image/module.hpp"

namespace weft {
namespace {

// Why a picture is refused, in our words.
struct Refusal {
  std::string reason;
};
// libvips has failed: why stands in its buffer, which all threads share.
struct VipsFailure {};
// The sink gave no memory; it knows.
struct NoMemory {};

void check(int status) {
  if (status != 0) throw VipsFailure{};
}

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
using Image = std::unique_ptr<VipsImage, Unref>;

// What the operation puts into its argument.
template <class Operation>
Image made_by(const Operation& operation) {
  VipsImage* image = nullptr;
  const int status = operation(&image);
  Image made(image);
  check(status);
  return made;
}

// The first frame or page. Reads the header only; `shrink`, for JPEG and WebP alone, is by how much
// the picture is made smaller while it is decoded.
Image open(const DecodeRequest& request, double shrink = 1) {
  void* bytes = const_cast<void*>(request.bytes);  // it is not written to
  const std::size_t size = request.size;
  return made_by([&](VipsImage** image) {
    const auto options = [&](auto load, auto... more) {
      return load(bytes, size, image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                  VIPS_FAIL_ON_ERROR, more..., nullptr);
    };
    switch (static_cast<PictureFormat>(request.format)) {
      case PictureFormat::jpeg:
        return options(vips_jpegload_buffer, "shrink", static_cast<int>(shrink));
      case PictureFormat::png:
        return options(vips_pngload_buffer);
      case PictureFormat::webp:
        return options(vips_webpload_buffer, "scale", 1 / shrink);
      case PictureFormat::gif:
        return options(vips_gifload_buffer);
      case PictureFormat::tiff:
        return options(vips_tiffload_buffer);
      case PictureFormat::heif:
        return options(vips_heifload_buffer);
    }
    throw Refusal{"the module knows no such format"};
  });
}

struct Size {
  int width, height;
};

// The larger side becomes `longest`, unless it is no longer: never larger.
Size target_size(Size size, std::size_t longest) {
  const auto side = static_cast<std::size_t>(std::max(size.width, size.height));
  if (longest == 0 || side <= longest) return size;
  const double scale = static_cast<double>(longest) / static_cast<double>(side);
  const auto scaled = [&](int length) {
    return std::max(1, static_cast<int>(std::lround(length * scale)));
  };
  return {scaled(size.width), scaled(size.height)};
}

Size size_of(const Image& image) {
  return {vips_image_get_width(image.get()), vips_image_get_height(image.get())};
}

// Three channels of sRGB, or one of grey, and transparency if there is some: of 8 bits each.
Image to_srgb(const Image& image) {
  const bool cmyk = vips_image_get_interpretation(image.get()) == VIPS_INTERPRETATION_CMYK;
  const bool grey = vips_image_get_bands(image.get()) < 3;
  if (cmyk) {
    return made_by([&](VipsImage** to) {
      return vips_icc_transform(image.get(), to, "srgb", "embedded", TRUE, "input_profile", "cmyk",
                                nullptr);
    });
  }
  if (vips_image_get_typeof(image.get(), VIPS_META_ICC_NAME) != 0 && !grey) {
    return made_by([&](VipsImage** to) {
      return vips_icc_transform(image.get(), to, "srgb", "embedded", TRUE, nullptr);
    });
  }
  return made_by([&](VipsImage** to) {
    return vips_colourspace(image.get(), to,
                            grey ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB, nullptr);
  });
}

Image to_8_bits(const Image& image) {
  const VipsBandFormat format = vips_image_get_format(image.get());
  if (format != VIPS_FORMAT_UCHAR && format != VIPS_FORMAT_USHORT) {
    throw Refusal{std::string("its values are of the type ") +
                  vips_enum_nick(VIPS_TYPE_BAND_FORMAT, format) +
                  ", but 8 or 16 bits without sign are read: convert it"};
  }
  return made_by([&](VipsImage** to) {
    return vips_cast(image.get(), to, VIPS_FORMAT_UCHAR, "shift", TRUE, nullptr);
  });
}

Image on_background(const Image& image, const std::uint8_t* colour) {
  std::array<double, 3> values{};
  std::copy_n(colour, 3, values.begin());
  const std::unique_ptr<VipsArrayDouble, void (*)(VipsArrayDouble*)> background(
      vips_array_double_new(values.data(), vips_image_get_bands(image.get()) > 2 ? 3 : 1),
      [](VipsArrayDouble* array) { vips_area_unref(VIPS_AREA(array)); });
  return made_by([&](VipsImage** to) {
    return vips_flatten(image.get(), to, "background", background.get(), nullptr);
  });
}

Image resized(const Image& image, Size to_size) {
  const auto [width, height] = size_of(image);
  if (width == to_size.width && height == to_size.height)
    return made_by([&](VipsImage** to) { return vips_copy(image.get(), to, nullptr); });
  return made_by([&](VipsImage** to) {
    return vips_resize(image.get(), to, static_cast<double>(to_size.width) / width, "vscale",
                       static_cast<double>(to_size.height) / height, "kernel", VIPS_KERNEL_LINEAR,
                       nullptr);
  });
}

// Where pixel (x, y) of the file goes: start + x * along_x + y * along_y, in pixels, by EXIF's
// orientation: 2 to 4 are mirrored or upside down, 5 to 8 have rows that are columns.
struct Turn {
  std::ptrdiff_t start, along_x, along_y;
  bool sideways;
};

Turn turn(int orientation, std::ptrdiff_t width, std::ptrdiff_t height) {
  switch (orientation) {
    case 2:
      return {width - 1, -1, width, false};
    case 3:
      return {width * height - 1, -1, -width, false};
    case 4:
      return {width * (height - 1), 1, -width, false};
    case 5:
      return {0, height, 1, true};
    case 6:
      return {height - 1, height, -1, true};
    case 7:
      return {width * height - 1, -height, -1, true};
    case 8:
      return {height * (width - 1), -height, 1, true};
    default:
      return {0, 1, width, false};
  }
}

void decode(const DecodeRequest& request, const PicturesSink& sink) {
  Image image = open(request);
  const Size size = size_of(image);
  const auto pixels = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
  if (pixels > request.max_pixels) {
    throw Refusal{std::to_string(size.width) + " x " + std::to_string(size.height) +
                  " pixels, but at most " + std::to_string(request.max_pixels) +
                  " are read: make it smaller"};
  }
  const int orientation = vips_image_get_orientation(image.get());
  const Size wanted = target_size(size, request.longest_side);
  image = resized(to_srgb(to_8_bits(image)), wanted);
  if (vips_image_hasalpha(image.get())) image = on_background(image, request.background);

  const int bands = vips_image_get_bands(image.get());
  const Turn turned = turn(orientation, wanted.width, wanted.height);
  const auto height = static_cast<std::size_t>(turned.sideways ? wanted.width : wanted.height);
  const auto width = static_cast<std::size_t>(turned.sideways ? wanted.height : wanted.width);
  std::uint8_t* dst = sink.place(sink.context, height, width, static_cast<std::size_t>(bands));
  if (!dst) throw NoMemory{};
  constexpr int kStrip = 16;
  const std::unique_ptr<VipsRegion, Unref> region(vips_region_new(image.get()));
  for (int top = 0; top < wanted.height; top += kStrip) {
    const VipsRect rectangle{0, top, wanted.width, std::min(kStrip, wanted.height - top)};
    check(vips_region_prepare(region.get(), &rectangle));
    for (int y = top; y < top + rectangle.height; ++y) {
      const VipsPel* src = VIPS_REGION_ADDR(region.get(), 0, y);
      std::ptrdiff_t place = turned.start + y * turned.along_y;
      for (int x = 0; x < wanted.width; ++x, place += turned.along_x, src += bands) {
        std::copy_n(src, bands, dst + place * bands);
      }
    }
  }
}

void encode_png(const EncodeRequest& request, const PicturesSink& sink) {
  const Image image(
      vips_image_new_from_memory(request.pixels, request.height * request.width * request.channels,
                                 static_cast<int>(request.width), static_cast<int>(request.height),
                                 static_cast<int>(request.channels), VIPS_FORMAT_UCHAR));
  if (!image) throw VipsFailure{};
  void* bytes = nullptr;
  std::size_t size = 0;
  check(vips_pngsave_buffer(image.get(), &bytes, &size, "strip", TRUE, nullptr));
  const std::unique_ptr<void, void (*)(void*)> owner(bytes, g_free);
  std::uint8_t* dst = sink.place(sink.context, 1, 1, size);
  if (!dst) throw NoMemory{};
  std::copy_n(static_cast<const std::uint8_t*>(bytes), size, dst);
}

// One line of letters that do no harm on a terminal.
std::string vips_reason() {
  constexpr std::size_t kMost = 200;
  std::string line;
  for (const char* c = vips_error_buffer(); *c && line.size() < kMost; ++c) {
    if (*c == '\n') {
      if (c[1]) line += "; ";
    } else {
      line += *c >= ' ' && *c <= '~' ? *c : '?';
    }
  }
  vips_error_clear();
  return line.empty() ? "damaged" : line;
}

template <class Request>
void answer(void (*work)(const Request&, const PicturesSink&), const Request* request,
            const PicturesSink* sink) {
  try {
    work(*request, *sink);
  } catch (const Refusal& refusal) {
    sink->refuse(sink->context, refusal.reason.c_str());
  } catch (const VipsFailure&) {
    sink->refuse(sink->context, vips_reason().c_str());
  } catch (const NoMemory&) {
  }
}

bool start() {
  if (vips_init("weft") != 0) return false;
  vips_concurrency_set(1);
  vips_cache_set_max(0);
  vips_block_untrusted_set(TRUE);
  g_log_set_handler(
      "VIPS", static_cast<GLogLevelFlags>(G_LOG_LEVEL_MASK | G_LOG_FLAG_RECURSION),
      [](const char*, GLogLevelFlags, const char*, void*) {}, nullptr);
  return true;
}

}  // namespace
}  // namespace weft

extern "C" __attribute__((visibility("default"))) const weft::PicturesModule* weft_pictures() {
  static constexpr weft::PicturesModule kModule{
      weft::kPicturesVersion,
      [](const auto* request, const auto* sink) { weft::answer(weft::decode, request, sink); },
      [](const auto* request, const auto* sink) { weft::answer(weft::encode_png, request, sink); }};
  static const bool started = weft::start();
  return started ? &kModule : nullptr;
}
