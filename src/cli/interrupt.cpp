#include "cli/interrupt.hpp"

#include <array>
#include <csignal>

namespace weft::cli {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};

volatile std::sig_atomic_t noted = 0;

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
