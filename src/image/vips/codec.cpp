#include "image/vips/codec.hpp"

#include <algorithm>
#include <new>
#include <vector>

#include "image/area.hpp"
#include "image/format.hpp"
#include "image/limits.hpp"
#include "image/upright.hpp"
#include "image/vips/colour.hpp"
#include "image/vips/operations.hpp"

namespace weft {
namespace {

// The first frame or page, of which only the header is read yet. JPEG and WebP can be made smaller
// while they are decoded: JPEG by 2, 4 or 8, and WebP by anything.
Image open(const DecodeRequest& request, double shrink) {
  void* bytes = const_cast<void*>(request.bytes);  // only read
  return made_by([&](VipsImage** image) {
    const auto load = [&](auto loader, auto... more) {
      return loader(bytes, request.size, image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                    VIPS_FAIL_ON_ERROR, more..., nullptr);
    };
    switch (static_cast<PictureFormat>(request.format)) {
      case PictureFormat::jpeg:
        return load(vips_jpegload_buffer, "shrink", static_cast<int>(shrink));
      case PictureFormat::png:
        return load(vips_pngload_buffer);
      case PictureFormat::webp:
        return load(vips_webpload_buffer, "scale", 1 / shrink);
      case PictureFormat::gif:
        return load(vips_gifload_buffer);
      case PictureFormat::tiff:
        return load(vips_tiffload_buffer);
      case PictureFormat::heif:
        return load(vips_heifload_buffer);
    }
    throw Refusal{"the module knows no such format"};
  });
}

// How many bytes a pixel of the file are held at once, where it cannot be decoded some rows at a
// time; measured.
std::size_t held_bytes(const Image& image, int format) {
  // In several passes over the whole, each better than the one before.
  const bool passes = vips_image_get_typeof(image.get(), "interlaced") != 0;
  const std::size_t bytes = VIPS_IMAGE_SIZEOF_PEL(image.get());
  switch (static_cast<PictureFormat>(format)) {
    case PictureFormat::jpeg:
      return passes ? 2 * bytes : 0;  // the coefficients
    case PictureFormat::png:
      return passes ? bytes : 0;
    case PictureFormat::gif:
      return 4;
    case PictureFormat::webp:
      return 8;  // less when it is made smaller, which libwebp does meanwhile
    case PictureFormat::heif:
      return bytes * 5 / 2;
    default:
      return 0;
  }
}

void check(const Image& image, const DecodeRequest& request, double shrink) {
  const std::size_t height = height_of(image), width = width_of(image);
  std::size_t held = height * width * held_bytes(image, request.format);
  if (static_cast<PictureFormat>(request.format) == PictureFormat::webp) {
    held = static_cast<std::size_t>(static_cast<double>(held) / (shrink * shrink));
  }
  check_limits(height, width, held, request.max_pixels);
}

// How much of the shrinking is left to the decoder. WebP's way is nearly the mean of areas itself.
// libvips does not make a side of none.
double shrink_while_decoding(const Image& image, int format, double shrink) {
  const std::size_t height = height_of(image), width = width_of(image);
  switch (static_cast<PictureFormat>(format)) {
    case PictureFormat::webp:
      return std::min(shrink, static_cast<double>(std::min(height, width)));
    case PictureFormat::jpeg:
      return shrink_in_jpeg(height, width, shrink);
    default:
      return 1;
  }
}

}  // namespace

void decode_with_vips(const DecodeRequest& request, const PicturesSink& sink) {
  Image image = open(request, 1);
  const double shrink = shrink_of(height_of(image), width_of(image), request.longest_side);
  check(image, request, shrink);
  const int orientation = vips_image_get_orientation(image.get());
  const std::size_t file_height = height_of(image);
  const std::size_t file_width = width_of(image);
  const double at_once = shrink_while_decoding(image, request.format, shrink);
  if (at_once > 1) image = open(request, at_once);
  image = to_8_bits(image);
  const std::size_t height = shrunk(file_height, shrink, height_of(image));
  const std::size_t width = shrunk(file_width, shrink, width_of(image));
  const Colours colours(image, height * width, request.background);
  const Upright upright(orientation, height, width, colours.channels());
  std::uint8_t* dst =
      sink.place(sink.context, upright.height(), upright.width(), colours.channels());
  if (!dst) throw std::bad_alloc();
  std::vector<std::uint8_t> converted(width_of(image) * colours.channels());
  if (shrink == 1) {
    for_each_row(image, [&](const std::uint8_t* row, std::size_t y) {
      colours.convert(row, converted.data(), width);
      upright.write(converted.data(), y, dst);
    });
    return;
  }
  // Colours are converted when the picture has become small, but before they are mixed if some
  // pixels are more transparent than others.
  const std::size_t values = colours.transparent() ? colours.channels() : bands_of(image);
  std::vector<std::uint8_t> small(height * width * values);
  AreaMean mean(height_of(image), width_of(image), height, width, values, small.data());
  for_each_row(image, [&](const std::uint8_t* row, std::size_t) {
    if (colours.transparent()) colours.convert(row, converted.data(), width_of(image));
    mean.add(colours.transparent() ? converted.data() : row);
  });
  for (std::size_t y = 0; y < height; ++y) {
    const std::uint8_t* row = small.data() + y * width * values;
    if (!colours.transparent()) {
      colours.convert(row, converted.data(), width);
      row = converted.data();
    }
    upright.write(row, y, dst);
  }
}

void encode_png_with_vips(const EncodeRequest& request, const PicturesSink& sink) {
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
  if (!dst) throw std::bad_alloc();
  std::copy_n(static_cast<const std::uint8_t*>(bytes), size, dst);
}

}  // namespace weft
