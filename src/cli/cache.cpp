// weft cache
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/text.hpp"
#include "data/cache_folder.hpp"
#include "data/fashion_mnist.hpp"
#include "data/picture_cache.hpp"
#include "weft/error.hpp"

namespace weft::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  bool clear = false, json = false;
};

struct ListedFile {
  std::string name;
  std::uintmax_t bytes;
  std::string words;  // for people
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

std::vector<ListedFile> files_in(const fs::path& folder) {
  std::vector<ListedFile> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_symlink(error) || !entry.is_regular_file(error) || !is_ours(name)) continue;
    files.push_back({name, entry.file_size(error), name});
  }
  std::ranges::sort(files, {}, &ListedFile::name);
  return files;
}

// What decoded photos are, in words: their file's name says nothing.
std::string words_for(const fs::path& file) {
  try {
    const FittedPhotos about = about_cached(file);
    std::size_t count = 0;
    for (const FittedPart& part : about.parts) count += part.count;
    return fmt::format("{} photos of {} at {}", thousands(static_cast<double>(count)), about.source,
                       about.picture.text());
  } catch (const Error&) {
    return file.filename().string();  // being written, or damaged
  }
}

std::vector<ListedFile> photos_in(const fs::path& folder) {
  std::vector<ListedFile> files;
  for (const auto& file : cached_pictures(folder)) {
    files.push_back({file.path.filename().string(), file.bytes, words_for(file.path)});
  }
  return files;
}

// A folder of the cache.
struct Kept {
  fs::path folder;
  std::vector<ListedFile> files;

  std::uintmax_t bytes() const {
    return std::accumulate(files.begin(), files.end(), std::uintmax_t{0},
                           [](auto sum, const auto& file) { return sum + file.bytes; });
  }
};

// The files, then the folder if nothing else is in it.
void clear(const Kept& kept) {
  std::error_code error;
  for (const ListedFile& file : kept.files) {
    if (!fs::remove(kept.folder / file.name, error) && error) {
      throw Error(ErrorCode::failed,
                  fmt::format("cache: cannot remove {}: {}", (kept.folder / file.name).string(),
                              error.message()));
    }
  }
  fs::remove(kept.folder, error);
}

std::string megabytes(std::uintmax_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

void print(const Kept& kept, bool cleared) {
  if (kept.files.empty()) return;
  fmt::print("{}\n", printable(kept.folder.string()));
  std::vector<std::string> names{"in all"};
  for (const ListedFile& file : kept.files) names.push_back(file.words);
  const std::size_t name = widest(names, std::max<std::size_t>(output_columns(), 30) - 13);
  for (const ListedFile& file : kept.files) {
    fmt::print("  {} {:>10}\n", fit(file.words, name), megabytes(file.bytes));
  }
  fmt::print("  {} {:>10}{}\n", fit("in all", name), megabytes(kept.bytes()),
             cleared ? ", removed" : "");
}

nlohmann::ordered_json as_json(const Kept& kept) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const ListedFile& file : kept.files) {
    list.push_back({{"name", file.name}, {"bytes", file.bytes}});
    if (file.words != file.name) list.back()["holds"] = file.words;
  }
  return {{"folder", kept.folder.string()}, {"files", list}, {"bytes", kept.bytes()}};
}

void run_cache(const Options& options) {
  if (cache_folder().empty()) {
    throw Error(ErrorCode::failed,
                "cache: none of WEFT_CACHE, XDG_CACHE_HOME and HOME is set, so there is no cache");
  }
  const Kept downloads{fashion_mnist_cache(), files_in(fashion_mnist_cache())};
  const Kept photos{pictures_folder(), photos_in(pictures_folder())};
  if (options.clear) {
    clear(downloads);
    clear(photos);
  }
  if (options.json) {
    nlohmann::ordered_json answer = as_json(downloads);
    answer["photos"] = as_json(photos);
    answer["photos"]["most_bytes"] = most_cache_bytes();
    answer["cleared"] = options.clear;
    fmt::print("{}\n", answer.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return;
  }
  if (downloads.files.empty() && photos.files.empty()) {
    fmt::print("{}\nnothing is cached\n", printable(cache_folder().string()));
    return;
  }
  print(downloads, options.clear);
  print(photos, options.clear);
}

}  // namespace

void add_cache(CLI::App& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      program.add_subcommand("cache", "What weft keeps: downloads, and photos that it has decoded");
  command->add_flag("--clear", options->clear, "remove these files; others there are left alone");
  command->add_flag("--json", options->json, "one JSON document on standard output");
  command->footer(
      "Examples:\n"
      "  weft cache\n"
      "  weft cache --clear\n"
      "WEFT_CACHE says where it is, WEFT_CACHE_SIZE how much room decoded photos may take (8G).");
  command->callback([options] { run_cache(*options); });
}

}  // namespace weft::cli
