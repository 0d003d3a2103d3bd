// The program described from its own options, so that neither completion nor manual can be stale.
#pragma once

#include <CLI/App.hpp>
#include <string>

namespace weft::cli {

// Scripts that complete commands, options, their values where there is a list of them, and file
// names; they need no other completion package.
std::string bash_completion(const CLI::App& program);
std::string zsh_completion(const CLI::App& program);

// The manual page weft(1), in troff's man macros.
std::string manual_page(const CLI::App& program);

// One option as both take it from the program.
struct OptionFacts {
  std::vector<std::string> names;  // "--split", "-h"; none for a positional argument
  std::string name;                // of a positional argument
  std::string description;
  std::string value;                 // what it takes, "FILE"; empty for a flag
  std::vector<std::string> choices;  // where it takes one of a list
  bool files = false;                // may its value be a file's name?
  bool required = false, repeats = false;
  std::string standard;  // its default
};

OptionFacts facts_of(const CLI::Option& option);
std::string value_text(const OptionFacts& facts);  // "N", "FILE", "train|val|test|all"

// Hidden ones are left out.
std::vector<OptionFacts> options_of(const CLI::App& command);
// In the order in which they were added.
std::vector<const CLI::App*> commands_of(const CLI::App& command);

}  // namespace weft::cli
