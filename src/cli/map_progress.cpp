#include "cli/map_progress.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "cli/console.hpp"
#include "cli/interrupt.hpp"

namespace weft::cli {

MapProgress map_progress() {
  using Clock = std::chrono::steady_clock;
  struct State {
    ProgressLine line;
    std::string stage;
    Clock::time_point since;
  };
  return [state = std::make_shared<State>()](std::string_view stage, double share) {
    if (Interrupt::signal() != 0) throw MapStopped();
    if (stage != state->stage) {
      state->stage = stage;
      state->since = Clock::now();
    }
    if (!state->line.due()) return;
    const double seconds = std::chrono::duration<double>(Clock::now() - state->since).count();
    state->line.show({state->stage == "iterations" ? "placing the pictures" : "finding neighbours",
                      bar(share, 20), percent(share),
                      fmt::format("{} left", duration(seconds / share * (1 - share)))});
  };
}

void end_stopped_map() {
  say("stopped: nothing was written");
  throw CLI::RuntimeError(Interrupt::exit_code());
}

}  // namespace weft::cli
