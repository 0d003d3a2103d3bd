// Which columns of a table are pixels and which is the label.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "data/csv.hpp"

namespace weft {

// Is this row the names of columns, not data?
bool is_header(const std::vector<std::string>& row);

// s * s or 3 * s * s?
bool is_picture(std::size_t columns);

// The label's column as far as options and header decide it; none when the values must.
std::optional<std::size_t> named_label_column(const std::vector<std::string>& first_row,
                                              bool header, const CsvOptions& options,
                                              const std::string& file);

// A number 0 to 255, above it when the text is none.
float pixel_of(std::string_view text);

// A column that may be the label's, read both ways: as labels and as pixels.
class Candidate {
 public:
  explicit Candidate(std::size_t column) : column_(column) {}

  void add(std::string_view text);

  std::size_t column() const { return column_; }
  bool is_pixels() const { return pixels_; }
  bool is_labels() const;
  bool too_many() const { return too_many_; }  // different texts to be labels
  bool fractions() const { return fractions_; }
  const std::vector<float>& values() const { return values_; }
  std::vector<Label>& labels() { return labels_; }
  std::vector<std::string>& texts() { return texts_; }

 private:
  std::size_t column_;
  bool pixels_ = true;
  bool fractions_ = false;
  bool too_many_ = false;
  std::vector<float> values_;
  std::vector<Label> labels_;
  std::vector<std::string> texts_;
  std::unordered_map<std::string, Label> known_;
};

// The candidate that is the label's column, by the values of all; none for a table of pictures
// alone. `columns`: of the table.
Candidate* choose_label(std::vector<Candidate>& candidates, std::size_t columns,
                        const CsvOptions& options, const std::string& file);

}  // namespace weft
