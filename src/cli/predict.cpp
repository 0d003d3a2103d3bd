// weft predict
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "cli/answers.hpp"
#include "cli/classes.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/options.hpp"
#include "cli/parts.hpp"
#include "cli/picture.hpp"
#include "cli/predict_photos.hpp"
#include "cli/text.hpp"
#include "weft/error.hpp"
#include "weft/predictor.hpp"

namespace weft::cli {
namespace {

struct Options {
  ModelOnData on;
  std::vector<std::int64_t> index;
  std::string csv;
  std::optional<std::size_t> top;
  std::optional<double> coverage;
  bool json = false;
  PhotoOptions photos;  // what they alone have
};

constexpr std::size_t kTop = 3;

// The part with the rows of these indices alone, in the order asked for.
void pick(Part& part, const std::vector<std::int64_t>& wanted) {
  std::vector<std::uint32_t> places;
  for (const std::int64_t index : wanted) {
    const auto found = std::ranges::lower_bound(part.index, index);
    if (found == part.index.end() || *found != index) {
      throw Error(
          ErrorCode::usage,
          fmt::format("predict: --index {} is not in the {} part, which has {} pictures, "
                      "{} to {}: give one of them, or another --split",
                      index, part.name, part.index.size(), part.index.front(), part.index.back()));
    }
    places.push_back(static_cast<std::uint32_t>(found - part.index.begin()));
  }
  part.rows.images = gather_rows(part.rows.images, places);
  std::vector<Label> labels;
  std::vector<std::uint32_t> index;
  for (const std::uint32_t place : places) {
    index.push_back(part.index[place]);
    if (!part.rows.labels.empty()) labels.push_back(part.rows.labels[place]);
  }
  if (!part.rows.files.empty()) {
    std::vector<std::string> files;
    for (const std::uint32_t place : places) files.push_back(part.rows.files[place]);
    part.rows.files = std::move(files);
  }
  part.rows.known_digest.clear();
  part.rows.labels = std::move(labels);
  part.index = std::move(index);
}

// The pictures themselves, each with its most probable classes.
void print_pictures(const Answers& answers, const Tensor& images, std::size_t top) {
  const Colours colour = output_colours();
  const std::size_t columns = output_columns();
  const std::size_t name = std::max<std::size_t>(widest(answers.class_names, columns / 2 - 4), 5);
  const std::size_t used = 4 + name + 2 + 9 + 2;
  const int bar_columns =
      static_cast<int>(columns > used + 12 ? std::min<std::size_t>(columns - used - 3, 30) : 8);
  const Shape shape{images.shape()[1], images.shape()[2], images.shape()[3]};
  const auto pixels = images.as<std::uint8_t>();
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (i > 0) fmt::print("\n");
    fmt::print("{}{}{}: {}{}\n\n", colour.bold, answers.index[i], colour.reset,
               answers.given.empty() ? "" : "given as " + printable(answers.given[i]),
               answers.right(i) ? "" : ", taken for " + printable(answers.label(i)));
    fmt::print("{}\n", picture_in_characters(pixels.subspan(i * shape.elements(), shape.elements()),
                                             shape, columns));
    for (const std::size_t c : answers.best(i, top)) {
      const float probability = answers.row(i)[c];
      fmt::print("    {}  {:>9}  {}\n", fit(answers.class_names[c], name), percent(probability),
                 bar(probability, bar_columns));
    }
    if (answers.coverage) {
      const std::string set = fmt::format("a set of {:g} %: {}", 100 * *answers.coverage,
                                          set_text(answers.sets[i], answers.class_names));
      fmt::print("    {}\n", cut(set, columns - 4));
    }
  }
}

void predict_data(const Model& model, const Options& options) {
  Predictor predictor(model, options.on.threads);
  LoadOptions load_options;
  load_options.labels = false;
  load_options.label_column = options.on.label_column;
  load_options.strict = options.on.strict;
  LoadedPart loaded = load_part(options.on.data, options.on.split, load_options, model);
  Part& part = loaded.part;
  if (!options.index.empty()) pick(part, options.index);

  Answers answers{model.class_names, part.index, predictor.predict(part.rows.images)};
  const std::vector<std::string> names = names_for(model, loaded.data);
  for (const Label label : part.rows.labels) answers.given.push_back(names.at(label));
  if (options.coverage) answers.add_sets(predictor, *options.coverage);
  if (!options.csv.empty()) {
    write_csv(options.csv, answers, false);
    if (options.csv != "-") say(fmt::format("{} holds the answers", options.csv));
  }
  if (options.json) {
    print_json_lines(answers, predictor, options.top.value_or(kTop));
  } else if (options.csv.empty() && !options.index.empty()) {
    print_pictures(answers, part.rows.images, options.top.value_or(kTop));
  } else if (options.csv.empty()) {
    print_table(answers);
  }
}

void run_predict(const Options& options) {
  if (options.csv == "-" && options.json) {
    throw Error(ErrorCode::usage,
                "predict: --csv - and --json both take standard output: give --csv a file");
  }
  if (options.photos.files.empty() == options.on.data.empty()) {
    throw Error(ErrorCode::usage,
                options.on.data.empty()
                    ? "predict: what about? Give it photos, folders of them, - for a list of them "
                      "on standard input, or a data set by --data"
                    : "predict: photos and --data at once: give it one of the two");
  }
  const Model model = load_model(options.on);
  require_coverage(model, options.coverage);
  if (!options.on.data.empty()) return predict_data(model, options);
  PhotoOptions photos = options.photos;
  photos.csv = options.csv;
  photos.top = options.top;
  photos.coverage = options.coverage;
  photos.json = options.json;
  photos.threads = options.on.threads;
  predict_photos(model, photos);
}

// What photos alone have.
void add_photo_options(CLI::App& command, PhotoOptions& options) {
  CLI::Option* data = command.get_option("--data");
  const auto add = [&](const char* name, auto& value, const char* words) {
    return command.add_option(name, value, words)->excludes(data);
  };
  command
      .add_option("files", options.files,
                  "photos, folders of them, or \"-\": a list on standard input, a path a line")
      ->type_name("FILE");
  add("--threshold", options.threshold,
      "below this probability an answer is unsure: it is marked, and sorted into _review")
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("P");
  CLI::Option* sort = add("--sort-into", options.sort_into,
                          "copy each photo to a folder a class in this one; to _review what is "
                          "unsure, of none of the classes, or cannot be read")
                          ->type_name("DIR");
  command.add_flag("--link", options.link, "links instead of copies: hard ones, or else symbolic")
      ->needs(sort);
  add("--photo-steps", options.photo_steps,
      "from a photo to the network's picture, instead of the model's own way; as in \"trim, fit, "
      "centre\"")
      ->type_name("TEXT");
  add("--limit-bytes", options.limit_bytes, "a larger file is not read")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  add("--limit-pixels", options.limit_pixels, "nor is a picture of more pixels than this")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
}

}  // namespace

