#pragma once

#include <string>

namespace weft::cli {

// Is this a model rather than a data set? Told by content: a run folder, or a file that begins as
// safetensors files do. A name that ends in .safetensors counts too, so that a damaged file is
// called that. False for what is not there.
bool is_model(const std::string& where);

}  // namespace weft::cli
