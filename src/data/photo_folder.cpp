// Photos in folders.

#include <sys/stat.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "base/error.hpp"
#include "data/format.hpp"
#include "data/photo_list.hpp"
#include "data/text.hpp"
#include "image/decode.hpp"

namespace weft {
namespace {

namespace fs = std::filesystem;

// What is not hidden in a folder, by name.
struct Entries {
  std::vector<std::string> folders, pictures, others;
};

Entries entries_of(const fs::path& folder) {
  Entries entries;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with('.')) continue;
    std::error_code ignored;
    if (entry->is_directory(ignored)) {
      entries.folders.push_back(name);
    } else if (is_picture_name(name)) {
      entries.pictures.push_back(name);
    } else {
      entries.others.push_back(name);
    }
  }
  if (error) {
    fail(ErrorCode::failed, "data: cannot list {}: {}", folder.string(), error.message());
  }
  for (auto* names : {&entries.folders, &entries.pictures, &entries.others}) {
    std::ranges::sort(*names);
  }
  return entries;
}

// Goes through a folder and those below it, none of them twice: a link may lead back up.
class Walk {
 public:
  // Calls on_picture with the name from `root` on, until it returns false.
  Walk(fs::path root, std::function<bool(std::string)> on_picture)
      : root_(std::move(root)), on_picture_(std::move(on_picture)) {}

  bool below(const std::string& name) {
    struct stat facts {};
    const fs::path folder = root_ / name;
    if (::stat(folder.c_str(), &facts) != 0) return true;  // gone meanwhile
    if (!seen_.emplace(facts.st_dev, facts.st_ino).second) return true;
    const Entries entries = entries_of(folder);
    for (const std::string& picture : entries.pictures) {
      if (!on_picture_(name + "/" + picture)) return false;
    }
    return std::ranges::all_of(entries.folders,
                               [&](const auto& inner) { return below(name + "/" + inner); });
  }

 private:
  fs::path root_;
  std::function<bool(std::string)> on_picture_;
  std::set<std::pair<dev_t, ino_t>> seen_;
};

bool has_pictures_below(const fs::path& root, const std::string& name) {
  return !Walk(root, [](const std::string&) { return false; }).below(name);
}

// A folder that its own name makes a part: it holds folders, and no loose pictures as a class does.
bool is_part(const fs::path& folder) {
  if (!part_of_folder(folder.filename().string())) return false;
  const Entries entries = entries_of(folder);
  return !entries.folders.empty() && entries.pictures.empty();
}

// Data of the other formats. A packed copy of the photos may lie beside them, so that an archive
// counts only by its name.
bool is_other_data(const fs::path& file) {
  constexpr std::size_t kMostBytes = std::size_t{4} << 30;
  try {
    const FileBytes bytes = read_unpacked(file, kMostBytes);
    const auto format = format_of(bytes.span());
    if (format == Format::npz) return lower(file.extension().string()) == ".npz";
    return format && !(format == Format::csv && is_photo_table(bytes.span()));
  } catch (const Error&) {
    return false;
  }
}

// The classes that one part has folders for.
struct PartFolder {
  Part part;
  std::string name;  // "" for the data's folder itself
  Entries entries;

  std::string below(const std::string& entry) const {
    return name.empty() ? entry : name + "/" + entry;
  }
};

std::vector<PartFolder> parts_in(const fs::path& root, const Entries& top, PhotoList& list) {
  std::vector<PartFolder> parts;
  std::vector<std::string> left_out;
  for (const std::string& name : top.folders) {
    const auto part = part_of_folder(name);
    if (!part) {
      if (has_pictures_below(root, name)) left_out.push_back(excerpt(name));
      continue;
    }
    const auto same = std::ranges::find(parts, *part, &PartFolder::part);
    if (same != parts.end()) {
      fail(ErrorCode::bad_input,
           "data: {}: the folders {} and {} are both the {} part: bring them together, or take one "
           "away",
           root.string(), excerpt(same->name), excerpt(name), name_of(*part));
    }
    parts.push_back({*part, name, entries_of(root / name)});
  }
  if (!left_out.empty()) {
    list.warnings.push_back(
        fmt::format("left out are the pictures in {}: beside the folders {} only others of parts "
                    "are read",
                    fmt::join(left_out, ", "), parts[0].name));
  }
  std::ranges::sort(parts, {}, &PartFolder::part);
  return parts;
}

