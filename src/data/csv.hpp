// Tables of comma-separated values (RFC 4180) with a picture a row, as Kaggle hands them out.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/array.hpp"
#include "data/gzip.hpp"

namespace weft {

// A table's width and its label column, from 0.
struct CsvColumns {
  std::size_t columns = 0;
  std::size_t label = 0;
};

struct CsvOptions {
  std::string label_column = {};  // "first", "last" or its name in the header; empty: found out
  bool labels = true;             // must there be labels?
  bool pixels = true;             // are the pictures wanted, or the labels alone?
  // Of the training part: another part of that width has its labels there too, where values allow.
  std::optional<CsvColumns> like = {};
};

struct CsvTable {
  FileBytes bytes;  // of images
  Array images;     // n, columns less the label's: u8, or f32 when one has a fraction
  CsvColumns columns;
  bool labelled = false;           // else there are no labels, and columns.label means nothing
  std::vector<Label> labels;       // positions in `texts`, one a row
  std::vector<std::string> texts;  // the different labels, as they are written
  std::size_t first_row = 1;       // the number of the first row of data: 2 under a header
};

// Text whose first line has four commas or more, and no JSON or HTML.
bool is_csv(std::span<const std::uint8_t> bytes);

// The first row is a header when two of its fields or more are words, or when its numbers count up
// by one as pandas names columns. The label column is `label_column`, else the one that the header
// calls label, labels, class, target or y, else the first or the last, whichever alone can be: the
// other columns must be pixels, s * s or 3 * s * s of them, and it must hold text, or whole numbers
// with two or more different ones that are at least half of 0 to the largest. Pixels are finite and
// 0 to 255; what 1.0 means is choose_scale's business. Throws Error(bad_input) with the row (the
// header's is 1) and the column (from 1), and Error(usage) for a `label_column` that is not there.
CsvTable parse_csv(std::span<const std::uint8_t> bytes, const std::string& file,
                   const CsvOptions& options);

}  // namespace weft
