// weft map
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/atomic_file.hpp"
#include "cli/classes.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/interrupt.hpp"
#include "cli/load.hpp"
#include "cli/map_progress.hpp"
#include "cli/parts.hpp"
#include "cli/sink.hpp"
#include "cli/text.hpp"
#include "explore/projector.hpp"
#include "explore/scatter.hpp"
#include "explore/tsne.hpp"
#include "image/decode.hpp"
#include "model/hidden.hpp"
#include "report/page_map.hpp"
#include "weft/error.hpp"

namespace weft::cli {
namespace {

using nlohmann::ordered_json;

struct Options {
  std::string data, split, label_column, features = "pixels", init = "pca", csv, png, projector;
  std::size_t limit = 0;
  bool json = false, strict = false;
  MapSettings settings;
};

// Pictures, and what is known of them.
struct Subject {
  Part part;
  std::vector<std::string> names;  // of the classes
  Tensor features;                 // what their map is made of: f32 {n, values}
};

void check(const Options& options) {
  if (options.csv == "-" && options.json) {
    throw Error(ErrorCode::usage,
                "map: --csv - and --json both take standard output: give --csv a file");
  }
  if (options.csv.empty() && options.png.empty() && options.projector.empty() && !options.json) {
    throw Error(
        ErrorCode::usage,
        "map: nothing to write: give --csv, --png or --projector where the map shall go, or "
        "--json for its figures alone");
  }
}

// The article's own test part, in the article's order.
LoadedPart load_article_test(const Options& options, const LoadOptions& asked) {
  LoadOptions load_options = asked;
  load_options.val = load_options.test = false;
  LoadedPart loaded{load(options.data, load_options), {}};
  const LabelledImages& train = loaded.data.train;
  if (train.size() < 2) {
    throw Error(ErrorCode::bad_input,
                fmt::format("map: --split article-test is a fifth of the training part, which {} "
                            "does not have",
                            loaded.data.source));
  }
  const Split split = article_split(train.size());
  loaded.part.name = "article-test";
  if (train.labels.empty()) {
    loaded.part.rows.images = gather_rows(train.images, split.held_out);
  } else {
    loaded.part.rows = gather(train, split.held_out);
  }
  loaded.data.train = {};
  return loaded;
}

void shorten(Part& part, std::size_t limit) {
  if (limit == 0 || limit >= part.rows.size()) return;
  std::vector<std::uint32_t> first(limit);
  std::iota(first.begin(), first.end(), std::uint32_t{0});
  part.rows.images = gather_rows(part.rows.images, first);
  if (!part.rows.labels.empty()) part.rows.labels.resize(limit);
  if (!part.rows.files.empty()) part.rows.files.resize(limit);
  part.rows.known_digest.clear();
}

Subject load_subject(const Options& options) {
  const bool pixels = options.features == "pixels";
  LoadOptions load_options;
  load_options.labels = false;
  load_options.label_column = options.label_column;
  load_options.strict = options.strict;
  Model model;
  if (!pixels) {
    model = load_model(options.features);
    load_options.like = model.input;
  }
  LoadedPart loaded = options.split == "article-test" ? load_article_test(options, load_options)
                      : pixels ? load_part(options.data, options.split, load_options)
                               : load_part(options.data, options.split, load_options, model);
  Subject subject{std::move(loaded.part), {}, {}};
  subject.names = pixels ? loaded.data.class_names : names_for(model, loaded.data);
  shorten(subject.part, options.limit);
  const Tensor& images = subject.part.rows.images;
  if (subject.part.rows.size() < 2) {
    throw Error(ErrorCode::bad_input,
                fmt::format("map: {} has {} pictures here: a map needs at least 2",
                            loaded.data.source, subject.part.rows.size()));
  }
  if (options.settings.perplexity >= static_cast<double>(images.rows())) {
    throw Error(ErrorCode::usage,
                fmt::format("map: --perplexity {} must be less than the number of pictures, {}: "
                            "give a smaller one, or more pictures",
                            options.settings.perplexity, images.rows()));
  }
  subject.features =
      pixels ? pixels_of(images) : hidden_values(model, images, options.settings.threads);
  return subject;
}

PointMap make_map(const Subject& subject, const MapSettings& settings) {
  return with_map_progress([&](const MapProgress& progress) {
    return map_points(subject.features.as<float>(), subject.features.rows(),
                      subject.features.row_elements(), settings, progress);
  });
}

std::vector<std::string> labels_of(const Subject& subject) {
  std::vector<std::string> labels;
  for (const Label label : subject.part.rows.labels) labels.push_back(subject.names.at(label));
  return labels;
}

void write_csv(const std::string& file, const PointMap& map,
               const std::vector<std::string>& labels) {
  Sink sink(file);
  sink.write("index,x,y,label\n");
  for (std::size_t i = 0; i < map.places.size() / 2; ++i) {
    sink.write(fmt::format("{},{:.9g},{:.9g},{}\n", i, map.places[2 * i], map.places[2 * i + 1],
                           labels.empty() ? "" : csv_field(labels[i])));
  }
  sink.commit();
  if (file != "-") say(fmt::format("{} holds the map", file));
}

void write_png(const std::string& file, const PointMap& map, const Subject& subject) {
  const std::vector<std::byte> png =
      encode_png(scatter(map.places, subject.part.rows, subject.names.size()));
  write_file(file, {reinterpret_cast<const char*>(png.data()), png.size()});
  say(fmt::format("{} shows the map", file));
}

// How many pictures each class has, and its colour.
ordered_json classes_of(const Subject& subject) {
  ordered_json classes = ordered_json::array();
  if (subject.part.rows.labels.empty()) return classes;
  for (std::size_t c = 0; c < subject.names.size(); ++c) {
    classes.push_back({{"label", subject.names[c]},
                       {"count", std::ranges::count(subject.part.rows.labels, c)},
                       {"colour", hexadecimal(class_colour(c))}});
  }
  return classes;
}

void print_map(const Subject& subject, const PointMap& map, double seconds) {
  const ordered_json classes = classes_of(subject);
  const std::size_t name = std::max<std::size_t>(widest(subject.names, 40), 5);
  for (const auto& one : classes) {
    fmt::print("{}  {:>8}  {}\n", fit(one["label"].get<std::string>(), name),
               thousands(one["count"].get<double>()), one["colour"].get<std::string>());
  }
  fmt::print("{}{} pictures in {}, divergence {:.4f}\n", classes.empty() ? "" : "\n",
             thousands(static_cast<double>(subject.part.rows.size())), duration(seconds),
             map.divergence);
}

void run_map(const Options& options) {
  check(options);
  const auto start = std::chrono::steady_clock::now();
  const Interrupt interrupt;
  const Subject subject = load_subject(options);
  MapSettings settings = options.settings;
  settings.start = options.init == "random" ? MapStart::random : MapStart::principal;
  const PointMap map = make_map(subject, settings);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const std::vector<std::string> labels = labels_of(subject);
  if (!options.csv.empty()) write_csv(options.csv, map, labels);
  if (!options.png.empty()) write_png(options.png, map, subject);
  if (!options.projector.empty()) {
    std::vector<std::uint32_t> index(subject.part.rows.size());
    std::iota(index.begin(), index.end(), std::uint32_t{0});
    write_projector(options.projector, subject.features.as<float>(), map.places,
                    subject.part.rows.images, index, labels);
    say(fmt::format("{} holds the files for TensorBoard's projector", options.projector));
  }
  if (options.json) {
    const ordered_json document{{"kl_divergence", map.divergence},
                                {"seconds", seconds},
                                {"n", subject.part.rows.size()},
                                {"split", subject.part.name},
                                {"features", options.features},
                                {"feature_size", subject.features.row_elements()},
                                {"perplexity", settings.perplexity},
                                {"neighbours", map.neighbours},
                                {"iterations", settings.iterations},
                                {"init", options.init},
                                {"seed", settings.seed},
                                {"digest", digest(subject.part.rows)},
                                {"classes", classes_of(subject)}};
    fmt::print("{}\n", document.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
  } else if (options.csv != "-") {
    print_map(subject, map, seconds);
  }
}

}  // namespace

void add_map(CLI::App& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand(
      "map", "Lay out the pictures of a data set in two dimensions, like ones near each other");
  const auto add = [&](const char* name, auto& value, const char* words) {
    return command->add_option(name, value, words);
  };
  add("--data", options->data,
      "\"fashion-mnist\", a folder of photos, or a data set's folder or file")
      ->required()
      ->type_name("DATA");
  add("--split", options->split,
      "which part of it; article-test: the fifth of the training part that the article holds out; "
      "unless given the test part where there is one")
      ->check(CLI::IsMember({"train", "val", "test", "article-test", "all"}));
  add("--limit", options->limit, "only the first so many pictures of it; 0: all")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 32))
      ->capture_default_str();
  add("--label-column", options->label_column,
      "of CSV: the labels' column by name, \"first\" or \"last\"");
  command->add_flag("--strict", options->strict, "of photos: one that cannot be read is an error");
  add("--features", options->features,
      "\"pixels\", or a model file or run folder: what its network's last layer sees")
      ->type_name("PATH")
      ->capture_default_str();
  add("--perplexity", options->settings.perplexity,
      "how many neighbours a picture has, about; below the number of pictures")
      ->check(CLI::Range(1.0, 10000.0))
      ->capture_default_str();
  add("--iterations", options->settings.iterations, "steps of the descent")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000}))
      ->capture_default_str();
  add("--init", options->init,
      "where pictures start: at their two principal components, or anywhere")
      ->check(CLI::IsMember({"pca", "random"}))
      ->capture_default_str();
  add("--seed", options->settings.seed, "of random numbers; the same one gives the same map")
      ->capture_default_str();
  add("--threads", options->settings.threads, "0: all processors")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  add("--csv", options->csv,
      "write the map to this file: index, x, y, label; \"-\" is standard output")
      ->type_name("FILE");
  add("--png", options->png, "draw the map to this file")->type_name("FILE");
  add("--projector", options->projector,
      "write the features, the map and the pictures to this folder for TensorBoard's projector")
      ->type_name("DIR");
  command->add_flag("--json", options->json, "one JSON document on standard output");
  command->footer(
      "Examples:\n"
      "  weft map --data fashion-mnist --png map.png\n"
      "  weft map --data fashion-mnist --split article-test --csv map.csv --json\n"
      "  weft map --data fashion-mnist --features runs/first --png seen.png\n"
      "  weft map --data photos/of/shoes --perplexity 10 --projector logs/shoes");
  command->callback([options] { run_map(*options); });
}

}  // namespace weft::cli
