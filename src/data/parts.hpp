// The parts of a data set as a format's reader finds them, and the data set made of them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/array.hpp"
#include "data/gzip.hpp"
#include "weft/data.hpp"

namespace weft {

enum class Part { train, val, test, whole };

const char* name_of(Part part);

// Is the part to be read? `whole` with any.
bool is_wanted(Part part, const LoadOptions& options);

// By the words of a file's name, whatever their case: train (or CIFAR's data_batch), test or t10k;
// val, valid or validation; none without such a word. Throws Error(bad_input) for two of them.
std::optional<Part> part_of(std::string_view file_name);

struct RawImages {
  std::string file;
  FileBytes bytes;
  Array array;  // of the bytes
};

// Where label i stands in its file: "byte", "row" ..., number first + i * step.
struct LabelPlaces {
  const char* unit = "row";
  std::size_t first = 0;
  std::size_t step = 1;
};

struct RawLabels {
  std::string file;
  std::vector<Label> values;
  std::vector<std::string> texts = {};  // not empty: what the values are positions in
  LabelPlaces places = {};
};

struct RawPart {
  Part part = Part::whole;
  std::optional<RawImages> images;  // none where only the labels were wanted
  std::optional<RawLabels> labels;
};

struct RawData {
  std::string format;
  std::vector<RawPart> parts;           // of each at most one
  std::size_t classes = 0;              // that the format has; 0: as many as the labels say
  std::string names_file = {};          // where the names are from
  std::vector<std::string> names = {};  // of numbered classes; empty: none were given
};

// Pictures by one scale and of one shape, a label each (or none, where options allow it); classes
// by the training labels, which the others must keep to: numbers, when they all are, else texts in
// the order of their bytes. Leaves name and source. Throws Error(bad_input).
Dataset assemble(RawData raw, const LoadOptions& options);

// None of the parts that were asked for is there.
[[noreturn]] void fail_no_part(const LoadOptions& options);

// Runs every job, several at a time, then throws what the first one that failed has thrown.
void run_all(const std::vector<std::function<void()>>& jobs);

}  // namespace weft
