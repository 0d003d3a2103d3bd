#include "data/fixes.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "data/csv_rows.hpp"
#include "data/gzip.hpp"
#include "data/text.hpp"

namespace weft {
namespace {

constexpr std::string_view kData = "# data ";

class Reader {
 public:
  Reader(const std::string& file, const LabelledImages& train,
         const std::vector<std::string>& class_names)
      : file_(file), train_(train), class_names_(class_names) {}

  void field(std::string_view text) { fields_.emplace_back(text); }

  void end_row() {
    ++row_;
    const std::string& first = fields_.front();
    if (first.starts_with('#')) {
      if (first.starts_with(kData)) check_data(first.substr(kData.size()));
    } else if (!has_header_) {
      check_header();
    } else {
      add();
    }
    fields_.clear();
  }

  Fixes finish() {
    if (!has_header_) {
      fail(ErrorCode::bad_input, "fixes: {}: it has no header: it begins with index,label", file_);
    }
    std::ranges::sort(lines_, {}, [](const Line& line) { return line.fix.index; });
    const auto twice = std::ranges::adjacent_find(
        lines_, [](const Line& a, const Line& b) { return a.fix.index == b.fix.index; });
    if (twice != lines_.end()) {
      fail(ErrorCode::bad_input, "fixes: {}: rows {} and {} are both for picture {}: keep one",
           file_, twice->row, (twice + 1)->row, twice->fix.index);
    }
    Fixes fixes;
    for (const Line& line : lines_) fixes.list.push_back(line.fix);
    return fixes;
  }

 private:
  struct Line {
    Fix fix;
    std::size_t row;
  };

  void check_data(std::string_view digest) const {
    while (digest.ends_with(' ')) digest.remove_suffix(1);
    const std::string own = fixes_digest(train_);
    if (digest == own) return;
    fail(ErrorCode::bad_input,
         "fixes: {}: row {}: it was made for other data (digest {}, not {}): audit these data, or "
         "give those",
         file_, row_, excerpt(digest, 12), excerpt(own, 12));
  }
  void check_header() {
    if (fields_.size() < 2 || lower(fields_[0]) != "index" || lower(fields_[1]) != "label") {
      fail(ErrorCode::bad_input, "fixes: {}: row {}: it begins with {}: the header is index,label",
           file_, row_, excerpt(fields_[0]));
    }
    has_header_ = true;
  }
  void add() {
    if (fields_.size() < 2) {
      fail(ErrorCode::bad_input,
           "fixes: {}: row {}: one column: it takes index,label (an empty label leaves the picture "
           "out)",
           file_, row_);
    }
    std::uint32_t index = 0;
    const std::string& text = fields_[0];
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
    if (error != std::errc() || end != text.data() + text.size() || index >= train_.size()) {
      fail(ErrorCode::bad_input,
           "fixes: {}: row {}: {} is no picture of the training part: they are numbered 0 to {}",
           file_, row_, excerpt(text), train_.size() - 1);
    }
    lines_.push_back({{index, label_of(fields_[1])}, row_});
  }
  std::optional<Label> label_of(const std::string& name) const {
    if (name.empty()) return std::nullopt;
    const auto found = std::ranges::find(class_names_, name);
    if (found != class_names_.end()) return static_cast<Label>(found - class_names_.begin());
    constexpr std::size_t kMost = 12;
    std::vector<std::string> known;
    for (std::size_t c = 0; c < std::min(kMost, class_names_.size()); ++c) {
      known.push_back(excerpt(class_names_[c]));
    }
    fail(ErrorCode::bad_input, "fixes: {}: row {}: {} is no class of the data, which are {}{}",
         file_, row_, excerpt(name), fmt::join(known, ", "),
         class_names_.size() > kMost ? fmt::format(" and {} more", class_names_.size() - kMost)
                                     : "");
  }

  const std::string& file_;
  const LabelledImages& train_;
  const std::vector<std::string>& class_names_;
  std::vector<std::string> fields_;
  std::vector<Line> lines_;
  std::size_t row_ = 0;
  bool has_header_ = false;
};

}  // namespace

std::size_t Fixes::relabelled() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(list, [](const Fix& fix) { return fix.label.has_value(); }));
}

std::string fixes_digest(const LabelledImages& train) {
  if (train.files.empty()) return digest(train);
  Sha256 sum;
  for (const std::string& file : train.files) sum.update(file.c_str(), file.size() + 1);
  sum.update(train.labels.data(), train.labels.size() * sizeof(Label));
  return sum.hexadecimal();
}

Fixes parse_fixes(std::span<const std::uint8_t> bytes, const std::string& file,
                  const LabelledImages& train, const std::vector<std::string>& class_names) {
  if (train.labels.size() != train.size() || train.size() == 0) {
    fail(ErrorCode::bad_input, "fixes: {}: the data have no labelled training part to fix", file);
  }
  Reader reader(file, train, class_names);
  read_csv_rows(
      bytes, file, [&](std::string_view text) { reader.field(text); }, [&] { reader.end_row(); });
  Fixes fixes = reader.finish();
  fixes.sha256 = sha256(bytes.data(), bytes.size());
  return fixes;
}

Fixes read_fixes(const std::filesystem::path& file, const LabelledImages& train,
                 const std::vector<std::string>& class_names) {
  constexpr std::size_t kMostBytes = std::size_t{1} << 28;
  return parse_fixes(read_file(file, kMostBytes).span(), file.string(), train, class_names);
}

std::vector<std::uint32_t> apply_fixes(const Fixes& fixes, std::span<const std::uint32_t> rows,
                                       LabelledImages& part) {
  std::vector<std::uint32_t> kept, kept_rows;  // positions in `part`, and in the training part
  kept.reserve(part.size());
  auto fix = fixes.list.begin();
  bool changed = false;
  for (std::uint32_t i = 0; i < part.size(); ++i) {
    const std::uint32_t row = rows.empty() ? i : rows[i];
    while (fix != fixes.list.end() && fix->index < row) ++fix;
    const bool is_fixed = fix != fixes.list.end() && fix->index == row;
    if (!is_fixed || fix->label) {
      kept.push_back(i);
      kept_rows.push_back(row);
    }
    if (!is_fixed) continue;
    changed = true;
    if (fix->label) part.labels.at(i) = *fix->label;
  }
  if (kept.size() < part.size()) {
    part = gather(part, kept);
  } else if (changed) {
    part.known_digest.clear();
  }
  return kept_rows;
}

}  // namespace weft
