#include <algorithm>
#include <array>

#include "cli/describe.hpp"

namespace weft::cli {
namespace {

// CLI11 names what an option takes "TEXT:{train,val}" or "INT:INT in [0 - 1024]": the type, then
// the rule that values keep.
std::vector<std::string> choices_in(const std::string& type) {
  const std::size_t open = type.find('{'), close = type.find('}');
  if (open == type.npos || close == type.npos || close < open) return {};
  return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

std::string value_in(const std::string& type) {
  const std::string kind = type.substr(0, type.find(':'));
  if (kind == "INT" || kind == "UINT") return "N";
  return kind == "FLOAT" ? "X" : kind;
}

// Paths say so by their type; --data and --out are paths in every command.
bool takes_files(const CLI::Option& option, const std::string& value) {
  constexpr std::array kTypes{"PATH", "FILE", "DIR", "DATA", "MODEL|DATA"};
  if (std::ranges::find(kTypes, value) != kTypes.end()) return true;
  return value == "TEXT" && (option.check_lname("data") || option.check_lname("out"));
}

}  // namespace

OptionFacts facts_of(const CLI::Option& option) {
  OptionFacts facts;
  facts.description = option.get_description();
  facts.required = option.get_required();
  facts.standard = option.get_default_str();
  for (const std::string& name : option.get_snames()) facts.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) facts.names.push_back("--" + name);
  if (facts.names.empty()) facts.name = option.get_name(true);
  if (option.get_type_size() == 0) return facts;  // a flag
  const std::string type = option.get_type_name();
  facts.choices = choices_in(type);
  facts.value = value_in(type);
  facts.files = facts.choices.empty() && takes_files(option, facts.value);
  facts.repeats = option.get_items_expected_max() > 1;
  return facts;
}

std::string value_text(const OptionFacts& facts) {
  return facts.choices.empty() ? facts.value : CLI::detail::join(facts.choices, "|");
}

std::vector<OptionFacts> options_of(const CLI::App& command) {
  std::vector<OptionFacts> facts;
  const auto shown = [](const CLI::Option* option) { return !option->get_group().empty(); };
  for (const CLI::Option* option : command.get_options(shown)) facts.push_back(facts_of(*option));
  return facts;
}

std::vector<const CLI::App*> commands_of(const CLI::App& command) {
  return command.get_subcommands(
      [](const CLI::App* one) { return !one->get_group().empty() && !one->get_name().empty(); });
}

}  // namespace weft::cli
