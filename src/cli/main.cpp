// The command `weft`: it parses, calls the library, and says what came out. Exit codes: 0 done, 1
// failed, 2 wrong usage, 3 bad input.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <new>

#include "base/version.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/help.hpp"
#include "kernels/kernels.hpp"
#include "weft/error.hpp"

namespace weft::cli {
namespace {

int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::failed:
      return 1;
    case ErrorCode::usage:
      return 2;
    case ErrorCode::bad_input:
      return 3;
  }
  return 1;
}

// What is still buffered goes out here, where it can be said that it did not: a full disk.
int flush_output() {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return 0;
  say("weft: standard output could not be written: is the disk full?");
  return 1;
}

int run(int argc, char** argv) {
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error to report, not an end
  CLI::App program("Trains, checks and runs image classifiers on the computer you have.", "weft");
  program.formatter(std::make_shared<HelpFormatter>());  // its commands take it over
  program.set_version_flag("--version",
                           fmt::format("weft {}\ninstructions: {}{}", version(), instruction_set(),
                                       has_bf16_instructions() ? " with bf16" : ""));
  program.require_subcommand(1);
  program.footer(
      "Examples:\n"
      "  weft train --data fashion-mnist --out runs/first\n"
      "  weft evaluate runs/first --data fashion-mnist\n"
      "  weft predict runs/first photos --sort-into sorted\n"
      "  weft see runs/first shirt.jpg\n"
      "  weft article\n"
      "Each command explains itself: weft train --help");
  add_train(program);
  add_tune(program);
  add_presets(program);
  add_evaluate(program);
  add_predict(program);
  add_see(program);
  add_report(program);
  add_explore(program);
  add_audit(program);
  add_map(program);
  add_info(program);
  add_cache(program);
  add_bench(program);
  add_article(program);
  add_describe(program);
  try {
    program.parse(argc, argv);
    return flush_output();
  } catch (const CLI::RuntimeError& error) {
    return error.get_exit_code();  // a command that has said why
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : 2;
  } catch (const Error& error) {
    say(fmt::format("weft: {}", error.what()));
    return exit_code(error.code());
  } catch (const std::bad_alloc&) {
    say("weft: there is not enough memory for this: a smaller network or less data needs less");
    return 1;
  } catch (const std::exception& error) {
    say(fmt::format("weft: {}", error.what()));
    return 1;
  }
}

}  // namespace
}  // namespace weft::cli

int main(int argc, char** argv) {
  return weft::cli::run(argc, argv);
}
