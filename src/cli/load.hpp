#pragma once

#include <string>

#include "weft/data.hpp"

namespace weft::cli {

// load_dataset, with progress on standard error while it downloads.
Dataset load(const std::string& where, LoadOptions options);
Dataset load(const std::string& where, bool train, bool test);

}  // namespace weft::cli
