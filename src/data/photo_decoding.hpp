// Decoding photos into memory that is there already.
#pragma once

#include <cstddef>
#include <functional>

#include "data/picture_cache.hpp"

namespace weft {

// How much memory decode_photos takes for these photos.
std::size_t bytes_for(const PhotoList& list, const Shape& picture);

// Puts the photos, fitted to `picture`, into `pixels`: bytes_for() of them, beginning at a 64-byte
// border. {0, height, width} has one channel where all photos are grey, else three. What cannot be
// read is left out and told in `failed`. Threads share the work; on_photo is called as LoadOptions
// says, and what it or anything else throws ends it. Leaves digests, warnings and `pixels` of the
// answer.
FittedPhotos decode_photos(const PhotoList& list, const Shape& picture, std::byte* pixels,
                           const std::function<void(std::size_t, std::size_t)>& on_photo);

}  // namespace weft
