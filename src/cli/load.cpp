#include "cli/load.hpp"

#include <fmt/format.h>

#include <utility>

#include "cli/console.hpp"

namespace weft::cli {

Dataset load(const std::string& where, LoadOptions options) {
  ProgressLine line;
  options.on_download = [&](const std::string& file, std::uint64_t done, std::uint64_t all) {
    if (!line.due()) return;
    const double part = all > 0 ? static_cast<double>(done) / static_cast<double>(all) : 0;
    line.show(fmt::format("downloading {} {} {:.1f} MB", file, bar(part, 20),
                          static_cast<double>(done) / 1e6));
  };
  return load_dataset(where, options);
}

Dataset load(const std::string& where, bool train, bool test) {
  LoadOptions options;
  options.train = train;
  options.test = test;
  return load(where, std::move(options));
}

}  // namespace weft::cli
