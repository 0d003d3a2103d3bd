// Photos in a table: image_path,label.

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "data/csv_columns.hpp"
#include "data/csv_rows.hpp"
#include "data/photo_list.hpp"
#include "data/text.hpp"
#include "image/decode.hpp"

namespace weft {
namespace {

constexpr std::array<std::string_view, 7> kPathNames = {
    "image_path", "path", "image", "file", "filename", "file_name", "image_name"};
constexpr std::array<std::string_view, 5> kSplitNames = {"split", "part", "subset", "set", "fold"};
constexpr std::size_t kMostPhotos = std::size_t{1} << 31;

using Row = std::vector<std::string>;

template <std::size_t N>
std::optional<std::size_t> column_called(const Row& header,
                                         const std::array<std::string_view, N>& names) {
  for (const std::string_view name : names) {
    const auto found = std::ranges::find_if(
        header, [name](const std::string& field) { return lower(field) == name; });
    if (found != header.end()) return static_cast<std::size_t>(found - header.begin());
  }
  return std::nullopt;
}

std::optional<std::size_t> picture_column(const Row& row) {
  const auto found =
      std::ranges::find_if(row, [](const std::string& field) { return is_picture_name(field); });
  if (found == row.end()) return std::nullopt;
  return static_cast<std::size_t>(found - row.begin());
}

struct Columns {
  std::size_t count = 0;
  std::size_t path = 0;
  std::optional<std::size_t> label = {}, split = {};
};

// A first row with a picture's name in it is no header.
Columns columns_of(const Row& first, const std::string& file, const LoadOptions& options) {
  Columns columns{.count = first.size()};
  const auto picture = picture_column(first);
  const bool header = !picture;
  columns.path = picture ? *picture : column_called(first, kPathNames).value_or(0);
  columns.label = named_label_column(
      first, header, {.label_column = options.label_column, .labels = options.labels}, file);
  if (header) columns.split = column_called(first, kSplitNames);
  if (!columns.label) {
    // The only other column, or the next where the third is the split.
    const std::size_t next = columns.path + 1 < columns.count ? columns.path + 1 : 0;
    const std::size_t others = columns.count - 1 - (columns.split ? 1 : 0);
    if (!header && columns.count == 3 && columns.path == 0) columns.split = 2;
    if (others == 1 || columns.split == std::optional<std::size_t>(2)) columns.label = next;
    if (columns.label == columns.split) columns.label.reset();
  }
  if (columns.label == std::optional(columns.path)) {
    fail(ErrorCode::usage, "csv: {}: row 1: column {} is the pictures' path, not their label", file,
         columns.path + 1);
  }
  if (!columns.label && options.labels) {
    fail(ErrorCode::bad_input,
         "csv: {}: row 1: no column is plainly the labels: call it \"label\", or say which one is "
         "by --label-column",
         file);
  }
  return columns;
}

class Reader {
 public:
  Reader(std::string file, const LoadOptions& options, PhotoList& list)
      : file_(std::move(file)), options_(options), list_(list) {}

  void field(std::string_view text) { fields_.emplace_back(text); }

  void end_row() {
    ++row_;
    if (row_ == 1) {
      columns_ = columns_of(fields_, file_, options_);
      if (picture_column(fields_)) add();
    } else {
      add();
    }
    fields_.clear();
  }

  // The classes' names, and the labels by them.
  void finish() {
    if (list_.photos.empty()) {
      fail(ErrorCode::bad_input, "csv: {}: no rows of data under the header", file_);
    }
    if (!columns_.label) {
      list_.unlabelled = {Part::train, Part::val, Part::test, Part::whole};
      return;
    }
    list_.class_names = class_names_of(texts_, file_);
    std::vector<Label> by_number;
    by_number.reserve(texts_.size());
    for (const std::string& text : texts_) {
      const auto found = std::ranges::lower_bound(list_.class_names, text);
      by_number.push_back(static_cast<Label>(found - list_.class_names.begin()));
    }
    for (Photo& photo : list_.photos) photo.label = by_number[photo.label];
  }

