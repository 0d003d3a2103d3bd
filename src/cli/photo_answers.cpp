#include "cli/photo_answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "cli/answers.hpp"
#include "cli/console.hpp"
#include "cli/text.hpp"

namespace weft::cli {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kPercent = 8;  // "100.00 %"
constexpr std::size_t kMark = 6;     // "unsure"

const char* mark_of(const Judged& judged) {
  if (judged.answer.none_of_these) return "none";
  return judged.unsure ? "unsure" : "";
}

std::string without_spaces_behind(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

PhotoCsv::PhotoCsv(const std::string& file, const std::vector<std::string>& class_names, bool sets)
    : class_names_(class_names), sets_(sets), sink_(file) {
  std::string text = "file,label,probability";
  for (const std::string& name : class_names) {
    names_.push_back(csv_field(name));
    text += "," + names_.back();
  }
  sink_.write(text + (sets ? ",set\n" : "\n"));
}

void PhotoCsv::write(const Judged& judged) {
  const PhotoAnswer& answer = judged.answer;
  std::string text = csv_field(valid_utf8(answer.file));
  if (answer.failed()) {
    text += std::string(2 + names_.size() + (sets_ ? 1 : 0), ',');
  } else {
    auto to = std::back_inserter(text);
    fmt::format_to(to, ",{},{}", names_[answer.best], answer.probability());
    for (const float probability : answer.probabilities) fmt::format_to(to, ",{}", probability);
    if (sets_) text += "," + set_field(judged.set, class_names_);
  }
  sink_.write(text + "\n");
}

void PhotoCsv::commit() {
  sink_.commit();
}

std::string photo_json(const Judged& judged, const std::vector<std::string>& class_names,
                       std::size_t top, bool threshold) {
  const PhotoAnswer& answer = judged.answer;
  ordered_json line{{"file", answer.file}};
  if (answer.failed()) {
    line["error"] = answer.error;
  } else {
    line["label"] = class_names[answer.best];
    line["probability"] = few_digits(answer.probability());
    line["none_of_these"] = answer.none_of_these;
    if (answer.typicality) line["typicality"] = few_digits(static_cast<float>(*answer.typicality));
    if (threshold) line["unsure"] = judged.unsure;
    if (judged.coverage) {
      line["coverage"] = *judged.coverage;
      line["set"] = classes_json(judged.set, class_names, answer.probabilities);
    }
    line["top"] =
        classes_json(best_of(answer.probabilities, top), class_names, answer.probabilities);
  }
  if (!judged.put_at.empty()) line["sorted_to"] = judged.put_at;
  return line.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

PhotoTable::PhotoTable(const std::vector<std::string>& class_names, std::size_t top,
                       std::size_t columns, bool sets)
    : class_names_(class_names), top_(top) {
  constexpr std::size_t kLeastLabel = 5, kLeastFile = 8, kMostFile = 60;
  const std::size_t most = std::max(columns / 3, kLeastLabel);
  // Of sets, two names and the word between them.
  label_ = std::max(widest(class_names, most), kLeastLabel);
  if (sets) label_ = std::min(2 * label_ + 4, most);
  const std::size_t used = 2 + label_ + 1 + kPercent + 1 + kMark;
  file_ = std::clamp(columns > used ? columns - used : 0, kLeastFile, kMostFile);
}

std::string PhotoTable::heading() const {
  return fmt::format("{}  {} {:>{}}\n", fit("file", file_), fit("label", label_), "prob.",
                     kPercent);
}

std::string PhotoTable::row(const Judged& judged) const {
  const PhotoAnswer& answer = judged.answer;
  const Colours colour = output_colours();
  const std::string file = fit_end(answer.file, file_);
  if (answer.failed()) {
    return fmt::format("{}  {}{}{}\n", file, colour.red,
                       cut("cannot be read", label_ + 1 + kPercent + 1 + kMark), colour.reset);
  }
  std::string text;
  const auto add = [&](const std::string& label, double probability) {
    const bool first = text.empty();
    text += without_spaces_behind(fmt::format("{}  {} {:>{}} {}", first ? file : fit("", file_),
                                              fit(label, label_), percent(probability), kPercent,
                                              first ? mark_of(judged) : "")) +
            "\n";
  };
  if (judged.coverage) {
    add(set_text(judged.set, class_names_), probability_of(judged.set, answer.probabilities));
    if (top_ == 1) return text;
  }
  for (const std::size_t c : best_of(answer.probabilities, top_)) {
    add(class_names_[c], static_cast<double>(answer.probabilities[c]));
  }
  return text;
}

}  // namespace weft::cli
