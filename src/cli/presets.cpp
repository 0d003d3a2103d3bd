// weft presets
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/load.hpp"
#include "cli/text.hpp"
#include "cli/train_options.hpp"
#include "kernels/select.hpp"
#include "train/settings.hpp"
#include "weft/error.hpp"

namespace weft::cli {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

struct Options {
  std::string name, data, label_column;
  std::optional<std::size_t> image_size;
  bool json = false, strict = false;
};

std::string value_text(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

void print(const std::string& name, const json& settings) {
  const Colours colour = output_colours();
  fmt::print("{}{}{}: {}\n", colour.bold, name, colour.reset, preset_meaning(name));
  for (const auto& [key, value] : settings.items()) {
    if (key == "seed" || key == "precision") continue;  // the run's, not the preset's
    std::string option = key;
    std::ranges::replace(option, '_', '-');
    fmt::print("  {:<18}{}\n", option, value_text(value));
  }
}

void run_presets(const Options& options) {
  DataFacts facts;
  if (!options.data.empty()) {
    LoadOptions train;
    train.test = false;
    train.label_column = options.label_column;
    train.image_size = options.image_size;
    train.strict = options.strict;
    facts = facts_of(load(options.data, train));
  }
  const auto names = options.name.empty() ? preset_names() : std::vector<std::string>{options.name};
  ordered_json all;
  for (const std::string& name : names) {
    const TrainSettings settings = preset(name, facts);
    all[name] = as_json(settings, resolve(settings.precision));
    all[name]["meaning"] = preset_meaning(name);
  }
  if (options.json) {
    fmt::print("{}\n", all.dump());
    return;
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) fmt::print("\n");
    const TrainSettings settings = preset(names[i], facts);
    print(names[i], as_json(settings, resolve(settings.precision)));
  }
}

}  // namespace

void add_presets(CLI::App& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      program.add_subcommand("presets", "Show the presets of weft train, adapted to some data");
  command->add_option("name", options->name, "one of them; all unless given")->type_name("PRESET");
  command
      ->add_option("--data", options->data,
                   "what they adapt to: unless given 60,000 grey pictures of 28x28 in ten classes")
      ->type_name("DATA");
  command->add_option("--label-column", options->label_column,
                      "of CSV: the labels' column by name, \"first\" or \"last\"");
  add_photo_options(*command, options->image_size, options->strict);
  command->add_flag("--json", options->json, "one JSON document on standard output");
  command->footer(
      "Each line is an option of weft train, which goes before the preset's.\n\n"
      "Examples:\n"
      "  weft presets\n"
      "  weft presets quick --data shoes.csv\n"
      "  weft train --data shoes.csv --preset quick --epochs 20");
  command->callback([options] { run_presets(*options); });
}

}  // namespace weft::cli
