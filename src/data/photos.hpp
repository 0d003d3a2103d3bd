// From files of photos to a data set.
#pragma once

#include "data/photo_list.hpp"

namespace weft {

// Decodes the photos on all cores, or takes them from the cache, where they are kept for the next
// time; makes them to one size by plain_steps(). Which thread decodes what changes nothing. Pixels
// are looked at in the cache's file, so that they need not fit into the memory; without a folder
// for the cache they stand in memory. The warnings are the list's, those of photos that could not
// be read, of classes with one photo, and of photos that stand in two parts. Throws
// Error(bad_input) when none of the wanted parts is there, where options.strict forbids what could
// not be read, and where none could be; Error(usage) for a size that cannot be; Error(failed) when
// the library that decodes is not there.
Dataset load_photos(PhotoList list, const LoadOptions& options);

}  // namespace weft
