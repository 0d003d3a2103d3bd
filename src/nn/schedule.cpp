#include "nn/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/names.hpp"

namespace weft {

namespace {

constexpr Names<ScheduleKind, 4> kSchedules{"schedule",
                                            {{{ScheduleKind::constant, "constant"},
                                              {ScheduleKind::step, "step"},
                                              {ScheduleKind::cosine, "cosine"},
                                              {ScheduleKind::one_cycle, "one-cycle"}}}};

}  // namespace

ScheduleKind parse_schedule(const std::string& text) {
  return kSchedules.parse(text);
}
const char* name_of(ScheduleKind value) {
  return kSchedules.name_of(value);
}

namespace {

// From `begin` to `end` along half a cosine, at `part` of the way.
double along_cosine(double begin, double end, double part) {
  return end + (begin - end) * 0.5 * (1 + std::cos(std::numbers::pi * part));
}

}  // namespace

double Schedule::rate(std::size_t at) const {
  const bool warming = kind != ScheduleKind::one_cycle && at < warmup_steps;
  if (warming) return peak * static_cast<double>(at + 1) / static_cast<double>(warmup_steps);
  const std::size_t before = kind == ScheduleKind::one_cycle ? 0 : std::min(warmup_steps, at);
  const double length = static_cast<double>(std::max<std::size_t>(steps, before + 1) - before);
  const double part =
      static_cast<double>(at - before) / length;  // 0 at the first step, below 1 at the last
  switch (kind) {
    case ScheduleKind::constant:
      return peak;
    case ScheduleKind::step:
      return peak * std::pow(0.1, std::floor(3 * part));
    case ScheduleKind::cosine:
      return along_cosine(peak, 0, part);
    case ScheduleKind::one_cycle: {
      constexpr double kRise = 0.3, kFirst = 1.0 / 25;
      return part < kRise ? along_cosine(peak * kFirst, peak, part / kRise)
                          : along_cosine(peak, 0, (part - kRise) / (1 - kRise));
    }
  }
  return peak;
}

}  // namespace weft
