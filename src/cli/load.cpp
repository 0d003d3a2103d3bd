#include "cli/load.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>

#include "cli/console.hpp"
#include "cli/interrupt.hpp"
#include "cli/text.hpp"

namespace weft::cli {
namespace {

struct Stopped {};

}  // namespace

Dataset load(const std::string& where, LoadOptions options, bool warn) try {
  ProgressLine line;
  options.on_download = [&](const std::string& file, std::uint64_t done, std::uint64_t all) {
    if (!line.due()) return;
    const double part = all > 0 ? static_cast<double>(done) / static_cast<double>(all) : 0;
    line.show(fmt::format("downloading {} {} {:.1f} MB", file, bar(part, 20),
                          static_cast<double>(done) / 1e6));
  };
  options.on_photo = [&](std::size_t done, std::size_t all) {
    if (Interrupt::signal() != 0) throw Stopped();
    if (!line.due()) return;
    const auto count = [](std::size_t n) { return thousands(static_cast<double>(n)); };
    line.show(fmt::format("decoding {} {} of {} photos",
                          bar(static_cast<double>(done) / static_cast<double>(all), 20),
                          count(done), count(all)));
  };
  Dataset data = load_dataset(where, options);
  line.clear();
  for (const std::string& warning : data.warnings) {
    if (warn) say("warning: " + printable(warning));
  }
  return data;
} catch (const Stopped&) {
  say("stopped while the photos were decoded; nothing has begun");
  throw CLI::RuntimeError(Interrupt::exit_code());
}

}  // namespace weft::cli
