#include "data/augmentation.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "base/error.hpp"
#include "base/names.hpp"

namespace weft {
namespace {

constexpr Names<Mirror, 3> kMirrors{
    "mirror",
    {{{Mirror::none, "none"}, {Mirror::random, "random"}, {Mirror::alternate, "alternate"}}}};

struct Step {
  const char* name;
  double Augmentation::*value;
  double most;
  bool whole;  // pixels
  const char* meaning;
  double least = 0;
};

constexpr std::array<Step, 12> kSteps{{
    {"shift", &Augmentation::shift, 64, true, "pixels"},
    {"rotate", &Augmentation::rotate, 180, false, "degrees"},
    {"zoom", &Augmentation::zoom, 0.9, false, "a share"},
    {"brightness", &Augmentation::brightness, 1, false, "a share"},
    {"contrast", &Augmentation::contrast, 1, false, "a share"},
    {"gamma", &Augmentation::gamma, 8, false, "a factor", 1},
    {"cutout", &Augmentation::cutout, 1024, true, "pixels"},
    {"erase", &Augmentation::erase, 1, false, "a chance"},
    {"photo", &Augmentation::photo, 1, false, "a chance"},
    {"junk", &Augmentation::junk, 1, false, "a chance"},
    {"mixup", &Augmentation::mixup, 10, false, "an alpha"},
    {"cutmix", &Augmentation::cutmix, 10, false, "an alpha"},
}};

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find_first_of(separators);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string_view> words_of(std::string_view step) {
  std::vector<std::string_view> words = split(step, " \t\n");
  std::erase(words, std::string_view());
  return words;
}

[[noreturn]] void fail_with_names(std::string_view step) {
  std::string known = "mirror [random|alternate], shift N [reflect]";
  for (const Step& s : kSteps) {
    known += fmt::format(", {} ({} up to {})", s.name, s.meaning, s.most);
  }
  fail(ErrorCode::usage, "augment: \"{}\" is not understood; there are {}", step, known);
}

double number(std::string_view step, std::string_view word, const Step& kind) {
  double value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  const bool is_number = error == std::errc() && end == word.data() + word.size();
  const bool is_whole = is_number && value == static_cast<double>(static_cast<long>(value));
  const bool possible = value > 0 && value >= kind.least && value <= kind.most;
  if (!is_number || !possible || (kind.whole && !is_whole)) {
    const std::string from = kind.least > 0 ? fmt::format("from {}", kind.least) : "above 0,";
    fail(ErrorCode::usage, "augment: \"{}\": {} takes {} {} up to {}{}", step, kind.name,
         kind.meaning, from, kind.most, kind.whole ? ", in whole numbers" : "");
  }
  return value;
}

void read_step(std::string_view step, Augmentation& augmentation) {
  const std::vector<std::string_view> words = words_of(step);
  if (words.empty()) fail(ErrorCode::usage, "augment: a step between commas is empty");
  if (words.front() == "mirror" && words.size() <= 2) {
    augmentation.mirror = words.size() == 1 ? Mirror::random : kMirrors.parse(words[1]);
    return;
  }
  const auto kind = std::ranges::find(kSteps, words.front(), &Step::name);
  if (kind == kSteps.end() || words.size() < 2) fail_with_names(step);
  const bool reflects = kind->value == &Augmentation::shift && words.size() == 3;
  if (words.size() > 2 && !(reflects && words[2] == "reflect")) fail_with_names(step);
  augmentation.*kind->value = number(step, words[1], *kind);
  augmentation.reflect |= reflects;
}

}  // namespace

bool Augmentation::any() const {
  return *this != Augmentation{.reflect = reflect};
}

Augmentation parse_augmentation(std::string_view text) {
  Augmentation augmentation;
  const std::vector<std::string_view> words = words_of(text);
  if (words.empty() || (words.size() == 1 && words.front() == "none")) return augmentation;
  for (const std::string_view step : split(text, ",")) read_step(step, augmentation);
  return augmentation;
}

std::string text_of(const Augmentation& augmentation) {
  std::string text;
  const auto add = [&](const std::string& step) { text += (text.empty() ? "" : ", ") + step; };
  if (augmentation.mirror == Mirror::random) add("mirror");
  if (augmentation.mirror == Mirror::alternate) add("mirror alternate");
  for (const Step& step : kSteps) {
    const double value = augmentation.*step.value;
    if (value == 0) continue;
    const bool reflects = step.value == &Augmentation::shift && augmentation.reflect;
    add(fmt::format("{} {}{}", step.name, value, reflects ? " reflect" : ""));
  }
  return text.empty() ? "none" : text;
}

Mirror parse_mirror(const std::string& text) {
  return kMirrors.parse(text);
}
const char* name_of(Mirror mirror) {
  return kMirrors.name_of(mirror);
}

}  // namespace weft
