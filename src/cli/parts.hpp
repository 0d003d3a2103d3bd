// Which pictures of a data set a model is measured on, or asked about.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "weft/data.hpp"
#include "weft/model.hpp"

namespace weft::cli {

// What a model file says of the pictures that it was trained on.
struct TrainedOn {
  std::string digest;        // of the training part, before any of it was held out
  std::size_t val_size = 0;  // held out of it
  std::uint64_t seed = 0;    // that drew them
  bool fixed = false;        // were some labels others in training?
};

// Nothing when the model's training record lacks one of the three.
std::optional<TrainedOn> trained_on(const Model& model);

// Rows of a data set.
struct Part {
  std::string name;  // "train", "val", "test", "all"
  std::string why;   // which rows these are, in words
  LabelledImages rows;
  std::vector<std::uint32_t> index;  // of each row, in the data set's own part; ascending
};

// `split` is what was asked for, or empty: then the test part, where there is one. Data without a
// test part gives its own val part; else, when the model was trained on it, what was held out then;
// else all. "val" is the data's own part of this name, or what the model held out of this very
// data. "train" is the rest of it. "all" is every part one after another: train, val, test. Throws
// Error(bad_input) for a part that is not there, with what there is.
Part take_part(Dataset data, const std::string& split, const std::optional<TrainedOn>& trained);

// Reads no more parts of `where` than it takes, and says on standard error which part it is when
// `split` is empty, or is one that depends on the model. The data set keeps its names, not its
// pictures. Photos are made as the model takes them. Throws Error(bad_input) also when pictures are
// not of the model's size.
struct LoadedPart {
  Dataset data;
  Part part;
};
LoadedPart load_part(const std::string& where, const std::string& split, LoadOptions options,
                     const Model& model);
// The same for no model: pictures of any size, and no part that was held out.
LoadedPart load_part(const std::string& where, const std::string& split, LoadOptions options);

// What a model was trained on, "train", and what was held out then, "val": as load_part of each,
// with the data read once and nothing said.
struct KnownParts {
  Dataset data;
  Part val, train;
};
KnownParts load_known_parts(const std::string& where, LoadOptions options, const Model& model);

}  // namespace weft::cli
