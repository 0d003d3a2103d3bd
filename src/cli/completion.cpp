#include <fmt/format.h>

#include <algorithm>

#include "cli/describe.hpp"
#include "data/fashion_mnist.hpp"

namespace weft::cli {
namespace {

bool takes_data(const OptionFacts& option) {
  return option.value.find("DATA") != option.value.npos ||
         std::ranges::find(option.names, "--data") != option.names.end();
}

std::string words_for(const OptionFacts& option) {
  std::string words = fmt::format("{}", fmt::join(option.choices, " "));
  if (takes_data(option)) words += kFashionMnist;
  return words;
}

// `path` is "" for the program, "/article/xor" for a command.
void bash_values(const CLI::App& command, const std::string& path, std::string& text) {
  for (const OptionFacts& option : options_of(command)) {
    if (option.value.empty() || option.names.empty()) continue;
    for (std::size_t i = 0; i < option.names.size(); ++i) {
      text += fmt::format("{}'{} {}'", i == 0 ? "    " : " | ", path, option.names[i]);
    }
    text += fmt::format(") words='{}' files={} ;;\n", words_for(option), option.files ? 1 : 0);
  }
  for (const CLI::App* inner : commands_of(command)) {
    bash_values(*inner, path + "/" + inner->get_name(), text);
  }
}

void bash_words(const CLI::App& command, const std::string& path, std::string& text) {
  std::string words, options;
  bool files = false;
  for (const CLI::App* inner : commands_of(command)) words += inner->get_name() + " ";
  for (const OptionFacts& option : options_of(command)) {
    if (!option.names.empty()) {
      options += option.names.back() + " ";
    } else {
      files = files || option.files;
      words += words_for(option) + " ";
    }
  }
  text += fmt::format("      '{}') words='{}' options='{}' files={} ;;\n", path, words, options,
                      files ? 1 : 0);
  for (const CLI::App* inner : commands_of(command)) {
    bash_words(*inner, path + "/" + inner->get_name(), text);
  }
}

void bash_paths(const CLI::App& command, const std::string& path, std::string& text) {
  for (const CLI::App* inner : commands_of(command)) {
    const std::string here = path + "/" + inner->get_name();
    text += (text.empty() ? "" : " | ") + here;
    bash_paths(*inner, here, text);
  }
}

// In single quotes for zsh, with what _arguments itself reads escaped.
std::string zsh_quoted(const std::string& text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else if (c == '[' || c == ']' || c == ':' || c == '\\') {
      quoted += std::string("\\") + c;
    } else {
      quoted += c;
    }
  }
  return quoted;
}

std::string zsh_action(const OptionFacts& option) {
  if (!option.choices.empty()) return fmt::format("({})", fmt::join(option.choices, " "));
  if (takes_data(option)) return fmt::format("{{compadd {}; _files}}", kFashionMnist);
  return option.files ? "_files" : " ";
}

std::string zsh_option(const OptionFacts& option) {
  const std::string value =
      option.value.empty() ? ""
                           : fmt::format(":{}:{}", zsh_quoted(option.value), zsh_action(option));
  std::string text;
  if (option.names.empty()) return fmt::format("'1:{}:{}'", option.name, zsh_action(option));
  for (const std::string& name : option.names) {
    text += fmt::format("{}'{}{}[{}]{}'", text.empty() ? "" : " ", option.repeats ? "*" : "", name,
                        zsh_quoted(option.description), value);
  }
  return text;
}

// One function a command: its options, and its commands if it has some.
void zsh_function(const CLI::App& command, const std::string& name, std::string& text) {
  const auto inner = commands_of(command);
  text +=
      fmt::format("\n{}() {{\n  local curcontext=$curcontext state line\n  _arguments -C", name);
  for (const OptionFacts& option : options_of(command)) text += " \\\n    " + zsh_option(option);
  if (inner.empty()) {
    text += "\n}\n";
    return;
  }
  text +=
      " \\\n    '1: :->command' '*:: :->rest'\n  case $state in\n    command)\n      local -a "
      "commands=(\n";
  for (const CLI::App* one : inner) {
    text += fmt::format("        '{}:{}'\n", one->get_name(), zsh_quoted(one->get_description()));
  }
  text += "      )\n      _describe command commands ;;\n    rest)\n      case $words[1] in\n";
  for (const CLI::App* one : inner) {
    text += fmt::format("        {0}) {1}_{0} ;;\n", one->get_name(), name);
  }
  text += "      esac ;;\n  esac\n}\n";
  for (const CLI::App* one : inner) zsh_function(*one, name + "_" + one->get_name(), text);
}

}  // namespace

std::string bash_completion(const CLI::App& program) {
  std::string paths, values, words;
  bash_paths(program, "", paths);
  bash_values(program, "", values);
  bash_words(program, "", words);
  // "--split=v" comes as three words: --split, = and v.
  return fmt::format(R"(# Completion of {0} for bash, written by `{0} completion bash`.
_{0}() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} path='' words='' options='' files=0 i
  if [[ $cur == = ]]; then
    cur=''
  elif [[ $prev == = ]]; then
    prev=${{COMP_WORDS[COMP_CWORD-2]}}
  fi
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case $path/${{COMP_WORDS[i]}} in
      {1}) path+=/${{COMP_WORDS[i]}} ;;
    esac
  done
  case "$path $prev" in
{2}    *) case $path in
{3}      esac
      if [[ $cur == -* ]]; then words=$options files=0; fi ;;
  esac
  COMPREPLY=()
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
  if [[ $files == 1 ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t -O ${{#COMPREPLY[@]}} COMPREPLY < <(compgen -f -- "$cur")
  fi
}}
complete -F _{0} {0}
)",
                     program.get_name(), paths, values, words);
}

std::string zsh_completion(const CLI::App& program) {
  const std::string& name = program.get_name();
  std::string text = fmt::format(
      "#compdef {0}\n# Completion of {0} for zsh, written by `{0} completion zsh`.\n", name);
  zsh_function(program, "_" + name, text);
  // Read by the completion system, this file is the body of _weft; sourced, it has to be bound.
  text += fmt::format(
      "\nif [[ $funcstack[1] == _{0} ]]; then\n  _{0} \"$@\"\nelse\n  compdef _{0} {0}\nfi\n",
      name);
  return text;
}

}  // namespace weft::cli
