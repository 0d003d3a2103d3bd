#include "data/classes.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string_view>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "data/fashion_mnist.hpp"
#include "data/text.hpp"

namespace weft {
namespace {

[[noreturn]] void fail_label(const RawLabels& labels, std::size_t i, const std::string& what) {
  fail(ErrorCode::bad_input, "data: {}: {} {}: {}", labels.file, labels.places.unit,
       labels.places.first + i * labels.places.step, what);
}

// The labels that say what classes there are.
std::vector<RawLabels*> deciding(RawData& raw) {
  std::vector<RawLabels*> all;
  for (RawPart& part : raw.parts) {
    if (!part.labels) continue;
    if (part.part == Part::train || part.part == Part::whole) return {&*part.labels};
    all.push_back(&*part.labels);
  }
  return all;
}

// What each text stands for.
using Meaning = std::map<std::string, Label, std::less<>>;

bool are_numbers(const std::set<std::string>& texts) {
  return std::ranges::all_of(texts,
                             [](const std::string& text) { return number_of(text).has_value(); });
}

std::optional<Label> class_number(const std::string& text) {
  const auto value = number_of(text);
  if (!value || !(*value >= 0 && *value <= static_cast<double>(kLargestLabel)) ||
      *value != std::floor(*value)) {
    return std::nullopt;
  }
  return static_cast<Label>(*value);
}

// Puts for each position in `texts` its class; none where the text has none.
void replace_texts(RawLabels& labels,
                   const std::function<std::optional<Label>(const std::string&)>& meaning,
                   const std::string& rule) {
  std::vector<std::optional<Label>> classes;
  for (const std::string& text : labels.texts) classes.push_back(meaning(text));
  for (std::size_t i = 0; i < labels.values.size(); ++i) {
    const Label position = labels.values[i];
    if (!classes[position]) {
      fail_label(labels, i, fmt::format("label {}: {}", excerpt(labels.texts[position]), rule));
    }
    labels.values[i] = *classes[position];
  }
}

// Texts as class names, or as class numbers when all that decide are numbers; the names, if so.
std::vector<std::string> settle_texts(RawData& raw, const std::vector<RawLabels*>& leading) {
  std::set<std::string> texts;
  for (const RawLabels* labels : leading) texts.insert(labels->texts.begin(), labels->texts.end());
  if (texts.empty()) return {};
  const bool numbers = are_numbers(texts);
  Meaning meaning;
  for (const std::string& text : texts) meaning.emplace(text, static_cast<Label>(meaning.size()));
  for (RawPart& part : raw.parts) {
    if (!part.labels) continue;
    if (numbers) {
      replace_texts(*part.labels, class_number,
                    fmt::format("labels are whole numbers from 0 to {}", kLargestLabel));
      continue;
    }
    const auto look_up = [&](const std::string& text) {
      const auto found = meaning.find(text);
      return found == meaning.end() ? std::nullopt : std::optional(found->second);
    };
    replace_texts(*part.labels, look_up,
                  fmt::format("the training part has only {}", fmt::join(texts, ", ")));
  }
  return numbers ? std::vector<std::string>{} : std::vector(texts.begin(), texts.end());
}

// SHA-256 of the labels as an IDX file, which is how Fashion-MNIST's are known; empty for others.
std::string idx_digest(const std::vector<Label>& labels) {
  std::vector<std::uint8_t> bytes = {0, 0, 8, 1};
  for (const int shift : {24, 16, 8, 0}) {
    bytes.push_back(static_cast<std::uint8_t>(labels.size() >> shift));
  }
  for (const Label label : labels) {
    if (label >= kFashionMnistClasses.size()) return {};
    bytes.push_back(static_cast<std::uint8_t>(label));
  }
  return sha256(bytes.data(), bytes.size());
}

// No other set has these labels in this order: their digests tell Fashion-MNIST for a fraction of a
// millisecond, where the pictures' would take longer than reading them.
bool is_fashion_mnist(const RawData& raw) {
  bool any = false;
  for (const RawPart& part : raw.parts) {
    if (!part.labels) continue;
    const std::size_t size = part.labels->values.size();
    if (size != 60000 && size != 10000) return false;
    const std::string digest = idx_digest(part.labels->values);
    const bool train = digest == kTrainLabels.sha256;
    const bool test = digest == kTestLabels.sha256;
    if (!(part.part == Part::whole ? train || test : part.part == Part::train ? train : test)) {
      return false;
    }
    any = true;
  }
  return any;
}

std::vector<std::string> numbers_below(std::size_t classes) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < classes; ++i) names.push_back(std::to_string(i));
  return names;
}

// As many classes as the format has, or as the largest label says.
std::size_t count_classes(const RawData& raw, const std::vector<RawLabels*>& leading) {
  std::size_t classes = raw.classes;
  for (const RawLabels* labels : leading) {
    if (labels->values.empty()) continue;
    classes = std::max(classes, std::size_t{*std::ranges::max_element(labels->values)} + 1);
  }
  return classes;
}

// Names for classes that are numbers.
void name_numbers(const RawData& raw, const std::vector<RawLabels*>& leading, Dataset& dataset) {
  const std::size_t classes = count_classes(raw, leading);
  if (!raw.names.empty()) {
    if (raw.names.size() < classes) {
      fail(ErrorCode::bad_input,
           "data: {} names {} classes, but the labels go up to {}: {} names are needed",
           raw.names_file, raw.names.size(), classes - 1, classes);
    }
    dataset.class_names = raw.names;
  } else if (is_fashion_mnist(raw)) {
    dataset.class_names.assign(kFashionMnistClasses.begin(), kFashionMnistClasses.end());
  } else {
    dataset.class_names = numbers_below(classes);
    dataset.numbered = true;
  }
}

void check_labels(const RawLabels& labels, const Dataset& dataset) {
  const std::size_t classes = dataset.class_names.size();
  for (std::size_t i = 0; i < labels.values.size(); ++i) {
    if (labels.values[i] < classes) continue;
    fail_label(labels, i,
               dataset.numbered
                   ? fmt::format("label {}, but the largest in the training part is {}: labels are "
                                 "below {}",
                                 labels.values[i], classes - 1, classes)
                   : fmt::format("label {}, but there are {} classes", labels.values[i], classes));
  }
}

}  // namespace

void settle_classes(RawData& raw, Dataset& dataset) {
  const auto leading = deciding(raw);
  if (leading.empty()) return;
  dataset.class_names = settle_texts(raw, leading);
  if (dataset.class_names.empty()) name_numbers(raw, leading, dataset);
  for (const RawPart& part : raw.parts) {
    if (part.labels) check_labels(*part.labels, dataset);
  }
}

std::vector<std::string> parse_class_names(std::span<const std::uint8_t> bytes,
                                           const std::string& file) {
  auto names = lines_of(as_text(bytes));
  std::map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto [before, is_new] = seen.try_emplace(names[i], i + 1);
    if (is_new && !names[i].empty()) continue;
    fail(ErrorCode::bad_input, "data: {}: line {}: {}: every class needs a name of its own", file,
         i + 1,
         names[i].empty()
             ? "an empty line"
             : fmt::format("{} stands in line {} already", excerpt(names[i]), before->second));
  }
  return names;
}

}  // namespace weft
