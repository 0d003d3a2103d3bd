// Corrections of training labels that stand beside the data, so that the data stay as they are.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "weft/data.hpp"

namespace weft {

struct Fix {
  std::uint32_t index = 0;     // in the data's training part
  std::optional<Label> label;  // nothing: the picture is left out
};

struct Fixes {
  std::vector<Fix> list;  // by index, each once
  std::string sha256;     // of the file

  std::size_t relabelled() const;
  std::size_t left_out() const { return list.size() - relabelled(); }
};

// What binds a file of fixes to a training part: its digest; of photos, which may be made to any
// size, the SHA-256 of their files' names and labels.
std::string fixes_digest(const LabelledImages& train);

// A CSV file. Rows that begin with # are comments, of which "# data DIGEST" is checked where it
// stands; the first other row is a header whose first columns are index and label; an empty label
// leaves the picture out. `file` is for errors: Error(bad_input) with the row for an index that is
// no row of the training part or stands twice, a label that is no class of the data, and for fixes
// of other data.
Fixes parse_fixes(std::span<const std::uint8_t> bytes, const std::string& file,
                  const LabelledImages& train, const std::vector<std::string>& class_names);
Fixes read_fixes(const std::filesystem::path& file, const LabelledImages& train,
                 const std::vector<std::string>& class_names);

// `part` is the rows of the training part with these numbers, ascending; all of them where `rows`
// is empty. Labels change in place; where pictures are left out the others are gathered. Returns
// the numbers of the rows that `part` now has.
std::vector<std::uint32_t> apply_fixes(const Fixes& fixes, std::span<const std::uint32_t> rows,
                                       LabelledImages& part);

}  // namespace weft
