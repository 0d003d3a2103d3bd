#pragma once

#include <string>

#include "weft/data.hpp"

namespace weft::cli {

// load_dataset, with progress on standard error while it downloads or decodes, and its warnings
// there, unless they were said before. Decoding ends when an Interrupt is noted: throws
// CLI::RuntimeError with its exit code.
Dataset load(const std::string& where, LoadOptions options, bool warn = true);

}  // namespace weft::cli
