#include "data/photo_list.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <map>

#include "base/error.hpp"
#include "data/array.hpp"
#include "data/text.hpp"

namespace weft {
namespace {

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

void sort_by_part(PhotoList& list) {
  std::ranges::stable_sort(list.photos, {}, &Photo::part);
}

void look_up_files(PhotoList& list) {
  for (Photo& photo : list.photos) {
    struct stat facts {};
    if (::stat(list.path(photo).c_str(), &facts) != 0) continue;
    photo.bytes = static_cast<std::uint64_t>(facts.st_size);
    photo.modified = nanoseconds(facts.st_mtim);
    photo.changed = nanoseconds(facts.st_ctim);
  }
}

std::vector<std::string> class_names_of(std::vector<std::string> names, const std::string& source) {
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.size() > kMostClasses) {
    fail(ErrorCode::bad_input, "data: {} has {} classes, of which {} ...: at most {} can be learnt",
         source, names.size(), excerpt(names[0]), kMostClasses);
  }
  std::map<std::string, const std::string*> seen;
  for (const std::string& name : names) {
    const auto [before, is_new] = seen.try_emplace(lower(name), &name);
    if (is_new) continue;
    fail(ErrorCode::bad_input,
         "data: {}: the classes {} and {} differ only by case: rename one if they are two, or "
         "bring them together",
         source, excerpt(*before->second), excerpt(name));
  }
  return names;
}

std::optional<Part> part_of_folder(std::string_view name) {
  const std::string word = lower(name);
  if (word == "train") return Part::train;
  if (word == "test") return Part::test;
  if (word == "val" || word == "valid" || word == "validation") return Part::val;
  return std::nullopt;
}

}  // namespace weft
