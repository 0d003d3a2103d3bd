// weft explore
#include <fmt/format.h>

#include <memory>
#include <optional>

#include "base/atomic_file.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/interrupt.hpp"
#include "cli/load.hpp"
#include "cli/map_file.hpp"
#include "cli/map_progress.hpp"
#include "cli/train_options.hpp"
#include "report/data_report.hpp"
#include "report/map.hpp"
#include "report/page.hpp"
#include "report/page_map.hpp"
#include "weft/error.hpp"

namespace weft::cli {
namespace {

struct Options {
  std::string data = "fashion-mnist", out, map, split = "train", label_column;
  std::optional<std::size_t> image_size;
  int threads = 0;
  bool strict = false;
};

const LabelledImages& part_of(const Dataset& data, const std::string& split) {
  const LabelledImages& part = split == "test" ? data.test : split == "val" ? data.val : data.train;
  if (part.size() > 0) return part;
  throw Error(ErrorCode::bad_input,
              fmt::format("explore: {} has no {} part, of which the map would be: --map-split "
                          "names another",
                          data.source, split));
}

// Of a file, or made here; null where none is wanted or there is too little for one.
nlohmann::ordered_json map_of(const Options& options, const Dataset& data) {
  if (options.map == "none") return nullptr;
  const LabelledImages& part = part_of(data, options.split);
  if (options.map.empty()) {
    const Interrupt interrupt;
    return with_map_progress([&](const MapProgress& progress) {
      return page_map(part, {}, {}, pixels_of, kMapOfData, options.threads, progress);
    });
  }
  const MapFile file = read_map_file(options.map, part.size());
  const LabelledImages rows = gather(part, file.index);
  return as_json(MapPoints{rows, file.x, file.y, file.index, {}, {}});
}

void run_explore(const Options& options) {
  LoadOptions load_options;
  load_options.label_column = options.label_column;
  load_options.image_size = options.image_size;
  load_options.strict = options.strict;
  const Dataset data = load(options.data, load_options);
  const std::string file = options.out.empty() ? data.name + ".html" : options.out;
  write_file(
      file, page(data.name + " - weft", data_report(data, map_of(options, data), options.threads)));
  say(fmt::format("{} holds the page", file));
}

}  // namespace

void add_explore(CLI::App& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("explore", "Write a page of what a data set holds");
  command
      ->add_option("--data", options->data,
                   "\"fashion-mnist\", a folder of photos, or a data set's folder or file")
      ->type_name("DATA")
      ->capture_default_str();
  command->add_option("--out", options->out, "the page; unless given the data's name and .html")
      ->type_name("FILE");
  command
      ->add_option("--map", options->map,
                   "a map of the pictures that was made before, as weft map --csv writes it; "
                   "\"none\": no map; unless given one of at most 10,000 pictures is made")
      ->type_name("FILE");
  command->add_option("--map-split", options->split, "the part that the map is of")
      ->check(CLI::IsMember({"train", "val", "test"}))
      ->capture_default_str();
  command->add_option("--threads", options->threads, "0: all processors")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->add_option("--label-column", options->label_column,
                      "of CSV: the labels' column by name, \"first\" or \"last\"");
  add_photo_options(*command, options->image_size, options->strict);
  command->footer(
      "Examples:\n"
      "  weft explore --data fashion-mnist\n"
      "  weft explore --data photos --image-size 64 --out photos.html\n"
      "  weft map --data fashion-mnist --split train --features runs/first --csv map.csv\n"
      "  weft explore --data fashion-mnist --map map.csv");
  command->callback([options] { run_explore(*options); });
}

}  // namespace weft::cli
