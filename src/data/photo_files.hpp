// Files of photos, found one after another as they are asked for.
#pragma once

#include <sys/types.h>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace weft {

struct FoundPhoto {
  std::string file;        // as it was named, or the folder's name with the photo's behind it
  std::string error = {};  // of a folder: why it cannot be read; else empty
};

class PhotoFiles {
 public:
  // next_path: a file, taken whatever its name and whether or not it is there; or a folder, of
  // which those files are taken that are named as pictures, and those in the folders below it, in
  // the order of their whole names. What is hidden is left out there, and so is the folder
  // `left_out`. Links are followed, but no folder is read twice for one path: a link may lead back
  // up.
  using NextPath = std::function<std::optional<std::string>()>;
  explicit PhotoFiles(NextPath next_path, const std::filesystem::path& left_out = {});

  // Nothing when next_path gave nothing. Besides the paths themselves no more is held than the
  // names in one folder, and in those above it.
  std::optional<FoundPhoto> next();

 private:
  using Identity = std::pair<dev_t, ino_t>;
  struct Folder {
    std::string name;                // ends in "/"
    std::vector<std::string> names;  // of what is in it, in order; those of folders end in "/"
    std::size_t next = 0;
  };

  static std::optional<Identity> folder_at(const std::string& path);
  std::optional<FoundPhoto> enter(std::string path);
  std::optional<FoundPhoto> next_within();

  NextPath next_path_;
  std::optional<Identity> left_out_;
  std::set<Identity> seen_;  // folders of this path
  std::vector<Folder> open_;
};

}  // namespace weft
