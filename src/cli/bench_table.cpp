#include "cli/bench_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/console.hpp"
#include "cli/text.hpp"
#include "kernels/select.hpp"

namespace weft::cli {
namespace {

using bench::LayerTimes;
using bench::NetworkTimes;

std::string ms(double seconds) {
  return fmt::format("{:.3f}", seconds * 1e3);
}

std::string giga(double rate) {
  return fmt::format("{:.1f}", rate * 1e-9);
}

// The columns that the terminal has room for, the first of them always.
class Table {
 public:
  Table(const NetworkTimes& times, bool training) : step_(times.median) {
    std::vector<std::string> names{"gradients of lanes added"};
    std::size_t kernel = 0;
    for (const LayerTimes& layer : times.layers) {
      names.push_back(label(layer));
      kernel = std::max(kernel, columns_of(layer.kernel) + 2);
    }
    const std::size_t columns = std::max<std::size_t>(output_columns(), 50);
    std::size_t used = kNumber + kShare + kNumber;
    const auto room_for = [&](bool wanted, std::size_t width) {
      constexpr std::size_t kName = 26;
      if (!wanted || used + width + kName > columns) return false;
      used += width;
      return true;
    };
    primitives_ = room_for(times.primitives.has_value(), kNumber);
    passes_ = room_for(training, 2 * kNumber);
    kernel_ = room_for(kernel > 0, kernel);
    name_ = widest(names, columns - used);
  }

  void heading() const {
    row("layer", "ms", "share", "GFLOP/s", "forward", "backward", "oneDNN", "kernel");
  }

  void layer(const LayerTimes& l) const {
    const double seconds = l.seconds();
    row(label(l), ms(seconds), share(seconds),
        l.operations > 0 && seconds > 0 ? giga(l.operations / seconds) : "", ms(l.forward),
        ms(l.backward), l.primitives ? ms(*l.primitives) : "", l.kernel);
  }

  void other(const char* name, double seconds) const {
    row(name, ms(seconds), share(seconds), "", "", "", "", "");
  }

  void all(const NetworkTimes& times) const {
    row("in all", ms(times.median), share(times.median), giga(times.operations / times.median), "",
        "", times.primitives ? ms(*times.primitives) : "", "");
  }

 private:
  static constexpr std::size_t kNumber = 9, kShare = 8;

  static std::string label(const LayerTimes& layer) {
    return layer.place.empty() ? layer.name : layer.place + "  " + layer.name;
  }

  std::string share(double seconds) const { return fmt::format("{:.1f} %", 100 * seconds / step_); }

  void row(const std::string& name, const std::string& time, const std::string& part,
           const std::string& rate, const std::string& forward, const std::string& backward,
           const std::string& primitives, const std::string& kernel) const {
    std::string line = fmt::format("{}{:>{}}{:>{}}{:>{}}", fit(name, name_), time, kNumber, part,
                                   kShare, rate, kNumber);
    if (passes_) line += fmt::format("{:>{}}{:>{}}", forward, kNumber, backward, kNumber);
    if (primitives_) line += fmt::format("{:>{}}", primitives, kNumber);
    if (kernel_ && !kernel.empty()) line += "  " + kernel;
    fmt::print("{}\n", line);
  }

  double step_;
  std::size_t name_ = 0;
  bool primitives_ = false, passes_ = false, kernel_ = false;
};

void print_verdict(const NetworkTimes& times) {
  const Colours colour = output_colours();
  if (!times.ceiling || !times.primitives) {
    fmt::print("held against nothing: oneDNN has no {} on this processor\n",
               name_of(times.precision));
    return;
  }
  const double rate = times.operations / times.median;
  fmt::print("{}{:.0f} % of what convolutions reach here ({} GFLOP/s){}\n", colour.bold,
             100 * rate / *times.ceiling, giga(*times.ceiling),
             *times.primitives > 0
                 ? fmt::format("; {:.2f} of the time of oneDNN's primitives alone{}",
                               times.median / *times.primitives, colour.reset)
                 : colour.reset);
}

void print_ceilings(const char* precision, const bench::Ceilings& ceilings) {
  fmt::print("{:<6}{:>16}{:>16}   {}\n", precision, giga(ceilings.matmul),
             giga(ceilings.convolution), ceilings.convolution_where);
}

}  // namespace

void print_machine(const bench::MachineRates& rates, int threads) {
  const Colours colour = output_colours();
  fmt::print("{}GFLOP/s that oneDNN reaches here{}, {} with {} thread{}\n", colour.bold,
             colour.reset, instruction_set(), threads, threads == 1 ? "" : "s");
  fmt::print("{:<6}{:>16}{:>16}   {}\n", "", "matrix product", "convolution", "the best of which");
  print_ceilings("f32", rates.f32);
  if (rates.bf16) {
    print_ceilings("bf16", *rates.bf16);
  } else {
    fmt::print("{:<6}this processor has no instructions for it\n", "bf16");
  }
  fmt::print("copying {:.0f} MB in memory: {:.1f} GB/s, read and written\n",
             static_cast<double>(rates.copied) * 1e-6, rates.copy * 1e-9);
}

void print_network(const NetworkTimes& times, const bench::NetworkBenchSettings& settings,
                   bool training) {
  const Colours colour = output_colours();
  const auto batch = static_cast<double>(settings.batch);
  fmt::print("{}{} images a second{}, {} at best: {} of {} in {} on {} thread{}\n", colour.bold,
             thousands(batch / times.median), colour.reset, thousands(batch / times.best),
             training ? "training, batches" : "inference, batches", thousands(batch),
             name_of(times.precision), settings.threads, settings.threads == 1 ? "" : "s");
  fmt::print("a step {} ms, the median of {}", ms(times.median), times.steps);
  if (settings.batch == 1 && !training) {
    fmt::print(" (95 % within {} ms)", ms(times.tail));
  }
  if (times.peak_memory > 0) {
    fmt::print("; memory {:.0f} MB at most", static_cast<double>(times.peak_memory) * 1e-6);
  }
  fmt::print("\n\n");
  const Table table(times, training);
  table.heading();
  for (const LayerTimes& layer : times.layers) table.layer(layer);
  table.other("pictures fetched", times.fetch);
  if (training) {
    table.other("loss", times.loss);
    table.other("gradients of lanes added", times.reduce);
    table.other("weights packed", times.pack);
    table.other("optimizer", times.optimizer);
  }
  table.other("threads waiting", times.wait);
  table.all(times);
  fmt::print("\n");
  print_verdict(times);
}

}  // namespace weft::cli
