#include "data/csv.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "data/csv_columns.hpp"
#include "data/csv_rows.hpp"
#include "data/text.hpp"

namespace weft {
namespace {

// Three digits at most: nearly all there is. None for other text.
std::optional<std::uint8_t> byte_of(std::string_view text) {
  if (text.empty() || text.size() > 3) return std::nullopt;
  unsigned value = 0;
  for (const char c : text) {
    const unsigned digit = static_cast<unsigned char>(c) - unsigned{'0'};
    if (digit > 9) return std::nullopt;
    value = value * 10 + digit;
  }
  return value <= 255 ? std::optional(static_cast<std::uint8_t>(value)) : std::nullopt;
}

// The columns that are pixels for certain, row after row: bytes until a fraction turns up.
class Pixels {
 public:
  void add(std::string_view text) {
    if (const auto byte = byte_of(text)) {
      if (floating_) {
        floats_.push_back(*byte);
      } else {
        bytes_.push_back(*byte);
      }
      return;
    }
    if (!floating_) floats_.assign(bytes_.begin(), bytes_.end());
    floating_ = true;
    floats_.push_back(pixel_of(text));
  }
  bool last_is_bad() const { return floating_ && !std::isfinite(floats_.back()); }
  bool floating() const { return floating_; }

  // Elements [begin, begin + count), as T.
  template <class T>
  T* copy(std::size_t begin, std::size_t count, T* dst) const {
    const auto cast = [](auto value) { return static_cast<T>(value); };
    return floating_
               ? std::transform(floats_.data() + begin, floats_.data() + begin + count, dst, cast)
               : std::transform(bytes_.data() + begin, bytes_.data() + begin + count, dst, cast);
  }

 private:
  bool floating_ = false;
  std::vector<std::uint8_t> bytes_;
  std::vector<float> floats_;
};

class Reader {
 public:
  Reader(const std::string& file, const CsvOptions& options) : file_(file), options_(options) {}

  void field(std::string_view text) {
    if (columns_ == 0) {
      first_row_.emplace_back(text);
    } else if (column_ < columns_) {
      value(text);
    }
    ++column_;
  }

  void end_row() {
    if (columns_ == 0) {
      begin_table();
    } else {
      check_columns();
      ++rows_;
    }
    ++row_;
    column_ = 0;
  }

  CsvTable finish() {
    if (rows_ == 0) {
      fail(ErrorCode::bad_input, "csv: {}: no rows of data{}", file_,
           columns_ > 0 ? " under the header" : "");
    }
    Candidate* label = nullptr;
    if (label_known_) {
      label = &candidates_[0];
    } else {
      label = choose_label(candidates_, columns_, options_, file_);
    }
    CsvTable table;
    table.first_row = first_row_number_;
    table.columns = {columns_, label == nullptr ? 0 : label->column()};
    if (options_.pixels) put_images(label, table);
    if (label != nullptr) put_labels(*label, table);
    return table;
  }

 private:
  void begin_table() {
    columns_ = first_row_.size();
    if (columns_ < 2) {
      fail(ErrorCode::bad_input, "csv: {}: row {}: one column is no table of pictures", file_,
           row_);
    }
    const bool header = is_header(first_row_);
    first_row_number_ = header ? 2 : 1;
    auto named = named_label_column(first_row_, header, options_, file_);
    const bool unlabelled = !options_.labels && is_picture(columns_);
    if (unlabelled && !is_picture(columns_ - 1)) named.reset();
    if (!is_picture(columns_ - 1) && !unlabelled) {
      fail(ErrorCode::bad_input,
           "csv: {}: row {}: {} columns{}: a picture takes s*s (grey) or 3*s*s (colour) of them, "
           "and its label one",
           file_, row_, columns_,
           is_picture(columns_) ? " are pictures without labels, but labels are needed" : "");
    }
    label_known_ = named.has_value();
    if (named) {
      candidates_.emplace_back(*named);
    } else {
      candidates_.emplace_back(0);
      candidates_.emplace_back(columns_ - 1);
    }
    first_candidate_ = candidates_.front().column();
    last_candidate_ = candidates_.back().column();
    if (header) return;
    column_ = 0;
    for (const std::string& text : first_row_) {
      value(text);
      ++column_;
    }
    ++rows_;
  }

