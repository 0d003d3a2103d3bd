// The safetensors format: https://huggingface.co/docs/safetensors, section "Format".
//   8 bytes  the header's length, unsigned, little-endian
//   header   a JSON object: name -> {"dtype", "shape", "data_offsets"}, and "__metadata__"
//   data     the tensors, little-endian, row-major, side by side without gaps
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "weft/model.hpp"

namespace weft {

using Metadata = std::map<std::string, std::string>;

struct TensorReference {
  std::string name;
  const Tensor* value;
};

// Writes the file whole or not at all and returns its SHA-256. Equal arguments give equal bytes:
// tensors in the given order, metadata sorted by key, the header padded with spaces to a multiple
// of 8. Throws Error(usage) when a name occurs twice, is "__metadata__" or is not UTF-8 (metadata
// too), or a tensor has more than 8 dimensions; Error(failed) when the file cannot be written.
std::string write_safetensors(const std::filesystem::path& path, const Metadata& metadata,
                              std::span<const TensorReference> tensors);

struct Safetensors {
  Metadata metadata;
  std::vector<NamedTensor> tensors;  // in the order of their data
};

// Reads dtypes F32, F64 and U8 of at most 8 dimensions. Nothing in the file is trusted: memory is
// allocated only for what the file is long enough to hold, once its whole header has been checked.
// Throws Error(bad_input) with the file, the place and the rule.
Safetensors read_safetensors(const std::filesystem::path& path);

}  // namespace weft
