#include "cli/answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <numeric>

#include "cli/console.hpp"
#include "cli/sink.hpp"
#include "cli/text.hpp"

namespace weft::cli {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 16;  // bytes gathered before they are written

// The table's columns; no bar where names need the room.
struct TableLayout {
  std::size_t index, name, bar;
};
constexpr std::size_t kShown = 20, kPercent = 8;

// What the shown rows may have in the label's column.
std::vector<std::string> labels_of(const Answers& answers) {
  std::vector<std::string> labels = answers.class_names;
  for (std::size_t i = 0; answers.coverage && i < std::min(kShown, answers.size()); ++i) {
    labels.push_back(set_text(answers.sets[i], answers.class_names));
  }
  return labels;
}

TableLayout layout_for(const Answers& answers, std::size_t columns) {
  constexpr std::size_t kLeastBar = 10, kMostBar = 22, kLeastName = 5;
  std::size_t largest = 0;
  for (std::size_t i = 0; i < std::min(kShown, answers.size()); ++i) {
    largest = std::max<std::size_t>(largest, answers.index[i]);
  }
  const std::size_t index = std::max<std::size_t>(fmt::formatted_size("{}", largest), 5);
  const std::size_t names = answers.given.empty() ? 1 : 2;  // the answer, and what was given
  const std::size_t fixed = index + 2 + 1 + kPercent + (names == 2 ? 4 : 0);
  const std::size_t room = columns > fixed ? columns - fixed : 0;
  const std::size_t name =
      std::max(widest(labels_of(answers), std::max(room / names, kLeastName)), kLeastName);
  const std::size_t left = room > name * names ? room - name * names : 0;
  return {index, name, left > kLeastBar ? std::min(left - 1, kMostBar) : 0};
}

}  // namespace

double few_digits(float value) {
  const std::string text = fmt::format("{}", value);
  double result = 0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

std::vector<std::size_t> best_of(std::span<const float> probabilities, std::size_t count) {
  std::vector<std::size_t> order(probabilities.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto shown = static_cast<std::ptrdiff_t>(std::min(count, order.size()));
  std::ranges::partial_sort(order, order.begin() + shown, [&](std::size_t a, std::size_t b) {
    return probabilities[a] > probabilities[b] || (probabilities[a] == probabilities[b] && a < b);
  });
  order.resize(static_cast<std::size_t>(shown));
  return order;
}

std::span<const float> Answers::row(std::size_t i) const {
  return predictions.probabilities.as<float>().subspan(i * class_names.size(), class_names.size());
}

std::vector<std::size_t> Answers::best(std::size_t i, std::size_t count) const {
  return best_of(row(i), count);
}

const std::string& Answers::label(std::size_t i) const {
  const auto values = row(i);
  return class_names[static_cast<std::size_t>(std::ranges::max_element(values) - values.begin())];
}

bool Answers::right(std::size_t i) const {
  return given.empty() || given[i] == label(i);
}

void Answers::add_sets(const Predictor& predictor, double asked) {
  coverage = asked;
  sets.clear();
  for (std::size_t i = 0; i < size(); ++i) sets.push_back(predictor.prediction_set(row(i), asked));
}

bool Answers::in_set(std::size_t i) const {
  return given.empty() ||
         std::ranges::any_of(sets[i], [&](std::size_t c) { return class_names[c] == given[i]; });
}

std::string set_text(const std::vector<std::size_t>& set, const std::vector<std::string>& names) {
  std::string text;
  for (const std::size_t c : set) text += (text.empty() ? "" : " or ") + names[c];
  return text;
}

std::string set_field(const std::vector<std::size_t>& set, const std::vector<std::string>& names) {
  nlohmann::json list = nlohmann::json::array();
  for (const std::size_t c : set) list.push_back(names[c]);
  return csv_field(list.dump());
}

nlohmann::ordered_json classes_json(const std::vector<std::size_t>& classes,
                                    const std::vector<std::string>& names,
                                    std::span<const float> probabilities) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const std::size_t c : classes) {
    list.push_back({{"label", names[c]}, {"probability", few_digits(probabilities[c])}});
  }
  return list;
}

double probability_of(const std::vector<std::size_t>& set, std::span<const float> probabilities) {
  double sum = 0;
  for (const std::size_t c : set) sum += static_cast<double>(probabilities[c]);
  return std::min(sum, 1.0);
}

void write_csv(const std::string& file, const Answers& answers, bool with_given) {
  std::vector<std::string> names;
  for (const std::string& name : answers.class_names) names.push_back(csv_field(name));
  Sink sink(file);
  std::string text = with_given ? "index,given,label,probability" : "index,label,probability";
  for (const std::string& name : names) text += "," + name;
  text += answers.coverage ? ",set\n" : "\n";
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const std::size_t best = answers.best(i, 1)[0];
    auto to = std::back_inserter(text);
    fmt::format_to(to, "{},", answers.index[i]);
    if (with_given) fmt::format_to(to, "{},", csv_field(answers.given[i]));
    fmt::format_to(to, "{},{}", names[best], answers.row(i)[best]);
    for (const float probability : answers.row(i)) fmt::format_to(to, ",{}", probability);
    if (answers.coverage) text += "," + set_field(answers.sets[i], answers.class_names);
    text += '\n';
    if (text.size() >= kChunk) {
      sink.write(text);
      text.clear();
    }
  }
  sink.write(text);
  sink.commit();
}

void print_json_lines(const Answers& answers, const Predictor& predictor, std::size_t top) {
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto classes = [&](const std::vector<std::size_t>& some) {
      return classes_json(some, answers.class_names, answers.row(i));
    };
    const std::size_t best = answers.best(i, 1)[0];
    nlohmann::ordered_json line{
        {"index", answers.index[i]},
        {"label", answers.class_names[best]},
        {"probability", few_digits(answers.row(i)[best])},
        {"none_of_these", predictor.is_none_of_these(answers.predictions.evidence[i])}};
    if (answers.coverage) {
      line["coverage"] = *answers.coverage;
      line["set"] = classes(answers.sets[i]);
    }
    line["top"] = classes(answers.best(i, top));
    fmt::print("{}\n", line.dump());
  }
}

void print_table(const Answers& answers) {
  const Colours colour = output_colours();
  const TableLayout layout = layout_for(answers, output_columns());
  fmt::print("{:>{}}  {} {:>{}}\n", "index", layout.index, fit("label", layout.name), "prob.",
             kPercent);
  for (std::size_t i = 0; i < std::min(kShown, answers.size()); ++i) {
    const bool sets = answers.coverage.has_value();
    const double probability = sets ? probability_of(answers.sets[i], answers.row(i))
                                    : static_cast<double>(answers.row(i)[answers.best(i, 1)[0]]);
    const std::string label =
        sets ? set_text(answers.sets[i], answers.class_names) : answers.label(i);
    const bool right = sets ? answers.in_set(i) : answers.right(i);
    fmt::print("{:>{}}  {}{} {:>{}}{}", answers.index[i], layout.index, right ? "" : colour.red,
               fit(label, layout.name), percent(probability), kPercent, right ? "" : colour.reset);
    if (layout.bar > 0) fmt::print(" {}", bar(probability, static_cast<int>(layout.bar) - 2));
    fmt::print("{}\n", right ? "" : " is " + cut(answers.given[i], layout.name));
  }
  if (answers.size() > kShown) {
    fmt::print("and {} more: --csv FILE or --json\n",
               thousands(static_cast<double>(answers.size() - kShown)));
  }
}

}  // namespace weft::cli
