#include "image/vips/codec.hpp"

#include <algorithm>
#include <cmath>
#include <new>
#include <utility>
#include <vector>

#include "image/area.hpp"
#include "image/format.hpp"
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

void check_limits(const Image& image, const DecodeRequest& request, double shrink) {
  const std::string size =
      std::to_string(width_of(image)) + " x " + std::to_string(height_of(image)) + " pixels";
  const std::size_t pixels = height_of(image) * width_of(image);
  if (pixels > request.max_pixels) {
    throw Refusal{size + ", but at most " + std::to_string(request.max_pixels) +
                  " are read: make it smaller"};
  }
  // Of what is held whole, four bytes for each of the pixels that may be read.
  std::size_t held = pixels * held_bytes(image, request.format);
  if (static_cast<PictureFormat>(request.format) == PictureFormat::webp) {
    held = static_cast<std::size_t>(static_cast<double>(held) / (shrink * shrink));
  }
  if (held / 4 > request.max_pixels) {
    throw Refusal{
        size + " take " + std::to_string(held) +
        " bytes of memory to decode, as such a file is not decoded by rows, but at most " +
        std::to_string(4 * request.max_pixels) + " are given: make it smaller"};
  }
}

// By how much the picture becomes smaller: at least 1.
double shrink_of(const Image& image, std::size_t longest_side) {
  const std::size_t longest = std::max(height_of(image), width_of(image));
  if (longest_side == 0 || longest <= longest_side) return 1;
  return static_cast<double>(longest) / static_cast<double>(longest_side);
}

// How much of that is left to the decoder. JPEG's way has no sharp borders between frequencies, so
// the last factor of two is left to the mean of areas: the error against doing it all so is then
// 1.5 grey levels instead of 3.7, for a quarter more time. WebP's way is nearly the mean itself.
// libvips does not make a side of none.
double shrink_while_decoding(const Image& image, int format, double shrink) {
  const auto shortest = static_cast<double>(std::min(height_of(image), width_of(image)));
  const double most = std::min(shrink, shortest);
  if (static_cast<PictureFormat>(format) == PictureFormat::webp) return most;
  if (static_cast<PictureFormat>(format) != PictureFormat::jpeg) return 1;
  double part = 1;
  while (part < 8 && part * 4 <= shrink && part * 2 <= most) part *= 2;
  return part;
}

// Where the pixel at (x, y) of the file goes, counted in pixels: start + x along_x + y along_y, by
// EXIF's orientation. From 5 on the file's rows are columns.
struct Turn {
  std::ptrdiff_t start, along_x, along_y;
};

Turn turn(int orientation, std::ptrdiff_t height, std::ptrdiff_t width) {
  switch (orientation) {
    case 2:
      return {width - 1, -1, width};
    case 3:
      return {width * height - 1, -1, -width};
    case 4:
      return {width * (height - 1), 1, -width};
    case 5:
      return {0, height, 1};
    case 6:
      return {height - 1, height, -1};
    case 7:
      return {width * height - 1, -height, -1};
    case 8:
      return {height * (width - 1), -height, 1};
    default:
      return {0, 1, width};
  }
}

// Takes the rows of a file in any order and lays them down upright.
class Upright {
 public:
  Upright(int orientation, std::size_t height, std::size_t width, std::size_t channels,
          const PicturesSink& sink)
      : width_(width),
        channels_(static_cast<std::ptrdiff_t>(channels)),
        turn_(turn(orientation, static_cast<std::ptrdiff_t>(height),
                   static_cast<std::ptrdiff_t>(width))) {
    if (orientation >= 5) std::swap(height, width);
    dst_ = sink.place(sink.context, height, width, channels);
    if (!dst_) throw std::bad_alloc();
  }

  void write(const std::uint8_t* row, std::size_t y) const {
    std::uint8_t* dst =
        dst_ + (turn_.start + static_cast<std::ptrdiff_t>(y) * turn_.along_y) * channels_;
    for (std::size_t x = 0; x < width_; ++x) {
      std::copy_n(row, channels_, dst);
      row += channels_;
      dst += turn_.along_x * channels_;
    }
  }

 private:
  std::size_t width_;
  std::ptrdiff_t channels_;
  Turn turn_;
  std::uint8_t* dst_ = nullptr;
};

}  // namespace

void decode_with_vips(const DecodeRequest& request, const PicturesSink& sink) {
  Image image = open(request, 1);
  const double shrink = shrink_of(image, request.longest_side);
  check_limits(image, request, shrink);
  const int orientation = vips_image_get_orientation(image.get());
  const std::size_t file_height = height_of(image);
  const std::size_t file_width = width_of(image);
  const double at_once = shrink_while_decoding(image, request.format, shrink);
  if (at_once > 1) image = open(request, at_once);
  image = to_8_bits(image);
  const auto side = [&](std::size_t of_file, std::size_t of_image) {
    const auto wanted = std::lrint(static_cast<double>(of_file) / shrink);
    return std::clamp<std::size_t>(static_cast<std::size_t>(wanted), 1, of_image);
  };
  const std::size_t height = side(file_height, height_of(image));
  const std::size_t width = side(file_width, width_of(image));
  const Colours colours(image, height * width, request.background);
  const Upright upright(orientation, height, width, colours.channels(), sink);
  std::vector<std::uint8_t> converted(width_of(image) * colours.channels());
  if (shrink == 1) {
    for_each_row(image, [&](const std::uint8_t* row, std::size_t y) {
      colours.convert(row, converted.data(), width);
      upright.write(converted.data(), y);
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
    upright.write(row, y);
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
