// Photos put into a folder a class.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weft::cli {

// A class's name as one of a folder: what would lead elsewhere, hide it, or trouble other systems
// becomes "_", and long names are cut. "T-shirt/top" is T-shirt_top.
std::string folder_name(std::string_view class_name);

class PhotoSorter {
 public:
  static constexpr auto kReview = "_review";

  // Makes the folder where it is missing. link: hard links instead of copies, or symbolic ones
  // where those cannot be, as on another disk. Throws Error(failed).
  PhotoSorter(std::filesystem::path folder, const std::vector<std::string>& class_names, bool link);

  // Puts the file into the class's folder, or into kReview for none, and returns where. What is
  // there already stays: a name that is taken is followed by -2, -3 ... before its ending. Throws
  // Error(failed) with the reason.
  std::filesystem::path put(const std::filesystem::path& file, std::optional<std::size_t> label);

 private:
  enum class Made { yes, taken };
  Made make(const std::filesystem::path& file, const std::filesystem::path& to) const;

  std::filesystem::path folder_;
  std::vector<std::string> names_;  // of the classes' folders, and then kReview
  bool link_;
  // Of names that were taken, the number that was found free last.
  std::map<std::filesystem::path, std::size_t> used_;
};

}  // namespace weft::cli
