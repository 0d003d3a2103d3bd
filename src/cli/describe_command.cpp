// weft completion, weft manual: for packagers and shells, so they are not in the list of commands.
#include <fmt/format.h>

#include <memory>

#include "cli/commands.hpp"
#include "cli/describe.hpp"

namespace weft::cli {

void add_describe(CLI::App& program) {
  auto shell = std::make_shared<std::string>();
  CLI::App* completion =
      program.add_subcommand("completion", "A script that completes weft's words in a shell");
  completion->group("");
  completion->add_option("shell", *shell, "bash or zsh")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh"}));
  completion->footer(
      "Examples:\n"
      "  source <(weft completion bash)\n"
      "  weft completion zsh > ~/.zfunc/_weft");
  completion->callback([&program, shell] {
    fmt::print("{}", *shell == "zsh" ? zsh_completion(program) : bash_completion(program));
  });

  CLI::App* manual = program.add_subcommand("manual", "The manual page, for man");
  manual->group("");
  manual->footer(
      "Examples:\n"
      "  weft manual | man -l -");
  manual->callback([&program] { fmt::print("{}", manual_page(program)); });
}

}  // namespace weft::cli
