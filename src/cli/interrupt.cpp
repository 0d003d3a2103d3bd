#include "cli/interrupt.hpp"

#include <array>
#include <atomic>
#include <csignal>

namespace weft::cli {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};

std::atomic<int> noted{0};  // the handler may run on any thread
static_assert(std::atomic<int>::is_always_lock_free);

void note(int signal) {
  noted = signal;
  std::signal(signal, SIG_DFL);
}

}  // namespace

Interrupt::Interrupt() {
  noted = 0;
  for (const int signal : kSignals) {
    // What the parent has chosen to ignore, as nohup does, stays ignored.
    if (std::signal(signal, note) == SIG_IGN) std::signal(signal, SIG_IGN);
  }
}

Interrupt::~Interrupt() {
  for (const int signal : kSignals) {
    if (std::signal(signal, SIG_DFL) == SIG_IGN) std::signal(signal, SIG_IGN);
  }
}

int Interrupt::signal() {
  return noted;
}
int Interrupt::exit_code() {
  return 128 + noted;
}

}  // namespace weft::cli
