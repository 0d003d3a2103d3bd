// weft info
#include <memory>
#include <optional>

#include "cli/commands.hpp"
#include "cli/info.hpp"
#include "cli/is_model.hpp"
#include "cli/load.hpp"
#include "cli/train_options.hpp"

namespace weft::cli {
namespace {

struct Options {
  std::string where;
  std::optional<std::size_t> image_size;
  bool json = false, strict = false;
};

void run_info(const Options& options) {
  if (is_model(options.where)) return tell_model(options.where, options.json);
  LoadOptions all;
  all.labels = false;
  all.image_size = options.image_size;
  all.strict = options.strict;
  tell_dataset(load(options.where, all), options.json);
}

}  // namespace

void add_info(CLI::App& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("info", "What is in a model or a data set");
  command
      ->add_option("what", options->where,
                   "a model file, a run folder, \"fashion-mnist\", or a data set's folder or file")
      ->required()
      ->type_name("MODEL|DATA");
  add_photo_options(*command, options->image_size, options->strict);
  command->add_flag("--json", options->json, "one JSON document on standard output");
  command->footer(
      "Examples:\n"
      "  weft info runs/first\n"
      "  weft info fashion-mnist --json\n"
      "  weft info photos --image-size 64");
  command->callback([options] { run_info(*options); });
}

}  // namespace weft::cli