 private:
  void add() {
    if (fields_.size() != columns_.count) {
      fail(ErrorCode::bad_input,
           "csv: {}: row {}: {} columns, but row 1 has {}: every row needs the same number", file_,
           row_, fields_.size(), columns_.count);
    }
    Photo photo{.name = fields_[columns_.path]};
    if (photo.name.empty() || photo.name.find('\0') != std::string::npos) {
      fail(ErrorCode::bad_input, "csv: {}: row {}, column {}: {} is no path of a picture", file_,
           row_, columns_.path + 1, excerpt(photo.name));
    }
    if (columns_.label) photo.label = number_of_label(fields_[*columns_.label]);
    if (columns_.split) photo.part = part_in(fields_[*columns_.split]);
    if (list_.photos.size() == kMostPhotos) {
      fail(ErrorCode::bad_input, "csv: {}: more than {} pictures", file_, kMostPhotos);
    }
    list_.photos.push_back(std::move(photo));
  }

  Label number_of_label(const std::string& text) {
    const auto column = *columns_.label + 1;
    if (text.empty()) {
      fail(ErrorCode::bad_input, "csv: {}: row {}, column {}: the label is empty", file_, row_,
           column);
    }
    const auto [found, is_new] = known_.try_emplace(text, texts_.size());
    if (is_new) texts_.push_back(text);
    if (texts_.size() > kMostClasses) {
      fail(ErrorCode::bad_input,
           "csv: {}: row {}, column {}: more than {} different labels: is this the label column?",
           file_, row_, column, kMostClasses);
    }
    return static_cast<Label>(found->second);
  }

  Part part_in(const std::string& text) const {
    if (const auto part = part_of_folder(text)) return *part;
    fail(ErrorCode::bad_input,
         "csv: {}: row {}, column {}: {} is no part: it is train, val or test", file_, row_,
         *columns_.split + 1, excerpt(text));
  }

  const std::string file_;
  const LoadOptions& options_;
  PhotoList& list_;
  Row fields_;
  std::size_t row_ = 0;
  Columns columns_;
  std::map<std::string, std::size_t, std::less<>> known_;
  std::vector<std::string> texts_;  // the different labels, in the order that they turn up in
};

// Other parts keep to the training part's classes.
void check_classes(const PhotoList& list, const std::string& file) {
  std::vector<bool> trained(list.class_names.size());
  bool any = false;
  for (const Photo& photo : list.photos) {
    if (photo.part != Part::train) continue;
    trained[photo.label] = any = true;
  }
  if (!any) return;
  std::map<std::string, Part> missing;
  for (const Photo& photo : list.photos) {
    if (!trained[photo.label]) missing.emplace(list.class_names[photo.label], photo.part);
  }
  if (missing.empty()) return;
  std::vector<std::string> words;
  for (const auto& [name, part] : missing) {
    words.push_back(fmt::format("{} of {}", excerpt(name), name_of(part)));
  }
  fail(ErrorCode::bad_input,
       "csv: {}: the training rows lack {}: a class must be learnt to be told: check the labels' "
       "spelling",
       file, fmt::join(words, ", "));
}

}  // namespace

bool is_photo_table(std::span<const std::uint8_t> bytes) {
  if (first_csv_line(bytes).find(',') == std::string_view::npos) return false;
  // The first row alone.
  const std::string_view line = first_csv_line(bytes);
  if (!is_readable(line)) return false;
  Row first;
  try {
    read_csv_rows(
        {reinterpret_cast<const std::uint8_t*>(line.data()), line.size()}, "",
        [&](std::string_view text) { first.emplace_back(text); }, [] {});
  } catch (const Error&) {
    return false;
  }
  if (picture_column(first)) return true;
  return column_called(first, kPathNames).has_value() && first.size() >= 2;
}

PhotoList list_photo_table(std::span<const std::uint8_t> bytes, const std::filesystem::path& file,
                           const LoadOptions& options) {
  PhotoList list;
  list.root = file.parent_path();
  Reader reader(file.string(), options, list);
  read_csv_rows(
      bytes, file.string(), [&](std::string_view text) { reader.field(text); },
      [&] { reader.end_row(); });
  reader.finish();
  if (!list.class_names.empty()) check_classes(list, file.string());
  sort_by_part(list);
  look_up_files(list);
  return list;
}

}  // namespace weft