void add_predict(CLI::App& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("predict", "Ask a model what pictures show");
  add_model_on_data(*command, options->on, false);
  add_photo_options(*command, options->photos);
  command
      ->add_option("--index", options->index,
                   "only this picture, shown in characters; again for more, or 1,2,3")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 32))
      ->delimiter(',')
      ->allow_extra_args(false)
      ->needs(command->get_option("--data"));
  command
      ->add_option(
          "--csv", options->csv,
          "write all answers to this file: file or index, label, probability, and a column "
          "a class; \"-\" is standard output")
      ->type_name("FILE");
  command->add_option("--top", options->top, "classes shown for each picture; 3, or 1 in a table")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{65536}));
  add_coverage(*command, options->coverage,
               "say as many classes as it takes for the right one to be among them this often, "
               "0.95 for one");
  command->add_flag("--json", options->json, "one JSON document a line on standard output");
  command->footer(
      "Examples:\n"
      "  weft predict runs/first shirt.jpg holiday-photos\n"
      "  find . -name '*.jpg' | weft predict runs/first - --json\n"
      "  weft predict runs/first photos --sort-into sorted --threshold 0.8\n"
      "  weft predict runs/first --data fashion-mnist\n"
      "  weft predict runs/first --data fashion-mnist --index 17 --top 5\n"
      "  weft predict model.safetensors --data new-pictures --csv answers.csv\n"
      "  weft predict runs/first photos --coverage 0.95\n"
      "  weft predict runs/first --data fashion-mnist --split val --json");
  command->callback([options] { run_predict(*options); });
}

}  // namespace weft::cli
