// weft see
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/atomic_file.hpp"
#include "cli/answers.hpp"
#include "cli/classes.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/load.hpp"
#include "cli/see_html.hpp"
#include "cli/terminal_picture.hpp"
#include "cli/text.hpp"
#include "explore/drawing.hpp"
#include "explore/nearest.hpp"
#include "explore/photo_view.hpp"
#include "weft/error.hpp"

namespace weft::cli {
namespace {

using nlohmann::ordered_json;

struct Options {
  std::string model, photo, data, png, html;
  std::optional<std::string> views, photo_steps;
  std::size_t top = 5, nearest = 5;
  int threads = 0;
  bool json = false, sixel = false;
};

struct Known {
  Picture picture;
  std::string label;  // empty where the data has none
  std::size_t index;
  double distance;
  std::string file;  // empty where it is none
};

std::vector<Known> nearest_known(const Options& options, const Model& model,
                                 const PhotoView& view) {
  if (options.data.empty()) return {};
  LoadOptions load_options{.train = true, .val = false, .test = false, .labels = false};
  load_options.like = model.input;
  const Dataset data = load(options.data, load_options);
  const LabelledImages& train = data.train;
  const std::size_t size = model.input.elements();
  if (train.size() == 0 || train.images.row_elements() != size) {
    throw Error(
        ErrorCode::bad_input,
        fmt::format("see: {} has {}: give the data that the model was trained on", data.source,
                    train.size() == 0 ? "no training part"
                                      : "pictures of another size than the model takes"));
  }
  const std::vector<std::string> names = names_for(model, data);
  std::vector<Known> found;
  for (const Neighbour& one : nearest(train.images, view.input, options.nearest)) {
    const auto pixels = train.images.as<std::uint8_t>().subspan(one.index * size, size);
    found.push_back({picture_of(pixels, model.input),
                     train.labels.empty() ? "" : names.at(train.labels[one.index]), one.index,
                     one.distance, train.files.empty() ? "" : train.files[one.index]});
  }
  return found;
}

// From the photo to the heat maps, with or without colours.
std::vector<Tile> tiles_of(const PhotoView& view, const Shape& shape, bool coloured) {
  std::vector<Tile> tiles{{view.photo, "the photo"}};
  if (const Picture* product = view.after(PhotoStep::product)) {
    tiles.push_back({*product, view.found_product() ? "the product" : "no product found"});
  }
  if (const Picture* trimmed = view.after(PhotoStep::trim)) {
    tiles.push_back({*trimmed, "trimmed"});
  }
  const Picture input = picture_of(view.input, shape);
  tiles.push_back({input, "the network's input"});
  tiles.push_back({coloured ? heat(input, view.saliency) : heat_alone(view.saliency),
                   coloured ? "pixels for it and against it" : "pixels for it"});
  tiles.push_back(
      {coloured ? heat(input, view.occlusion) : heat_alone(view.occlusion), "what it rests on"});
  return tiles;
}

std::vector<Tile> tiles_of(const std::vector<Known>& known) {
  std::vector<Tile> tiles;
  for (const Known& one : known) {
    tiles.push_back({one.picture, one.label.empty() ? fmt::format("{}", one.index) : one.label});
  }
  return tiles;
}

// What the heat map says, in words.
std::string explanation(const PhotoView& view, const std::string& label, bool coloured) {
  const OcclusionMap& map = view.occlusion;
  if (map.largest < 0.001F) {
    return fmt::format("Hiding any {0} x {0} pixels takes nothing from {1}.", map.side,
                       printable(label));
  }
  return fmt::format("{}: hiding {} x {} pixels there takes up to {} from the probability of {}{}",
                     coloured ? "Red" : "Bright", map.side, map.side, percent(map.largest),
                     printable(label), coloured ? "; blue: it adds to it." : ".");
}

ordered_json rows_of(const std::vector<float>& values, std::size_t width) {
  ordered_json rows = ordered_json::array();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i % width == 0) rows.push_back(ordered_json::array());
    rows.back().push_back(few_digits(values[i]));
  }
  return rows;
}

