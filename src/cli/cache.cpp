// weft cache
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/text.hpp"
#include "data/fashion_mnist.hpp"
#include "weft/error.hpp"

namespace weft::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  bool clear = false, json = false;
};

struct CachedFile {
  std::string name;
  std::uintmax_t bytes;
};

// Does weft write files of this name there? The canonical ones, packed, and what an interrupted
// download left of them: NAME.PROCESS.tmp.
bool is_ours(const std::string& name) {
  return std::ranges::any_of(kCanonicalFiles, [&](const CanonicalFile& file) {
    const std::string packed = std::string(file.name) + ".gz";
    if (name == packed || name == file.name) return true;
    if (!name.starts_with(packed + ".") || !name.ends_with(".tmp")) return false;
    const std::string process = name.substr(packed.size(), name.size() - packed.size() - 4);
    return process.find_first_not_of("0123456789", 1) == process.npos;
  });
}

std::vector<CachedFile> files_in(const fs::path& folder) {
  std::vector<CachedFile> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_symlink(error) || !entry.is_regular_file(error) || !is_ours(name)) continue;
    files.push_back({name, entry.file_size(error)});
  }
  std::ranges::sort(files, {}, &CachedFile::name);
  return files;
}

// The files, then the folder if nothing else is in it.
void clear(const fs::path& folder, const std::vector<CachedFile>& files) {
  std::error_code error;
  for (const CachedFile& file : files) {
    if (!fs::remove(folder / file.name, error) && error) {
      throw Error(ErrorCode::failed, fmt::format("cache: cannot remove {}: {}",
                                                 (folder / file.name).string(), error.message()));
    }
  }
  fs::remove(folder, error);
}

std::string megabytes(std::uintmax_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

void print(const fs::path& folder, const std::vector<CachedFile>& files, std::uintmax_t total,
           bool cleared) {
  fmt::print("{}\n", printable(folder.string()));
  if (files.empty()) return fmt::print("nothing is cached\n");
  std::vector<std::string> names{"in all"};
  for (const CachedFile& file : files) names.push_back(file.name);
  const std::size_t name = widest(names, std::max<std::size_t>(output_columns(), 30) - 13);
  for (const CachedFile& file : files) {
    fmt::print("  {} {:>10}\n", fit(file.name, name), megabytes(file.bytes));
  }
  fmt::print("  {} {:>10}{}\n", fit("in all", name), megabytes(total), cleared ? ", removed" : "");
}

void run_cache(const Options& options) {
  const fs::path folder = fashion_mnist_cache();
  if (folder.empty()) {
    throw Error(ErrorCode::failed,
                "cache: none of WEFT_CACHE, XDG_CACHE_HOME and HOME is set, so there is no cache");
  }
  const std::vector<CachedFile> files = files_in(folder);
  std::uintmax_t total = 0;
  for (const CachedFile& file : files) total += file.bytes;
  if (options.clear) clear(folder, files);
  if (!options.json) return print(folder, files, total, options.clear);
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const CachedFile& file : files) list.push_back({{"name", file.name}, {"bytes", file.bytes}});
  fmt::print("{}\n", nlohmann::ordered_json{{"folder", folder.string()},
                                            {"files", list},
                                            {"bytes", total},
                                            {"cleared", options.clear}}
                         .dump());
}

}  // namespace

void add_cache(CLI::App& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("cache", "What weft has downloaded, and where it is");
  command->add_flag("--clear", options->clear, "remove these files; others there are left alone");
  command->add_flag("--json", options->json, "one JSON document on standard output");
  command->footer(
      "Examples:\n"
      "  weft cache\n"
      "  weft cache --clear");
  command->callback([options] { run_cache(*options); });
}

}  // namespace weft::cli
