#include "data/photo_files.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <system_error>

#include "image/decode.hpp"

namespace weft {
namespace {

namespace fs = std::filesystem;

// What is not hidden in a folder and is a folder, or named as a picture.
std::vector<std::string> names_in(const std::string& folder, std::error_code& error) {
  std::vector<std::string> names;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (name.starts_with('.')) continue;
    std::error_code ignored;
    if (entry->is_directory(ignored)) {
      names.push_back(std::move(name) + "/");
    } else if (is_picture_name(name)) {
      names.push_back(std::move(name));
    }
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace

PhotoFiles::PhotoFiles(NextPath next_path, const fs::path& left_out)
    : next_path_(std::move(next_path)) {
  if (!left_out.empty()) left_out_ = folder_at(left_out.string());
}

std::optional<PhotoFiles::Identity> PhotoFiles::folder_at(const std::string& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0 || !S_ISDIR(facts.st_mode)) return std::nullopt;
  return Identity{facts.st_dev, facts.st_ino};
}

// A folder's contents are next from now on. Returns what there is to say at once: a file, or that a
// folder cannot be read.
std::optional<FoundPhoto> PhotoFiles::enter(std::string path) {
  const auto folder = folder_at(path);
  if (!folder) return FoundPhoto{std::move(path)};
  if (!seen_.insert(*folder).second) return std::nullopt;
  if (!path.ends_with('/')) path += '/';
  std::error_code error;
  std::vector<std::string> names = names_in(path, error);
  open_.push_back({path, std::move(names)});
  if (!error) return std::nullopt;
  std::string why = "cannot list " + path + ": " + error.message();
  return FoundPhoto{std::move(path), std::move(why)};
}

std::optional<FoundPhoto> PhotoFiles::next_within() {
  while (!open_.empty()) {
    Folder& folder = open_.back();
    if (folder.next == folder.names.size()) {
      open_.pop_back();
      continue;
    }
    const std::string& name = folder.names[folder.next++];
    std::string path = folder.name + name;
    if (!name.ends_with('/')) return FoundPhoto{std::move(path)};
    // A folder that is gone meanwhile is no photo.
    if (!folder_at(path)) continue;
    if (auto found = enter(std::move(path))) return found;
  }
  return std::nullopt;
}

std::optional<FoundPhoto> PhotoFiles::next() {
  while (true) {
    if (auto found = next_within()) return found;
    auto path = next_path_();
    if (!path) return std::nullopt;
    seen_.clear();
    if (left_out_) seen_.insert(*left_out_);
    if (auto found = enter(std::move(*path))) return found;
  }
}

}  // namespace weft
