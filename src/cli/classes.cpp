#include "cli/classes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "cli/console.hpp"
#include "cli/text.hpp"
#include "weft/error.hpp"

namespace weft::cli {
namespace {

bool is_number(const std::string& name) {
  return !name.empty() && name.find_first_not_of("0123456789") == name.npos;
}

// The first few names, for a message.
std::string list(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 12;
  std::string text;
  for (std::size_t i = 0; i < std::min(kMost, names.size()); ++i) {
    text += (i == 0 ? "\"" : ", \"") + printable(names[i]) + "\"";
  }
  if (names.size() > kMost) text += fmt::format(" and {} more", names.size() - kMost);
  return text;
}

}  // namespace

ClassMatch match_classes(const Model& model, const Dataset& data) {
  ClassMatch match;
  match.by_number = data.numbered && !std::ranges::all_of(model.class_names, is_number) &&
                    data.class_names.size() <= model.class_names.size();
  std::map<std::string, Label> known;
  for (std::size_t c = 0; c < model.class_names.size(); ++c) {
    known.emplace(model.class_names[c], static_cast<Label>(c));
  }
  for (std::size_t c = 0; c < data.class_names.size(); ++c) {
    const auto found = known.find(data.class_names[c]);
    if (match.by_number) {
      match.to_model.emplace_back(static_cast<Label>(c));
    } else if (found != known.end()) {
      match.to_model.emplace_back(found->second);
    } else {
      match.to_model.emplace_back(std::nullopt);
    }
  }
  return match;
}

std::vector<Label> labels_for(const Model& model, const Dataset& data,
                              const std::vector<Label>& labels) {
  const ClassMatch match = match_classes(model, data);
  std::vector<std::string> unknown;
  for (std::size_t c = 0; c < data.class_names.size(); ++c) {
    if (!match.to_model[c]) unknown.push_back(data.class_names[c]);
  }
  if (!unknown.empty()) {
    throw Error(ErrorCode::bad_input,
                fmt::format("classes: {} has {}, which the model does not know; it knows {}",
                            data.source, list(unknown), list(model.class_names)));
  }
  if (match.by_number) {
    say(fmt::format("the classes of {} have no names: its numbers are taken as the model's, 0 = {}",
                    data.name, printable(model.class_names[0])));
  }
  std::vector<Label> bound;
  for (const Label label : labels) bound.push_back(match.to_model.at(label).value_or(label));
  return bound;
}

std::vector<std::string> names_for(const Model& model, const Dataset& data) {
  const ClassMatch match = match_classes(model, data);
  std::vector<std::string> names = data.class_names;
  for (std::size_t c = 0; c < names.size(); ++c) {
    if (match.to_model[c]) names[c] = model.class_names[*match.to_model[c]];
  }
  return names;
}

}  // namespace weft::cli
