// One target for every parser of bytes from outside. A target may throw weft::Error and nothing
// else; whatever else happens is a defect.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace weft::fuzz {

using Bytes = std::vector<std::uint8_t>;

struct Target {
  const char* name;
  void (*run)(std::span<const std::uint8_t> bytes);
};

const std::vector<Target>& targets();

// Valid inputs to begin with. For the tests and the fuzzer; not part of what is fuzzed.
std::vector<Bytes> seeds(const std::string& target);

}  // namespace weft::fuzz
