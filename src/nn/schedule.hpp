// How the learning rate moves through a training run.
#pragma once

#include <cstddef>
#include <string>

namespace weft {

enum class ScheduleKind {
  constant,
  step,       // times 0.1 after every third of the run
  cosine,     // half a cosine down to 0 (Loshchilov and Hutter: SGDR, 2017)
  one_cycle,  // up from 1/25 for the first 30 % of the steps, then down to 0; halves of cosines
              // (Smith, 2018)
};

// "constant", "step", "cosine", "one-cycle"; parse throws Error(usage) naming the four.
ScheduleKind parse_schedule(const std::string& text);
const char* name_of(ScheduleKind kind);

struct Schedule {
  ScheduleKind kind = ScheduleKind::constant;
  double peak = 0.001;    // the learning rate asked for
  std::size_t steps = 1;  // optimizer steps of the whole run
  std::size_t warmup_steps =
      0;  // rises linearly to the schedule's beginning over these; not for one_cycle

  double rate(std::size_t step) const;  // of step 0 .. steps - 1
};

}  // namespace weft
