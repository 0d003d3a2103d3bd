#include "data/source.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <system_error>
#include <utility>

#include "base/error.hpp"
#include "data/classes.hpp"
#include "data/fashion_mnist.hpp"

namespace weft {
namespace {

namespace fs = std::filesystem;

// Larger than any set in these formats (ImageNet at 64 x 64 as NPZ: 3.9 GB a file), smaller than
// what brings a machine down.
constexpr std::size_t kMostFileBytes = std::size_t{4} << 30;
constexpr std::size_t kMostLabelBytes = std::size_t{16} << 20;
constexpr std::size_t kMostNamesBytes = std::size_t{1} << 20;

constexpr const char* kClassNames = "classes.txt";
constexpr const char* kCifar10Names = "batches.meta.txt";
constexpr const char* kCifar100Names = "fine_label_names.txt";

const CanonicalFile* canonical_file(const fs::path& path) {
  for (const CanonicalFile& file : kCanonicalFiles) {
    const std::string name = path.filename().string();
    if (name == file.name || name == std::string(file.name) + ".gz") return &file;
  }
  return nullptr;
}

bool holds_images(const CanonicalFile& file) {
  return std::string_view(file.name).find("images") != std::string_view::npos;
}

// The files that may be data: the canonical ones first, in their order, then by name.
std::vector<SourceFile> list(const fs::path& folder) {
  constexpr std::array kNames = {kClassNames, kCifar10Names, kCifar100Names};
  std::set<fs::path> paths;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    std::error_code ignored;
    if (name.starts_with('.') || entry->is_directory(ignored)) continue;
    if (std::ranges::find(kNames, name) == kNames.end()) paths.insert(entry->path());
  }
  if (error) {
    fail(ErrorCode::failed, "data: cannot list {}: {}", folder.string(), error.message());
  }
  std::vector<SourceFile> files;
  for (const CanonicalFile& file : kCanonicalFiles) {
    if (const auto path = find_file(folder, file)) {
      files.push_back({*path, part_of(file.name), true, {}, {}});
    }
  }
  for (const fs::path& path : paths) {
    const bool is_twin =
        path.extension() == ".gz" && paths.contains(fs::path(path).replace_extension());
    if (is_twin || canonical_file(path) != nullptr) continue;
    files.push_back({path, part_of(path.filename().string()), false, {}, {}});
  }
  return files;
}

// Canonical files are there in pairs, and for every part that was asked for.
void require_canonical(const fs::path& folder, const LoadOptions& options) {
  for (const CanonicalFile& file : kCanonicalFiles) {
    if (!is_wanted(*part_of(file.name), options) || find_file(folder, file)) continue;
    if (!options.labels && !holds_images(file)) continue;
    fail(ErrorCode::bad_input,
         "data: {} holds neither {} nor {}.gz: give the folder with the four IDX files "
         "(train-images-idx3-ubyte and so on), or \"fashion-mnist\"",
         folder.string(), file.name, file.name);
  }
}

// The training labels are wanted in any case: they say what classes there are.
bool is_needed(const SourceFile& file, const LoadOptions& options) {
  if (!file.part || is_wanted(*file.part, options)) return true;
  return *file.part == Part::train && !(file.canonical && holds_images(*canonical_file(file.path)));
}

void read(SourceFile& file) {
  const bool labels = file.canonical && !holds_images(*canonical_file(file.path));
  file.bytes = read_unpacked(file.path, labels ? kMostLabelBytes : kMostFileBytes);
  file.format = file.canonical ? Format::idx : format_of(file.bytes.span());
}

void read_files(std::vector<SourceFile>& files) {
  std::vector<std::function<void()>> jobs;
  for (SourceFile& file : files) jobs.push_back([&file] { read(file); });
  run_all(jobs);
}

// Leaves what is data, all of one format.
void keep_data(const fs::path& folder, std::vector<SourceFile>& files) {
  const bool canonical = std::ranges::any_of(files, &SourceFile::canonical);
  std::erase_if(files, [&](const SourceFile& file) {
    if (file.format) return false;
    if (!canonical && !is_note(file.bytes.span())) fail_format(file.name(), file.bytes.span());
    return true;
  });
  if (files.empty()) {
    fail(ErrorCode::bad_input,
         "data: {} holds no data: give a folder of IDX, CSV, NPZ or CIFAR files, one such file, or "
         "\"fashion-mnist\"",
         folder.string());
  }
  for (const SourceFile& file : files) {
    if (file.format == files[0].format) continue;
    fail(ErrorCode::bad_input,
         "data: {} holds two formats at once: {} is {}, but {} is {}: give each a folder of its "
         "own, or name the one file",
         folder.string(), files[0].path.filename().string(), name_of(*files[0].format),
         file.path.filename().string(), name_of(*file.format));
  }
}

// All files say their part, or none does: then they are one.
void settle_parts(std::vector<SourceFile>& files) {
  const auto says = [](const SourceFile& file) { return file.part.has_value(); };
  const auto silent = std::ranges::find_if_not(files, says);
  if (silent == files.end()) return;
  if (std::ranges::any_of(files, says)) {
    fail(ErrorCode::bad_input,
         "data: {}: the name says no part, as the names beside it do: rename it to have the word "
         "train, val or test, or take it out of the folder",
         silent->name());
  }
  for (SourceFile& file : files) file.part = Part::whole;
}

void add_names(const fs::path& folder, RawData& raw) {
  const char* own = raw.classes == 10 ? kCifar10Names : kCifar100Names;
  for (const char* name : {kClassNames, own}) {
    std::error_code ignored;
    const fs::path path = folder / name;
    if ((name != kClassNames && raw.classes == 0) || !fs::exists(path, ignored)) continue;
    raw.names_file = path.string();
    raw.names = parse_class_names(read_file(path, kMostNamesBytes).span(), raw.names_file);
    return;
  }
}

RawData raw_data(std::vector<SourceFile>& files, const LoadOptions& options) {
  const Format format = *files[0].format;
  RawData raw;
  raw.format = name_of(format);
  switch (format) {
    case Format::idx:
      raw.parts = idx_parts(files, options);
      break;
    case Format::csv:
      raw.parts = csv_parts(files, options);
      break;
    case Format::npz:
      raw.parts = npz_parts(files, options);
      break;
    case Format::cifar10:
    case Format::cifar100:
      raw.classes = format == Format::cifar10 ? 10 : 100;
      raw.parts = cifar_parts(files, options);
      break;
  }
  std::ranges::sort(raw.parts, {}, &RawPart::part);
  return raw;
}

}  // namespace

RawData read_folder(const fs::path& folder, const LoadOptions& options, bool canonical_only) {
  std::vector<SourceFile> files = list(folder);
  if (canonical_only) std::erase_if(files, [](const SourceFile& file) { return !file.canonical; });
  if (canonical_only || std::ranges::any_of(files, &SourceFile::canonical)) {
    require_canonical(folder, options);
  }
  std::erase_if(files, [&](const SourceFile& file) { return !is_needed(file, options); });
  read_files(files);
  keep_data(folder, files);
  settle_parts(files);
  RawData raw = raw_data(files, options);
  if (!canonical_only) add_names(folder, raw);
  return raw;
}

RawData read_single(const fs::path& path, const LoadOptions& options) {
  std::vector<SourceFile> files(1);
  files[0].path = path;
  files[0].part = Part::whole;
  read(files[0]);
  if (!files[0].format) fail_format(path.string(), files[0].bytes.span());
  RawData raw = raw_data(files, options);
  if (files[0].format == Format::idx && options.labels) {
    fail(ErrorCode::bad_input,
         "data: {}: an IDX file holds pictures alone, and their labels are needed: give the folder "
         "that both are in",
         path.string());
  }
  add_names(path.parent_path(), raw);
  return raw;
}

}  // namespace weft
