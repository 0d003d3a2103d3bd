#include "cli/options.hpp"

#include "model/sets.hpp"

namespace weft::cli {

void add_model_on_data(CLI::App& command, ModelOnData& options, bool needs_data) {
  command.add_option("model", options.model, "a model file, or a run folder")
      ->required()
      ->type_name("PATH");
  CLI::Option* data =
      command
          .add_option("--data", options.data,
                      "\"fashion-mnist\", a folder of photos, or a data set's folder or file")
          ->required(needs_data)
          ->type_name("DATA");
  command
      .add_option("--split", options.split,
                  "which part of it; unless given the test part, else what the model has not seen, "
                  "else all")
      ->check(CLI::IsMember({"train", "val", "test", "all"}))
      ->needs(data);
  command
      .add_option("--label-column", options.label_column,
                  "of CSV: the labels' column by name, \"first\" or \"last\"")
      ->needs(data);
  command.add_flag("--strict", options.strict, "of photos: one that cannot be read is an error")
      ->needs(data);
  command
      .add_option("--views", options.views,
                  "average the answers to a picture mirrored, moved, lighter and darker, as in "
                  "\"mirror, shift 1, gamma 2\"; none; unless given as the model says")
      ->type_name("TEXT");
  command.add_option("--threads", options.threads, "0: all processors")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
}

void add_coverage(CLI::App& command, std::optional<double>& coverage, const char* words) {
  command.add_option("--coverage", coverage, words)
      ->check(CLI::Range(kLeastCoverage, kMostCoverage))
      ->type_name("P");
}

void require_coverage(const Model& model, std::optional<double> coverage) {
  if (coverage) require_sets(model.set_thresholds, *coverage);
}

Model load_model(const ModelOnData& options) {
  Model model = weft::load_model(options.model);
  if (options.views) model.views = parse_views(*options.views);
  return model;
}

}  // namespace weft::cli
