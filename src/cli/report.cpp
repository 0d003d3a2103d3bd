// weft report
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "cli/classes.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/parts.hpp"
#include "cli/report_page.hpp"
#include "model/json.hpp"
#include "train/run_folder.hpp"
#include "weft/error.hpp"

namespace weft::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string run, out, data;
  int threads = 0;
};

// Was anything held out of this model's training?
bool has_validation(const Model& model) {
  const auto training = parse_json(model.training);
  if (!training || !training->is_object()) return false;
  const auto size = training->find("val_size");
  return size != training->end() && size->is_number_unsigned() && size->get<std::size_t>() > 0;
}

// What a run's configuration says of its data; throws Error(bad_input) where it is none.
struct Source {
  std::string data, label_column;
  bool strict = false;
};

Source source_of(const std::string& run) {
  const auto config = parse_json(read_run(run).config);
  if (!config || !config->is_object()) {
    throw Error(ErrorCode::bad_input,
                fmt::format("report: the config.json in {} is no JSON object", run));
  }
  const auto text = [&](const char* key, const char* otherwise) {
    const auto found = config->find(key);
    return found != config->end() && found->is_string() ? found->get<std::string>()
                                                        : std::string(otherwise);
  };
  const auto strict = config->find("strict");
  return {text("data", "fashion-mnist"), text("label-column", ""),
          strict != config->end() && *strict == true};
}

// The model's own parts, read as the run's configuration says.
KnownParts known_parts(const Options& options, const Model& model) {
  const Source source = source_of(options.run);
  LoadOptions load_options;
  load_options.label_column = source.label_column;
  load_options.strict = source.strict;
  return load_known_parts(options.data.empty() ? source.data : options.data, load_options, model);
}

void run_report(const Options& options) {
  const fs::path file =
      options.out.empty() ? fs::path(options.run) / "report.html" : fs::path(options.out);
  source_of(options.run);  // complains where this is no run
  if (!fs::exists(fs::path(options.run) / "model.safetensors")) {
    write_run_page(file, options.run, {.threads = options.threads});
  } else {
    const Model model = load_model(fs::path(options.run));
    if (!has_validation(model)) {
      write_run_page(file, options.run, {.model = &model, .threads = options.threads});
    } else {
      KnownParts known = known_parts(options, model);
      for (Part* part : {&known.val, &known.train}) {
        part->rows.labels = labels_for(model, known.data, part->rows.labels);
      }
      const ReportedPart part{known.val.name, known.val.why, known.val.rows, known.val.index};
      write_run_page(file, options.run, {&model, &part, &known.train.rows, options.threads});
    }
  }
  say(fmt::format("{} holds the page", file.string()));
}

}  // namespace

void add_report(CLI::App& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand(
      "report", "Write the page of a run again: what it learned, in pictures");
  command->add_option("run", options->run, "a run folder")->required()->type_name("PATH");
  command->add_option("--out", options->out, "the page; unless given report.html in the run folder")
      ->type_name("FILE");
  command
      ->add_option("--data", options->data,
                   "the data that it was trained on, where it is no longer at its place")
      ->type_name("DATA");
  command->add_option("--threads", options->threads, "0: all processors")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->footer(
      "Examples:\n"
      "  weft report runs/first\n"
      "  weft report runs/first --out first.html\n"
      "  weft evaluate runs/first --data fashion-mnist --report test.html     the same of other "
      "data");
  command->callback([options] { run_report(*options); });
}

}  // namespace weft::cli