ordered_json as_json(const Options& options, const Model& model, const PhotoView& view,
                     const std::vector<Known>& known) {
  const PhotoAnswer& answer = view.answer;
  ordered_json classes = ordered_json::array(), steps = ordered_json::array(),
               near = ordered_json::array();
  for (const std::size_t c : best_of(answer.probabilities, options.top)) {
    classes.push_back(
        {{"label", model.class_names[c]}, {"probability", few_digits(answer.probabilities[c])}});
  }
  for (const PhotoView::Stage& stage : view.stages) {
    steps.push_back({{"step", name_of(stage.step)},
                     {"height", stage.picture.height},
                     {"width", stage.picture.width}});
  }
  for (const Known& one : known) {
    ordered_json entry{{"index", one.index}, {"distance", one.distance}};
    if (!one.label.empty()) entry["label"] = one.label;
    if (!one.file.empty()) entry["file"] = one.file;
    near.push_back(entry);
  }
  const OcclusionMap& map = view.occlusion;
  ordered_json document{{"file", answer.file},
                        {"label", model.class_names[answer.best]},
                        {"probability", few_digits(answer.probability())},
                        {"none_of_these", answer.none_of_these},
                        {"top", classes},
                        {"product_found", view.found_product()},
                        {"steps", steps},
                        {"occlusion",
                         {{"side", map.side},
                          {"largest_drop", few_digits(map.largest)},
                          {"drop", rows_of(map.drop, map.width)}}},
                        {"saliency", rows_of(view.saliency.share, view.saliency.width)}};
  if (!options.data.empty()) document["nearest"] = near;
  return document;
}

void print_answer(const Options& options, const Model& model, const PhotoView& view) {
  const Colours colour = output_colours();
  const std::size_t columns = output_columns();
  fmt::print("{}{}{}\n", colour.bold, cut_middle(view.answer.file, columns), colour.reset);
  const std::size_t name = std::max<std::size_t>(widest(model.class_names, columns / 2 - 4), 5);
  const std::size_t used = name + 2 + 9 + 2;
  const int bar_columns =
      static_cast<int>(columns > used + 12 ? std::min<std::size_t>(columns - used - 3, 30) : 8);
  for (const std::size_t c : best_of(view.answer.probabilities, options.top)) {
    const float probability = view.answer.probabilities[c];
    fmt::print("{}  {:>9}  {}\n", fit(model.class_names[c], name), percent(probability),
               bar(probability, bar_columns));
  }
}

std::vector<Picture> pictures_of(const std::vector<Tile>& tiles) {
  std::vector<Picture> pictures;
  for (const Tile& tile : tiles) pictures.push_back(tile.picture);
  return pictures;
}

void show(const std::vector<Tile>& tiles, Drawing drawing, std::size_t columns) {
  fmt::print("\n");
  if (drawing == Drawing::characters || drawing == Drawing::half_blocks) {
    fmt::print("{}", tiles_in_text(tiles, columns, drawing));
    return;
  }
  constexpr std::size_t kSide = 140, kColumns = 20;  // of one, where pixels can be drawn
  std::vector<std::string> captions;
  for (const Tile& tile : tiles) captions.push_back(printable(tile.caption));
  for (const std::string& line : wrapped(fmt::format("{}", fmt::join(captions, " | ")), columns)) {
    fmt::print("{}\n", line);
  }
  const Picture drawn = panel({pictures_of(tiles)}, kSide);
  fmt::print("{}", drawing == Drawing::kitty
                       ? kitty_picture(drawn, std::min(columns, kColumns * tiles.size()))
                       : sixel_picture(drawn));
}

void draw(const Options& options, const PhotoView& view, const Model& model,
          const std::vector<Tile>& near) {
  const std::size_t columns = output_columns();
  const Drawing drawing = options.sixel
                              ? Drawing::sixel
                              : drawing_for(::isatty(STDOUT_FILENO) != 0, [](const char* name) {
                                  return static_cast<const char*>(std::getenv(name));
                                });
  const bool coloured = drawing != Drawing::characters;
  const std::string& label = model.class_names[view.answer.best];
  show(tiles_of(view, model.input, coloured), drawing, columns);
  fmt::print("\n");
  for (const std::string& line : wrapped(explanation(view, label, coloured), columns)) {
    fmt::print("{}\n", line);
  }
  if (near.empty()) return;
  fmt::print("\nThe training pictures nearest to it:\n");
  show(near, drawing, columns);
}

