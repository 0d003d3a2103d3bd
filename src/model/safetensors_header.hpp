// The JSON header of a safetensors file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/safetensors.hpp"

namespace weft {

constexpr std::uint64_t kMostHeaderBytes = 100'000'000;  // the format's own limit
constexpr std::size_t kMostDimensions = 8;

struct HeaderEntry {
  std::string name;
  DataType type = DataType::f32;
  std::vector<std::size_t> shape;
  std::uint64_t begin = 0;  // of its bytes, from the start of the data
  std::uint64_t end = 0;
};

struct Header {
  Metadata metadata;
  std::vector<HeaderEntry> entries;  // in the order of their data
};

// `data_size`: bytes of the file behind the header, which the entries must cover exactly. Shapes
// and types agree with the byte counts. Throws Error(bad_input), the message beginning with `file`.
Header parse_header(std::string_view text, std::uint64_t data_size, const std::string& file);

// The name of a type in the header: "F32".
const char* dtype_of(DataType type);

}  // namespace weft
