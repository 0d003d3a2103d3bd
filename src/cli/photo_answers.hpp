// The answers to photos, written down one after another as they come.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "cli/sink.hpp"
#include "model/photos.hpp"

namespace weft::cli {

// An answer, and what the command makes of it.
struct Judged {
  const PhotoAnswer& answer;
  bool unsure = false;      // its probability is below the threshold
  std::string put_at = {};  // where it was sorted to; else empty
  // Where sets of a coverage are asked for: the classes, most probable first.
  std::optional<double> coverage = {};
  std::vector<std::size_t> set = {};
};

// "file,label,probability" and then a column a class, then "set" where there are sets; only the
// file's name where there is no answer.
class PhotoCsv {
 public:
  PhotoCsv(const std::string& file, const std::vector<std::string>& class_names, bool sets);
  void write(const Judged& judged);
  void commit();

 private:
  const std::vector<std::string>& class_names_;
  std::vector<std::string> names_;  // as fields
  bool sets_;
  Sink sink_;
};

// One JSON object, as text without the end of a line. threshold: is there one, so that "unsure" is
// said?
std::string photo_json(const Judged& judged, const std::vector<std::string>& class_names,
                       std::size_t top, bool threshold);

// For people. Rows are printed as they come, so the columns' widths are the terminal's. A set
// stands in the place of the label, with the probability that it holds the right one; more than one
// of the `top` classes stand below it.
class PhotoTable {
 public:
  PhotoTable(const std::vector<std::string>& class_names, std::size_t top, std::size_t columns,
             bool sets);
  // The heading and the row, each line ended.
  std::string heading() const;
  std::string row(const Judged& judged) const;

 private:
  const std::vector<std::string>& class_names_;
  std::size_t top_;
  std::size_t label_, file_;  // columns
};

}  // namespace weft::cli
