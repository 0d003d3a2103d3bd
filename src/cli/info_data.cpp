#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "cli/console.hpp"
#include "cli/info.hpp"
#include "cli/text.hpp"

namespace weft::cli {
namespace {

struct PartFacts {
  std::string name;
  std::size_t count = 0;
  std::string digest;
  std::vector<std::size_t> per_class;  // empty where there are no labels
  Shape shape;                         // of one picture
};

PartFacts facts_of(const std::string& name, const LabelledImages& part, std::size_t classes) {
  const Shape& all = part.images.shape();
  PartFacts facts{name, part.size(), digest(part), {}, {all[1], all[2], all[3]}};
  if (part.labels.empty()) return facts;
  facts.per_class.resize(classes);
  for (const Label label : part.labels) ++facts.per_class.at(label);
  return facts;
}

std::vector<PartFacts> parts_of(const Dataset& data) {
  std::vector<PartFacts> parts;
  for (const auto& [name, part] : {std::pair{data.whole ? "all" : "train", &data.train},
                                   {"val", &data.val},
                                   {"test", &data.test}}) {
    if (part->size() > 0) parts.push_back(facts_of(name, *part, data.class_names.size()));
  }
  return parts;
}

nlohmann::ordered_json as_json(const Dataset& data, const std::vector<PartFacts>& parts) {
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  for (const PartFacts& part : parts) {
    Json entry{{"name", part.name}, {"count", part.count}, {"digest", part.digest}};
    if (!part.per_class.empty()) entry["per_class"] = part.per_class;
    list.push_back(entry);
  }
  const Shape shape = parts.empty() ? Shape{0, 0, 0} : parts.front().shape;
  return {{"kind", "data"},        {"name", data.name}, {"format", data.format},
          {"source", data.source}, {"parts", list},     {"channels", shape[0]},
          {"height", shape[1]},    {"width", shape[2]}, {"labels", data.class_names}};
}

// "10, each with 6,000 pictures of the train part", or how far they are from that.
std::string balance(const PartFacts& part) {
  const auto [least, most] = std::ranges::minmax(part.per_class);
  const auto count = [](std::size_t n) { return thousands(static_cast<double>(n)); };
  if (least == most) return fmt::format("balanced in {}: {} each", part.name, count(most));
  std::string range = fmt::format("{} to {} in {}", count(least), count(most), part.name);
  if (least == 0) return range;
  return fmt::format("{}, imbalance {:.1f} to 1", range,
                     static_cast<double>(most) / static_cast<double>(least));
}

// A line a class, at most kShown: where there are more, the largest of the first part.
void print_classes(const std::vector<std::string>& names, const std::vector<PartFacts>& parts,
                   std::size_t columns) {
  constexpr std::size_t kShown = 30, kCount = 10;
  std::vector<std::size_t> order(names.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (names.size() > kShown && !parts.front().per_class.empty()) {
    std::ranges::stable_sort(order, std::greater{},
                             [&](std::size_t c) { return parts.front().per_class[c]; });
  }
  const std::size_t counts = kCount * parts.size();
  const std::size_t name =
      std::max<std::size_t>(widest(names, columns > counts + 10 ? columns - counts - 1 : 9), 12);
  fmt::print("\n{}", fit("class", name));
  for (const PartFacts& part : parts) fmt::print("{:>{}}", part.name, kCount);
  fmt::print("\n");
  for (std::size_t i = 0; i < std::min(kShown, order.size()); ++i) {
    fmt::print("{}", fit(names[order[i]], name));
    for (const PartFacts& part : parts) {
      fmt::print(
          "{:>{}}",
          part.per_class.empty() ? "-" : thousands(static_cast<double>(part.per_class[order[i]])),
          kCount);
    }
    fmt::print("\n");
  }
  if (order.size() > kShown) {
    fmt::print("and {} smaller ones: --json has all\n", order.size() - kShown);
  }
}

void print(const Dataset& data, const std::vector<PartFacts>& parts) {
  const Colours colour = output_colours();
  fmt::print("{}{}{}, a data set ({})\n", colour.bold, printable(data.name), colour.reset,
             data.format);
  fmt::print("{:<10}{}\n", "from", printable(data.source));
  if (parts.empty()) return fmt::print("it holds no pictures\n");
  const Shape& shape = parts.front().shape;
  fmt::print("{:<10}{} x {} pixels, {}\n", "pictures", shape[1], shape[2],
             channels_in_words(shape[0]));
  for (const PartFacts& part : parts) {
    fmt::print("{:<10}{:>9}  digest {}\n", part.name, thousands(static_cast<double>(part.count)),
               part.digest.substr(0, 12));
  }
  if (parts.front().per_class.empty()) return fmt::print("{:<10}none\n", "labels");
  fmt::print("{:<10}{}, {}\n", "classes", data.class_names.size(), balance(parts.front()));
  print_classes(data.class_names, parts, output_columns());
}

}  // namespace

std::string channels_in_words(std::size_t channels) {
  if (channels == 1) return "grey";
  return channels == 3 ? "colour" : fmt::format("{} channels", channels);
}

void tell_dataset(const Dataset& data, bool json) {
  const std::vector<PartFacts> parts = parts_of(data);
  if (json) {
    fmt::print("{}\n", as_json(data, parts).dump());
  } else {
    print(data, parts);
  }
}

}  // namespace weft::cli
