// A little data set and a model of it, for tests that run the program.
#pragma once

#include <filesystem>
#include <string>

#include "weft/model.hpp"

namespace weft::testing {

constexpr std::size_t kSmallTrain = 90, kSmallTest = 30;

// A folder of IDX files: pictures of 4x4 pixels in three classes, 0, 1, 2, 0 ...: class c has row c
// bright. kSmallTrain in the training part and kSmallTest in the test part; `seed` varies the dark
// pixels.
void write_small_data(const std::filesystem::path& folder, std::uint8_t seed = 0);

// A model that is right on all of it, with these names for the outputs 0, 1, 2 and this training
// record; `rows` says which bright row each output is for.
Model small_model(const std::vector<std::string>& names, const std::vector<std::size_t>& rows,
                  const std::string& training = "{}");

}  // namespace weft::testing
