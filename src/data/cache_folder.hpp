// Where weft keeps what it would have to fetch or make again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace weft {

// $WEFT_CACHE, else $XDG_CACHE_HOME/weft, else ~/.cache/weft. Empty when none of the variables is
// set, nor HOME.
std::filesystem::path cache_folder();

// How much of decoded pictures is kept: $WEFT_CACHE_SIZE, as in 500M, 20G or 1T, else 8 GiB. Throws
// Error(usage) when it is no size.
std::uint64_t most_cache_bytes();

inline constexpr const char* kPicturesEnding = ".pictures";

// The folder that decoded pictures are kept in, cache_folder()/pictures; empty when there is none.
std::filesystem::path pictures_folder();

// The files of decoded pictures in `folder`, and what an interrupted program left of one, the one
// that was used last at the end.
struct CachedFile {
  std::filesystem::path path;
  std::uintmax_t bytes = 0;
};
std::vector<CachedFile> cached_pictures(const std::filesystem::path& folder);

// Notes that the file is used now. Removes those that were used longest ago, but not `keep`, until
// all have `most` bytes at most; whoever has one open goes on using it. Neither fails: the cache
// may be another user's.
void note_use(const std::filesystem::path& file);
void trim_pictures(const std::filesystem::path& folder, std::uint64_t most,
                   const std::filesystem::path& keep);

}  // namespace weft
