#include "data/cache_folder.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <system_error>

#include "base/error.hpp"
#include "data/text.hpp"

namespace weft {
namespace {

namespace fs = std::filesystem;

fs::path environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// What AtomicFile writes before it renames: NAME.PROCESS.tmp.
bool is_unfinished(const std::string& name) {
  return name.ends_with(".tmp") && name.find(std::string(kPicturesEnding) + ".") != name.npos;
}

// A program that is still at work renews the time of its file with every page it writes.
bool is_left_behind(const fs::path& file) {
  std::error_code error;
  const auto written = fs::last_write_time(file, error);
  return !error && fs::file_time_type::clock::now() - written > std::chrono::hours(24);
}

}  // namespace

fs::path cache_folder() {
  if (auto weft = environment("WEFT_CACHE"); !weft.empty()) return weft;
  if (const auto xdg = environment("XDG_CACHE_HOME"); !xdg.empty()) return xdg / "weft";
  if (const auto home = environment("HOME"); !home.empty()) return home / ".cache/weft";
  return {};
}

fs::path pictures_folder() {
  const fs::path folder = cache_folder();
  return folder.empty() ? folder : folder / "pictures";
}

std::uint64_t most_cache_bytes() {
  constexpr std::uint64_t kStandard = std::uint64_t{8} << 30;
  const std::string text = environment("WEFT_CACHE_SIZE").string();
  if (text.empty()) return kStandard;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string unit = lower({end, text.data() + text.size()});
  const std::size_t power = unit.empty() ? 0 : std::string("kmgt").find(unit[0]) + 1;
  const unsigned shift = static_cast<unsigned>(power) * 10;
  const bool known = unit.size() <= 1 && (unit.empty() || power > 0);
  if (error != std::errc() || !known || value > (UINT64_MAX >> shift)) {
    fail(ErrorCode::usage, "cache: WEFT_CACHE_SIZE is {}: it takes bytes, or as in 500M, 20G or 1T",
         excerpt(text));
  }
  return value << shift;
}

std::vector<CachedFile> cached_pictures(const fs::path& folder) {
  struct Used {
    CachedFile file;
    fs::file_time_type time;
  };
  std::vector<Used> found;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    std::error_code gone;
    if (entry->is_symlink(gone) || !entry->is_regular_file(gone)) continue;
    if (!name.ends_with(kPicturesEnding) && !is_unfinished(name)) continue;
    const auto bytes = entry->file_size(gone);
    const auto time = entry->last_write_time(gone);
    if (!gone) found.push_back({{entry->path(), bytes}, time});
  }
  std::ranges::sort(found, [](const Used& a, const Used& b) {
    return a.time != b.time ? a.time < b.time : a.file.path < b.file.path;
  });
  std::vector<CachedFile> files;
  files.reserve(found.size());
  for (Used& used : found) files.push_back(std::move(used.file));
  return files;
}

void note_use(const fs::path& file) {
  std::error_code ignored;
  fs::last_write_time(file, fs::file_time_type::clock::now(), ignored);
}

void trim_pictures(const fs::path& folder, std::uint64_t most, const fs::path& keep) {
  std::vector<CachedFile> files = cached_pictures(folder);
  std::error_code ignored;
  std::erase_if(files, [&](const CachedFile& file) {
    if (!is_unfinished(file.path.filename().string())) return false;
    if (is_left_behind(file.path)) fs::remove(file.path, ignored);
    return true;
  });
  std::uint64_t all = 0;
  for (const CachedFile& file : files) all += file.bytes;
  for (const CachedFile& file : files) {
    if (all <= most) return;
    if (file.path == keep) continue;
    fs::remove(file.path, ignored);
    all -= file.bytes;
  }
}

}  // namespace weft
