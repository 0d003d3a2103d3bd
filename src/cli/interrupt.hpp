// Ctrl-C, and a polite kill: noted, so that the run can save itself; a second one ends the program
// at once.
#pragma once

namespace weft::cli {

class Interrupt {
 public:
  Interrupt();   // from here on SIGINT, SIGTERM and SIGHUP are noted
  ~Interrupt();  // as it was before
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  static int signal();     // the signal that came, or 0
  static int exit_code();  // 128 + the signal, as shells expect
};

}  // namespace weft::cli