  void value(std::string_view text) {
    if (column_ == first_candidate_) {
      candidates_.front().add(text);
      if (label_known_) check_label(text);
    } else if (column_ == last_candidate_) {
      candidates_.back().add(text);
    } else if (options_.pixels) {
      pixels_.add(text);
      if (pixels_.last_is_bad()) {
        fail(ErrorCode::bad_input,
             "csv: {}: row {}, column {}: {} is no pixel: pixels are numbers 0 to 255, or 0 to 1",
             file_, row_, column_ + 1, excerpt(text));
      }
    }
  }

  void check_label(std::string_view text) const {
    if (text.empty()) {
      fail(ErrorCode::bad_input, "csv: {}: row {}, column {}: the label is empty", file_, row_,
           column_ + 1);
    }
    if (candidates_[0].too_many()) {
      fail(ErrorCode::bad_input,
           "csv: {}: row {}, column {}: more than {} different labels: is this the label column?",
           file_, row_, column_ + 1, kLargestLabel + 1);
    }
  }

  void check_columns() const {
    if (column_ == columns_) return;
    fail(ErrorCode::bad_input,
         "csv: {}: row {}: {} columns, but row 1 has {}: every row needs the same number", file_,
         row_, column_, columns_);
  }

  // Puts the candidates that are pixels back beside the others.
  template <class T>
  void copy_images(const Candidate* label, T* dst) const {
    const std::size_t middle = columns_ - candidates_.size();
    const bool left = !label_known_ && label != &candidates_.front();
    const bool right = !label_known_ && label != &candidates_.back();
    for (std::size_t row = 0; row < rows_; ++row) {
      if (left) *dst++ = static_cast<T>(candidates_.front().values()[row]);
      dst = pixels_.copy(row * middle, middle, dst);
      if (right) *dst++ = static_cast<T>(candidates_.back().values()[row]);
    }
  }

  void put_images(const Candidate* label, CsvTable& table) const {
    bool floating = pixels_.floating();
    for (const Candidate& candidate : candidates_) {
      floating = floating || (&candidate != label && candidate.fractions());
    }
    Array& images = table.images;
    images.name = "csv: " + file_;
    images.type = floating ? ElementType::f32 : ElementType::u8;
    images.shape = Shape{rows_, columns_ - (label == nullptr ? 0 : 1)};
    table.bytes = FileBytes(byte_count(images.type, images.shape, images.name));
    images.bytes = table.bytes.span();
    if (floating) {
      copy_images(label, reinterpret_cast<float*>(table.bytes.data()));
    } else {
      copy_images(label, table.bytes.data());
    }
  }

  static void put_labels(Candidate& label, CsvTable& table) {
    table.labelled = true;
    table.labels = std::move(label.labels());
    table.texts = std::move(label.texts());
  }

  const std::string& file_;
  const CsvOptions& options_;
  std::vector<std::string> first_row_;
  std::size_t first_row_number_ = 1;
  std::size_t columns_ = 0;  // 0 until the first row has been read
  std::size_t row_ = 1;      // the one being read
  std::size_t column_ = 0;
  std::size_t rows_ = 0;  // of data
  bool label_known_ = false;
  std::vector<Candidate> candidates_;  // the label's column, or the first and the last
  std::size_t first_candidate_ = 0;
  std::size_t last_candidate_ = 0;
  Pixels pixels_;
};

}  // namespace

bool is_csv(std::span<const std::uint8_t> bytes) {
  constexpr std::ptrdiff_t kCommas = 4;
  const std::string_view line = first_csv_line(bytes);
  const std::size_t begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos ||
      std::string_view("{[<").find(line[begin]) != std::string_view::npos)
    return false;
  return std::ranges::count(line, ',') >= kCommas && is_readable(line);
}

CsvTable parse_csv(std::span<const std::uint8_t> bytes, const std::string& file,
                   const CsvOptions& options) {
  Reader reader(file, options);
  read_csv_rows(
      bytes, file, [&](std::string_view text) { reader.field(text); }, [&] { reader.end_row(); });
  return reader.finish();
}

}  // namespace weft
