#include "cli/answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "base/atomic_file.hpp"
#include "cli/console.hpp"
#include "cli/text.hpp"

namespace weft::cli {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 16;  // bytes gathered before they are written

// The double that prints with as few digits as the float.
double few_digits(float value) {
  const std::string text = fmt::format("{}", value);
  double result = 0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return result;
}

// Standard output, or a file that is there whole or not at all.
class Sink {
 public:
  explicit Sink(const std::string& file) {
    if (file != "-") file_.emplace(file);
  }
  void write(const std::string& text) {
    if (file_) {
      file_->write(text);
    } else {
      fmt::print("{}", text);
    }
  }
  void commit() {
    if (file_) file_->commit();
  }

 private:
  std::optional<AtomicFile> file_;
};

}  // namespace

std::span<const float> Answers::row(std::size_t i) const {
  return probabilities.as<float>().subspan(i * class_names.size(), class_names.size());
}

std::vector<std::size_t> Answers::best(std::size_t i, std::size_t count) const {
  const auto values = row(i);
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto shown = static_cast<std::ptrdiff_t>(std::min(count, order.size()));
  std::ranges::partial_sort(order, order.begin() + shown, [&](std::size_t a, std::size_t b) {
    return values[a] > values[b] || (values[a] == values[b] && a < b);
  });
  order.resize(static_cast<std::size_t>(shown));
  return order;
}

const std::string& Answers::label(std::size_t i) const {
  const auto values = row(i);
  return class_names[static_cast<std::size_t>(std::ranges::max_element(values) - values.begin())];
}

bool Answers::right(std::size_t i) const {
  return given.empty() || given[i] == label(i);
}

void write_csv(const std::string& file, const Answers& answers, bool with_given) {
  std::vector<std::string> names;
  for (const std::string& name : answers.class_names) names.push_back(csv_field(name));
  Sink sink(file);
  std::string text = with_given ? "index,given,label,probability" : "index,label,probability";
  for (const std::string& name : names) text += "," + name;
  text += '\n';
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const std::size_t best = answers.best(i, 1)[0];
    auto to = std::back_inserter(text);
    fmt::format_to(to, "{},", answers.index[i]);
    if (with_given) fmt::format_to(to, "{},", csv_field(answers.given[i]));
    fmt::format_to(to, "{},{}", names[best], answers.row(i)[best]);
    for (const float probability : answers.row(i)) fmt::format_to(to, ",{}", probability);
    text += '\n';
    if (text.size() >= kChunk) {
      sink.write(text);
      text.clear();
    }
  }
  sink.write(text);
  sink.commit();
}

void print_json_lines(const Answers& answers, std::size_t top) {
  for (std::size_t i = 0; i < answers.size(); ++i) {
    nlohmann::ordered_json classes = nlohmann::ordered_json::array();
    for (const std::size_t c : answers.best(i, top)) {
      classes.push_back(
          {{"label", answers.class_names[c]}, {"probability", few_digits(answers.row(i)[c])}});
    }
    const std::size_t best = answers.best(i, 1)[0];
    const nlohmann::ordered_json line{{"index", answers.index[i]},
                                      {"label", answers.class_names[best]},
                                      {"probability", few_digits(answers.row(i)[best])},
                                      {"top", classes}};
    fmt::print("{}\n", line.dump());
  }
}

void print_table(const Answers& answers) {
  constexpr std::size_t kShown = 20, kIndex = 7, kPercent = 9;
  const Colours colour = output_colours();
  const std::size_t columns = output_columns();
  const std::size_t least_bar = 8, given_too = answers.given.empty() ? 1 : 2;
  const std::size_t fixed = kIndex + kPercent + least_bar + 2 + 2 * given_too;
  const std::size_t room = columns > fixed ? (columns - fixed) / given_too : 0;
  const std::size_t name = std::max<std::size_t>(widest(answers.class_names, room), 5);
  const std::size_t used = fixed - least_bar + name * given_too;
  const std::size_t bar_columns =
      columns > used + least_bar ? std::min<std::size_t>(columns - used - 1, 22) : least_bar;
  fmt::print("{:>{}}  {}  {:>{}}\n", "index", kIndex, fit("label", name), "prob.", kPercent - 1);
  for (std::size_t i = 0; i < std::min(kShown, answers.size()); ++i) {
    const float probability = answers.row(i)[answers.best(i, 1)[0]];
    const bool right = answers.right(i);
    fmt::print("{:>{}}  {}{}  {:>{}}{} {}{}\n", answers.index[i], kIndex, right ? "" : colour.red,
               fit(answers.label(i), name), percent(probability), kPercent - 1,
               right ? "" : colour.reset, bar(probability, static_cast<int>(bar_columns) - 2),
               right ? "" : " is " + cut(answers.given[i], name));
  }
  if (answers.size() > kShown) {
    fmt::print("and {} more: --csv FILE or --json gives all\n",
               thousands(static_cast<double>(answers.size() - kShown)));
  }
}

}  // namespace weft::cli
