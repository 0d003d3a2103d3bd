#include "data/csv_columns.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "data/text.hpp"

namespace weft {
namespace {

constexpr std::array<std::string_view, 5> kLabelNames = {"label", "labels", "class", "target", "y"};

// Do the numbers among the fields count up by one? From 0 where all fields are numbers.
bool counts_up(const std::vector<std::string>& row) {
  std::vector<double> numbers;
  for (const std::string& field : row) {
    if (const auto number = number_of(field)) numbers.push_back(*number);
  }
  if (numbers.size() < 2 || (numbers.size() == row.size() && numbers[0] != 0)) return false;
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    if (numbers[i] != numbers[i - 1] + 1) return false;
  }
  return true;
}

}  // namespace

bool is_header(const std::vector<std::string>& row) {
  const auto words = std::ranges::count_if(
      row, [](const std::string& field) { return !field.empty() && !number_of(field); });
  return words >= 2 || counts_up(row);
}

bool is_picture(std::size_t columns) {
  return square_root(columns) > 0 || (columns % 3 == 0 && square_root(columns / 3) > 0);
}

std::optional<std::size_t> named_label_column(const std::vector<std::string>& first_row,
                                              bool header, const CsvOptions& options,
                                              const std::string& file) {
  const std::string& wanted = options.label_column;
  if (wanted == "first") return 0;
  if (wanted == "last") return first_row.size() - 1;
  if (!header) {
    if (wanted.empty() || !options.labels) return std::nullopt;
    fail(ErrorCode::usage,
         "csv: {}: row 1: no header, so no column is called {}: say \"first\" or \"last\"", file,
         excerpt(wanted));
  }
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < first_row.size(); ++i) {
    const bool same = wanted.empty() ? std::ranges::count(kLabelNames, lower(first_row[i])) > 0
                                     : first_row[i] == wanted;
    if (same) found.push_back(i);
  }
  if (found.size() > 1) {
    fail(ErrorCode::bad_input,
         "csv: {}: row 1: columns {} and {} ({} and {}) may both be the labels: say which by "
         "--label-column",
         file, found[0] + 1, found[1] + 1, excerpt(first_row[found[0]]),
         excerpt(first_row[found[1]]));
  }
  if (found.size() == 1) return found[0];
  if (wanted.empty() || !options.labels) return std::nullopt;
  fail(ErrorCode::usage, "csv: {}: row 1: no column is called {}: its {} columns run from {} to {}",
       file, excerpt(wanted), first_row.size(), excerpt(first_row.front()),
       excerpt(first_row.back()));
}

float pixel_of(std::string_view text) {
  const double value = number_of(text).value_or(HUGE_VAL);
  return value >= 0 && value <= 255 ? static_cast<float>(value)
                                    : std::numeric_limits<float>::infinity();
}

void Candidate::add(std::string_view text) {
  const float value = pixel_of(text);
  pixels_ = pixels_ && std::isfinite(value);
  fractions_ = fractions_ || text.find_first_of(".eE") != std::string_view::npos;
  values_.push_back(value);
  if (too_many_) return;
  const auto next = static_cast<Label>(texts_.size());
  const auto [known, is_new] = known_.try_emplace(std::string(text), next);
  if (is_new) {
    too_many_ = texts_.size() > kLargestLabel;
    texts_.emplace_back(text);
  }
  labels_.push_back(known->second);
}

// Text, or whole numbers that are many of those that there could be: a column of pixels hardly ever
// looks so, having few of them near the edge of a picture and 255 among those.
bool Candidate::is_labels() const {
  if (too_many_ || texts_.size() < 2) return false;
  double largest = 0;
  for (const std::string& text : texts_) {
    if (text.empty()) return false;
    const auto number = number_of(text);
    if (!number) return true;
    if (!(*number >= 0 && *number <= static_cast<double>(kLargestLabel)) ||
        *number != std::floor(*number)) {
      return false;
    }
    largest = std::max(largest, *number);
  }
  return static_cast<double>(texts_.size()) * 2 >= largest + 1;
}

Candidate* choose_label(std::vector<Candidate>& candidates, std::size_t columns,
                        const CsvOptions& options, const std::string& file) {
  Candidate& first = candidates.front();
  Candidate& last = candidates.back();
  const bool room = is_picture(columns - 1);
  if (options.like && options.like->columns == columns && room) {
    const bool is_first = options.like->label == first.column();
    const bool is_last = options.like->label == last.column();
    if (is_first && !first.too_many() && last.is_pixels()) return &first;
    if (is_last && !last.too_many() && first.is_pixels()) return &last;
  }
  const bool by_first = room && first.is_labels() && last.is_pixels();
  const bool by_last = room && last.is_labels() && first.is_pixels();
  if (by_first && by_last) {
    fail(ErrorCode::bad_input,
         "csv: {}: the first and the last of {} columns may both be the labels: say which by "
         "--label-column first or --label-column last",
         file, columns);
  }
  if (by_first) return &first;
  if (by_last) return &last;
  if (!options.labels && is_picture(columns) && first.is_pixels() && last.is_pixels()) {
    return nullptr;
  }
  fail(ErrorCode::bad_input,
       "csv: {}: neither the first nor the last of {} columns is plainly the labels (text, or "
       "whole numbers that are at least half of 0 to the largest, beside columns of pixels): say "
       "which column is, by --label-column first, last or its name in the header",
       file, columns);
}

}  // namespace weft
