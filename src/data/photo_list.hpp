// Pictures that stand in files of their own: which there are, of what part and class.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "data/parts.hpp"
#include "weft/data.hpp"

namespace weft {

inline constexpr std::size_t kMostClasses = kLargestLabel + 1;

struct Photo {
  std::string name;  // from the data's folder on
  Part part = Part::whole;
  Label label = 0;
  // As the file system tells: a file that is written anew has another time of change. All 0 where
  // there is no file.
  std::uint64_t bytes = 0;
  std::int64_t modified = 0, changed = 0;  // nanoseconds since 1970
};

struct PhotoList {
  std::filesystem::path root;
  std::vector<Photo> photos;  // of a part one after another: train, val, test, whole
  std::vector<Part> unlabelled;
  std::vector<std::string> class_names;
  std::vector<std::string> warnings;

  std::filesystem::path path(const Photo& photo) const { return root / photo.name; }
};

// Is what is in the folder pictures, in folders or loose? Not where files of another format lie
// there too: those are the data then.
bool holds_photos(const std::filesystem::path& folder);

// A folder a class, in folders of parts or without; loose pictures where labels are not needed.
// What lies deeper is its class's too. Hidden files and what is not named as a picture are passed
// over; links are followed, but no folder is read twice for one class. In each part by class, then
// by name. Throws Error(bad_input) for parts whose classes differ, for classes that differ only by
// case, where there are no pictures or they are in no class.
PhotoList list_photo_folder(const std::filesystem::path& folder, const LoadOptions& options);

// Is it a table of pictures' files? Its first row names such a column, or holds a picture's name.
bool is_photo_table(std::span<const std::uint8_t> bytes);

// Columns: the picture's path, from the folder that the table is in; the label, as
// options.label_column says or the header does (label, labels, class, target or y), else the second
// of two; "split" in a header, if it is there: train, val or test, else all are one. In the order
// of the rows. Throws Error(bad_input) naming row and column, Error(usage) for a label column that
// is not there.
PhotoList list_photo_table(std::span<const std::uint8_t> bytes, const std::filesystem::path& file,
                           const LoadOptions& options);

// What the two share: puts the photos in the order of their parts, and looks up their files.
void sort_by_part(PhotoList& list);
void look_up_files(PhotoList& list);
// The names in the order of their bytes, without equal ones. Throws Error(bad_input) for too many,
// and for two that differ only by case.
std::vector<std::string> class_names_of(std::vector<std::string> names, const std::string& source);
// train, val, valid, validation or test, in any case.
std::optional<Part> part_of_folder(std::string_view name);

}  // namespace weft
