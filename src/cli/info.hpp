// What is known of a data set or a model, for people or as one JSON document on standard output.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "weft/data.hpp"
#include "weft/model.hpp"

namespace weft::cli {

// `data` is loaded with all its parts.
void tell_dataset(const Dataset& data, bool json);

// `where` is a model file or a run folder. Throws Error(bad_input) when it does not hold together.
void tell_model(const std::filesystem::path& where, bool json);

std::string channels_in_words(std::size_t channels);  // "grey", "colour", "4 channels"

}  // namespace weft::cli