// "the train part has "hat", which the test part lacks", for every class and part.
void check_same_classes(const fs::path& root, const std::vector<PartFolder>& parts) {
  std::vector<std::string> lacks;
  for (const PartFolder& one : parts) {
    for (const PartFolder& other : parts) {
      std::vector<std::string> missing;
      for (const std::string& name : one.entries.folders) {
        if (!std::ranges::binary_search(other.entries.folders, name)) {
          missing.push_back(excerpt(name));
        }
      }
      if (missing.empty()) continue;
      lacks.push_back(
          fmt::format("{} lacks {} of {}", other.name, fmt::join(missing, ", "), one.name));
    }
  }
  if (lacks.empty()) return;
  fail(ErrorCode::bad_input,
       "data: {}: the parts have different classes: {}: bring the folders to the same names; one "
       "without pictures may be empty",
       root.string(), fmt::join(lacks, "; "));
}

void add_pictures(const PartFolder& part, PhotoList& list) {
  for (const std::string& name : part.entries.folders) {
    const auto found = std::ranges::lower_bound(list.class_names, name);
    const auto label = static_cast<Label>(found - list.class_names.begin());
    const auto begin = static_cast<std::ptrdiff_t>(list.photos.size());
    Walk(list.root, [&](std::string picture) {
      list.photos.push_back({.name = std::move(picture), .part = part.part, .label = label});
      return true;
    }).below(part.below(name));
    std::ranges::sort(list.photos.begin() + begin, list.photos.end(), {}, &Photo::name);
  }
}

// Pictures that are in no class: the part's own, where it has no others and needs no labels.
void add_loose(const PartFolder& part, const LoadOptions& options, PhotoList& list) {
  const std::vector<std::string>& loose = part.entries.pictures;
  if (loose.empty()) return;
  const fs::path folder = list.root / part.name;
  const bool wanted = is_wanted(part.part, options);
  if (!part.entries.folders.empty()) {
    list.warnings.push_back(
        fmt::format("left out are {} pictures that lie in {} itself, in no folder of a class",
                    loose.size(), folder.string()));
    return;
  }
  if (wanted && options.labels) {
    fail(ErrorCode::bad_input,
         "data: {} holds {} pictures, {} and so on, in no folder of a class: put each into a "
         "folder that is called as what it shows",
         folder.string(), loose.size(), excerpt(loose[0]));
  }
  for (const std::string& name : loose) {
    list.photos.push_back({.name = part.below(name), .part = part.part});
  }
  list.unlabelled.push_back(part.part);
}

}  // namespace

bool holds_photos(const fs::path& folder) {
  const Entries entries = entries_of(folder);
  const bool pictures =
      !entries.pictures.empty() || std::ranges::any_of(entries.folders, [&](const auto& name) {
        return has_pictures_below(folder, name);
      });
  return pictures && std::ranges::none_of(entries.others, [&](const auto& name) {
           return is_other_data(folder / name);
         });
}

PhotoList list_photo_folder(const fs::path& folder, const LoadOptions& options) {
  PhotoList list;
  list.root = folder;
  Entries top = entries_of(folder);
  std::vector<PartFolder> parts;
  if (std::ranges::any_of(top.folders, [&](const auto& name) { return is_part(folder / name); })) {
    parts = parts_in(folder, top, list);
  } else {
    std::erase_if(top.folders, [&](const auto& name) { return !has_pictures_below(folder, name); });
    parts.push_back({Part::whole, "", std::move(top)});
  }
  std::vector<std::string> names;
  std::vector<PartFolder> labelled;
  for (const PartFolder& part : parts) {
    if (part.entries.folders.empty()) continue;
    names.insert(names.end(), part.entries.folders.begin(), part.entries.folders.end());
    labelled.push_back(part);
  }
  list.class_names = class_names_of(std::move(names), folder.string());
  check_same_classes(folder, labelled);
  for (const PartFolder& part : parts) {
    add_pictures(part, list);
    add_loose(part, options, list);
  }
  look_up_files(list);
  return list;
}

}  // namespace weft
