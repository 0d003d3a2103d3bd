// A command's options as a JSON object, by their long names: {"epochs": 20, "lr": 0.1}.
#pragma once

#include <CLI/App.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace weft::cli {

// The options that were given, but for those in `without` (names without dashes).
nlohmann::ordered_json config_of(const CLI::App& command, const std::vector<std::string>& without);

// Gives the command the options of this JSON text that it has not been given already; "_" counts as
// "-" in their names. `source` names the text in errors. Throws Error(usage) when it is no JSON
// object, or names an option that is not there or is in `without`; CLI::ParseError for a value that
// the option does not take.
void apply_config(CLI::App& command, std::string_view text, const std::string& source,
                  const std::vector<std::string>& without);

// The same with the text in a file of at most 1 MiB.
void apply_config_file(CLI::App& command, const std::string& file,
                       const std::vector<std::string>& without);

}  // namespace weft::cli
