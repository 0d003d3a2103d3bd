#include "cli/help.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/console.hpp"
#include "cli/describe.hpp"
#include "cli/text.hpp"

namespace weft::cli {
namespace {

std::string two_columns(const std::string& name, const std::string& words) {
  constexpr std::size_t kMost = 100;
  const std::size_t columns = std::min(output_columns(), kMost);
  const std::size_t indent = columns >= 60 ? 26 : 6;
  std::string text = "  " + name;
  if (columns_of(text) + 2 > indent) text += "\n" + std::string(indent, ' ');
  text.resize(std::max(text.size(), indent), ' ');
  bool first = true;
  for (const std::string& line : wrapped(words, columns - indent)) {
    if (!first) text += std::string(indent, ' ');
    text += line + "\n";
    first = false;
  }
  return first ? text + "\n" : text;
}

}  // namespace

std::string HelpFormatter::make_option(const CLI::Option* option, bool is_positional) const {
  const OptionFacts facts = facts_of(*option);
  std::string name = is_positional ? facts.name : fmt::format("{}", fmt::join(facts.names, ", "));
  if (!is_positional && !facts.value.empty()) name += " " + value_text(facts);
  std::string words = facts.description;
  if (!facts.standard.empty()) words += " (default: " + facts.standard + ")";
  if (facts.required && !is_positional) words += " (required)";
  return two_columns(name, words);
}

std::string HelpFormatter::make_subcommand(const CLI::App* command) const {
  return two_columns(command->get_name(), command->get_description());
}

}  // namespace weft::cli
