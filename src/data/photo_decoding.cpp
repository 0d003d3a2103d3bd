#include "data/photo_decoding.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <exception>
#include <mutex>
#include <optional>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/threads.hpp"
#include "image/decode.hpp"
#include "image/photo_steps.hpp"

namespace weft {
namespace {

constexpr std::size_t kBorder = 4096;  // of a part: a page

std::size_t round_up(std::size_t bytes) {
  return (bytes + kBorder - 1) / kBorder * kBorder;
}

// Where each photo's pixels stand while they are decoded: in the list's order, each part from a
// border on.
std::vector<std::size_t> places_of(const PhotoList& list, std::size_t size) {
  std::vector<std::size_t> places;
  std::size_t next = 0;
  for (std::size_t i = 0; i < list.photos.size(); ++i) {
    if (i > 0 && list.photos[i].part != list.photos[i - 1].part) next = round_up(next);
    places.push_back(next);
    next += size;
  }
  return places;
}

Shape with_channels(const Shape& picture, std::size_t channels) {
  return {channels, picture[1], picture[2]};
}

class Decoding {
 public:
  Decoding(const PhotoList& list, const Shape& picture, std::byte* pixels,
           const std::function<void(std::size_t, std::size_t)>& on_photo)
      : list_(list),
        input_(with_channels(picture, picture[0] == 0 ? 3 : picture[0])),
        places_(places_of(list, input_.elements())),
        pixels_(reinterpret_cast<std::uint8_t*>(pixels)),
        on_photo_(on_photo),
        failed_(list.photos.size()) {}

  void run() {
    parallel_for(default_threads(), list_.photos.size(), [&](std::size_t i, int) {
      if (stopped_) return;
      try {
        decode_one(i);
        tell();
      } catch (...) {
        const std::lock_guard guard(mutex_);
        if (!thrown_) thrown_ = std::current_exception();
        stopped_ = true;
      }
    });
    if (thrown_) std::rethrow_exception(thrown_);
  }

  // Moves what was decoded together, in place: never to the right of where it stands.
  FittedPhotos finish(bool may_be_grey) {
    FittedPhotos photos;
    photos.grey = !colour_;
    photos.picture = may_be_grey && photos.grey ? with_channels(input_, 1) : input_;
    const std::size_t size = photos.picture.elements();
    std::size_t next = 0;
    for (std::size_t i = 0; i < list_.photos.size(); ++i) {
      const Part part = list_.photos[i].part;
      if (photos.parts.empty() || photos.parts.back().part != part) {
        const std::size_t begin = round_up(next);
        std::memset(pixels_ + next, 0, begin - next);
        next = begin;
        photos.parts.push_back({.part = part, .begin = next});
      }
      if (failed_[i]) {
        photos.failed.emplace_back(i, *failed_[i]);
        continue;
      }
      // Of grey photos all planes are equal: the first one is the picture.
      if (next != places_[i]) std::memmove(pixels_ + next, pixels_ + places_[i], size);
      next += size;
      ++photos.parts.back().count;
    }
    photos.bytes = next;
    return photos;
  }

 private:
  void decode_one(std::size_t i) {
    const Photo& photo = list_.photos[i];
    DecodeOptions options;
    options.longest_side = decoded_side(input_);
    std::optional<FileBytes> file;
    try {
      file = read_file(list_.path(photo), options.max_bytes);
    } catch (const Error& error) {
      failed_[i] = error.what();
      return;
    }
    Picture picture;
    try {
      picture = decode(std::as_bytes(file->span()), photo.name, options);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::bad_input) throw;
      failed_[i] = error.what();
      return;
    }
    if (picture.channels != 1) colour_ = true;
    convert(picture, plain_steps(), input_, {pixels_ + places_[i], input_.elements()});
  }

  void tell() {
    const std::size_t done = ++done_;
    if (!on_photo_) return;
    const std::unique_lock guard(telling_, std::try_to_lock);
    if (guard) on_photo_(done, list_.photos.size());
  }

  const PhotoList& list_;
  const Shape input_;  // while decoding
  const std::vector<std::size_t> places_;
  std::uint8_t* const pixels_;
  const std::function<void(std::size_t, std::size_t)>& on_photo_;
  std::vector<std::optional<std::string>> failed_;
  std::atomic<bool> colour_{false}, stopped_{false};
  std::atomic<std::size_t> done_{0};
  std::mutex mutex_, telling_;
  std::exception_ptr thrown_;
};

}  // namespace

std::size_t bytes_for(const PhotoList& list, const Shape& picture) {
  const std::size_t size = with_channels(picture, picture[0] == 0 ? 3 : picture[0]).elements();
  const auto places = places_of(list, size);
  return places.empty() ? 0 : places.back() + size;
}

FittedPhotos decode_photos(const PhotoList& list, const Shape& picture, std::byte* pixels,
                           const std::function<void(std::size_t, std::size_t)>& on_photo) {
  Decoding decoding(list, picture, pixels, on_photo);
  decoding.run();
  return decoding.finish(picture[0] == 0);
}

}  // namespace weft
