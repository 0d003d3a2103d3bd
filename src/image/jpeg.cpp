#include "image/jpeg.hpp"

#include <libexif/exif-data.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdio>  // before jpeglib.h, which needs it
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include <jpeglib.h>

#include "image/area.hpp"
#include "image/limits.hpp"
#include "image/upright.hpp"

namespace weft {
namespace {

using namespace std::string_view_literals;

constexpr int kExif = JPEG_APP0 + 1, kProfile = JPEG_APP0 + 2;
constexpr std::string_view kProfileName = "ICC_PROFILE\0"sv;
// A file of a few bytes may ask for any number of passes over a large picture; cameras and programs
// make ten or so.
constexpr int kMostScans = 100;

class Reader {
 public:
  explicit Reader(std::span<const std::byte> file) {
    info_.err = jpeg_std_error(&errors_.manager);
    errors_.manager.error_exit = leave;
    errors_.manager.emit_message = [](j_common_ptr, int) {
    };  // no warnings: what is cut is an error
    try {
      guarded([&] {
        jpeg_create_decompress(&info_);
        info_.progress = &progress_;
        progress_.progress_monitor = watch;
        const auto* bytes = reinterpret_cast<const unsigned char*>(file.data());
        jpeg_mem_src(&info_, bytes, static_cast<unsigned long>(file.size()));
        info_.src->fill_input_buffer = [](j_decompress_ptr info) -> boolean {
          fail_with(reinterpret_cast<j_common_ptr>(info), "it ends too early");
        };
        jpeg_save_markers(&info_, kExif, 0xffff);
        jpeg_save_markers(&info_, kProfile, kProfileName.size());
        jpeg_read_header(&info_, TRUE);
      });
    } catch (...) {
      jpeg_destroy_decompress(&info_);
      throw;
    }
  }
  ~Reader() { jpeg_destroy_decompress(&info_); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  std::size_t height() const { return info_.image_height; }
  std::size_t width() const { return info_.image_width; }
  std::size_t channels() const { return static_cast<std::size_t>(info_.num_components); }
  bool has_passes() { return jpeg_has_multiple_scans(&info_) != FALSE; }

  bool is_plain() const {
    const J_COLOR_SPACE colours = info_.jpeg_color_space;
    if (colours != JCS_GRAYSCALE && colours != JCS_YCbCr && colours != JCS_RGB) return false;
    return !find(kProfile, kProfileName);
  }

  // EXIF's; 1 where there is none.
  int orientation() const {
    const jpeg_marker_struct* marker = find(kExif, "Exif\0\0"sv);
    if (!marker) return 1;
    const std::unique_ptr<ExifData, void (*)(ExifData*)> exif(exif_data_new(), exif_data_unref);
    if (!exif) throw std::bad_alloc();
    // As it stands in the file, whatever the standard would have there.
    exif_data_unset_option(exif.get(), EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
    exif_data_load_data(exif.get(), marker->data, marker->data_length);
    const ExifEntry* entry = exif_content_get_entry(exif->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
    if (!entry || entry->format != EXIF_FORMAT_SHORT || entry->size < 2) return 1;
    return exif_get_short(entry->data, exif_data_get_byte_order(exif.get()));
  }

  // From here on the picture is smaller by `shrink`: 1, 2, 4 or 8.
  void start(int shrink) {
    info_.scale_num = 1;
    info_.scale_denom = static_cast<unsigned>(shrink);
    guarded([&] { jpeg_start_decompress(&info_); });
    row_.resize(static_cast<std::size_t>(info_.output_width) * channels());
  }
  // Of what is left over at the right and at the bottom libjpeg makes pixels, too: they are not
  // counted, as libvips does not.
  std::size_t small_height() const { return info_.image_height / info_.scale_denom; }
  std::size_t small_width() const { return info_.image_width / info_.scale_denom; }

  // The next of small_height() rows, until the next call.
  const std::uint8_t* read() {
    std::uint8_t* row = row_.data();
    guarded([&] { jpeg_read_scanlines(&info_, &row, 1); });
    return row;
  }

 private:
  struct Errors {
    jpeg_error_mgr manager;  // the first, as libjpeg knows of no more
    std::jmp_buf place;
    std::array<char, JMSG_LENGTH_MAX> reason;
  };

  // libjpeg's errors may not return to it, and exceptions may not pass through it. So they jump to
  // where it was called: nothing that has a destructor may stand between.
  [[noreturn]] static void fail_with(j_common_ptr info, const char* reason) {
    auto* errors = reinterpret_cast<Errors*>(info->err);
    if (reason) std::snprintf(errors->reason.data(), errors->reason.size(), "%s", reason);
    std::longjmp(errors->place, 1);
  }
  [[noreturn]] static void leave(j_common_ptr info) {
    info->err->format_message(info, reinterpret_cast<Errors*>(info->err)->reason.data());
    fail_with(info, nullptr);
  }
  static void watch(j_common_ptr info) {
    if (!info->is_decompressor) return;
    if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number > kMostScans) {
      fail_with(info, "it has more than 100 scans");
    }
  }

  template <class Step>
  void guarded(const Step& step) {
    if (setjmp(errors_.place) != 0) throw Refusal{errors_.reason.data()};
    step();
  }

  const jpeg_marker_struct* find(int kind, std::string_view begin) const {
    for (const jpeg_marker_struct* m = info_.marker_list; m; m = m->next) {
      if (m->marker == kind && m->data_length >= begin.size() &&
          std::memcmp(m->data, begin.data(), begin.size()) == 0) {
        return m;
      }
    }
    return nullptr;
  }

  jpeg_decompress_struct info_{};
  Errors errors_{};
  jpeg_progress_mgr progress_{};
  std::vector<std::uint8_t> row_;
};

}  // namespace

std::optional<Picture> decode_plain_jpeg(std::span<const std::byte> file,
                                         const DecodeOptions& options) {
  Reader reader(file);
  if (!reader.is_plain()) return std::nullopt;
  const std::size_t height = reader.height(), width = reader.width(), channels = reader.channels();
  // Coefficients, of two bytes each.
  const std::size_t held = reader.has_passes() ? 2 * channels * height * width : 0;
  check_limits(height, width, held, options.max_pixels);
  const double shrink = shrink_of(height, width, options.longest_side);
  reader.start(shrink_in_jpeg(height, width, shrink));
  const std::size_t rows = reader.small_height(), columns = reader.small_width();
  const std::size_t small_height = shrunk(height, shrink, rows);
  const std::size_t small_width = shrunk(width, shrink, columns);
  const Upright upright(reader.orientation(), small_height, small_width, channels);
  Picture picture{upright.height(), upright.width(), channels, {}};
  picture.pixels.resize(small_height * small_width * channels);
  if (shrink == 1) {
    for (std::size_t y = 0; y < rows; ++y) {
      upright.write(reader.read(), y, picture.pixels.data());
    }
    return picture;
  }
  std::vector<std::uint8_t> small(picture.pixels.size());
  AreaMean mean(rows, columns, small_height, small_width, channels, small.data());
  for (std::size_t y = 0; y < rows; ++y) mean.add(reader.read());
  for (std::size_t y = 0; y < small_height; ++y) {
    upright.write(small.data() + y * small_width * channels, y, picture.pixels.data());
  }
  return picture;
}

}  // namespace weft