void write_png(const std::string& file, const std::vector<Tile>& tiles,
               const std::vector<Tile>& near) {
  std::vector<std::vector<Picture>> rows{pictures_of(tiles)};
  if (!near.empty()) rows.push_back(pictures_of(near));
  const std::vector<std::byte> png = encode_png(panel(rows, 224));
  write_file(file, {reinterpret_cast<const char*>(png.data()), png.size()});
  say(fmt::format("{} holds the pictures", file));
}

void write_html(const Options& options, const Model& model, const PhotoView& view,
                std::vector<Tile> tiles, std::vector<Tile> near) {
  const std::string& label = model.class_names[view.answer.best];
  SeePage page{view.answer.file,
               fmt::format("{}, says {}", label, options.model),
               {},
               std::move(tiles),
               explanation(view, label, true),
               std::move(near)};
  for (const std::size_t c : best_of(view.answer.probabilities, options.top)) {
    page.bars.push_back({model.class_names[c], view.answer.probabilities[c]});
  }
  write_file(options.html, html_page(page));
  say(fmt::format("{} holds the page", options.html));
}

void run_see(const Options& options) {
  Model model = load_model(options.model);
  if (options.views) model.views = parse_views(*options.views);
  PhotoWork work = photo_work(model);
  if (options.photo_steps) work.steps = parse_photo_steps(*options.photo_steps);
  Predictor predictor(model, options.threads);
  Saliency saliency(model, options.threads);
  const PhotoView view = view_photo(options.photo, work, predictor, saliency);
  const std::vector<Known> known = nearest_known(options, model, view);
  const std::vector<Tile> tiles = tiles_of(view, model.input, true), near = tiles_of(known);
  if (!options.png.empty()) write_png(options.png, tiles, near);
  if (!options.html.empty()) write_html(options, model, view, tiles, near);
  if (options.json) {
    fmt::print("{}\n", as_json(options, model, view, known)
                           .dump(-1, ' ', false, ordered_json::error_handler_t::replace));
    return;
  }
  print_answer(options, model, view);
  if (options.png.empty() && options.html.empty()) draw(options, view, model, near);
}

}  // namespace

void add_see(CLI::App& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      program.add_subcommand("see", "See a photo as a model does, and what its answer rests on");
  command->add_option("model", options->model, "a model file, or a run folder")
      ->required()
      ->type_name("PATH");
  command->add_option("photo", options->photo, "an image file")->required()->type_name("FILE");
  command
      ->add_option("--data", options->data,
                   "the training data, of which the nearest pictures are shown")
      ->type_name("DATA");
  command->add_option("--nearest", options->nearest, "how many of them")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{100}))
      ->capture_default_str()
      ->needs(command->get_option("--data"));
  command->add_option("--top", options->top, "classes shown")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{65536}))
      ->capture_default_str();
  command->add_option("--png", options->png, "write the pictures to this file")->type_name("FILE");
  command->add_option("--html", options->html, "write a page of its own to this file")
      ->type_name("FILE");
  command->add_flag("--sixel", options->sixel, "draw in sixels, for terminals that know them");
  command
      ->add_option("--photo-steps", options->photo_steps,
                   "from a photo to the network's picture, instead of the model's own way")
      ->type_name("TEXT");
  command
      ->add_option(
          "--views", options->views,
          "average the answers to a picture mirrored, moved, lighter and darker; unless given "
          "as the model says")
      ->type_name("TEXT");
  command->add_option("--threads", options->threads, "0: all processors")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->add_flag("--json", options->json, "one JSON document on standard output");
  command->footer(
      "Examples:\n"
      "  weft see runs/first shirt.jpg\n"
      "  weft see runs/first shirt.jpg --data fashion-mnist --html shirt.html\n"
      "  weft see runs/first shirt.jpg --photo-steps \"trim, fit, sharpen, centre, negate, grey\"");
  command->callback([options] { run_see(*options); });
}

}  // namespace weft::cli
