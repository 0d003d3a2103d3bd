// A data set's files: which there are, of which format, and what each part is read from.
#pragma once

#include <filesystem>

#include "data/format.hpp"
#include "data/parts.hpp"

namespace weft {

// A folder of files of one format. Ignored: hidden files, folders, small text that is no CSV, and
// name.gz beside name. Files are told by their contents and their parts by their names (part_of);
// where none says a part, all are one. Only files of parts that are wanted are read, and what may
// hold the training labels. In a folder with the canonical IDX files, whose names say it all, files
// of no format are ignored too; with `canonical_only` all others are. Throws Error(bad_input).
RawData read_folder(const std::filesystem::path& folder, const LoadOptions& options,
                    bool canonical_only = false);

// One file, whole unless its format has parts.
RawData read_single(const std::filesystem::path& file, const LoadOptions& options);

// A file that has been read: its name for errors, the part that its name says, its contents.
struct SourceFile {
  std::filesystem::path path;
  std::optional<Part> part;
  bool canonical = false;
  FileBytes bytes;
  std::optional<Format> format;

  std::string name() const { return path.string(); }
};

// The parts in files of one format.
std::vector<RawPart> idx_parts(std::vector<SourceFile>& files, const LoadOptions& options);
std::vector<RawPart> csv_parts(std::vector<SourceFile>& files, const LoadOptions& options);
std::vector<RawPart> npz_parts(std::vector<SourceFile>& files, const LoadOptions& options);
std::vector<RawPart> cifar_parts(std::vector<SourceFile>& files, const LoadOptions& options);

}  // namespace weft
