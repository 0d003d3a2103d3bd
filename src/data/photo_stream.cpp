#include "data/photo_stream.hpp"

#include <algorithm>
#include <chrono>
#include <new>
#include <utility>

#include "base/error.hpp"
#include "base/threads.hpp"

namespace weft {
namespace {

// A network takes many at once for less, and what wakes its threads for one takes them from those
// that decode; somebody who waits for an answer does not notice the wait.
constexpr std::size_t kWorthTaking = 32;
constexpr std::chrono::milliseconds kPatience{25};

}  // namespace

PhotoStream::PhotoStream(Next next, PhotoWork work, std::stop_source stop)
    : next_(std::move(next)), work_(std::move(work)), stop_(std::move(stop)) {
  const Shape& input = work_.input;
  if (input.rank() != 3 || (input[0] != 1 && input[0] != 3) || input.elements() == 0) {
    fail(ErrorCode::usage,
         "photos: the network takes {} (channels x height x width), but a photo has 1 channel or 3",
         input.text());
  }
  work_.decode.longest_side = decoded_side(input);
  const int threads = work_.threads > 0 ? work_.threads : default_threads();
  for (int i = 0; i < threads; ++i) workers_.emplace_back([this] { this->work(); });
}

PhotoStream::~PhotoStream() {
  {
    const std::lock_guard guard(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  stop_.request_stop();
  for (std::thread& worker : workers_) worker.join();
}

std::vector<ConvertedPhoto> PhotoStream::take(std::size_t most) {
  std::vector<ConvertedPhoto> photos;
  std::unique_lock lock(mutex_);
  const auto first_is_done = [&] { return places_[taken_ % kMostHeld].done; };
  changed_.wait(lock, [&] { return first_is_done() || (ended_ && taken_ == claimed_); });
  const auto enough = [&] {
    std::size_t done = 0;
    while (done < std::min(most, kWorthTaking) && places_[(taken_ + done) % kMostHeld].done) ++done;
    return done >= std::min(most, kWorthTaking) || (ended_ && taken_ + done == claimed_);
  };
  changed_.wait_for(lock, kPatience, enough);
  while (photos.size() < most && first_is_done()) {
    Place& place = places_[taken_ % kMostHeld];
    if (place.thrown && !photos.empty()) break;
    if (place.thrown) std::rethrow_exception(place.thrown);
    photos.push_back(std::move(place.photo));
    place = {};
    ++taken_;
  }
  lock.unlock();
  changed_.notify_all();
  return photos;
}

void PhotoStream::work() {
  while (auto claimed = claim()) {
    ConvertedPhoto photo;
    std::exception_ptr thrown = claimed->thrown;
    if (!thrown) {
      try {
        photo = convert_one(std::move(*claimed->photo));
      } catch (...) {
        thrown = std::current_exception();
      }
    }
    put(claimed->number, std::move(photo), thrown);
  }
}

// Nothing when there are no more.
std::optional<PhotoStream::Claim> PhotoStream::claim() {
  const std::lock_guard one_at_a_time(asking_);
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ended_ || claimed_ < taken_ + kMostHeld; });
    if (ended_) return std::nullopt;
  }
  // This may take as long as somebody needs to write a line.
  Claim claim{};
  try {
    claim.photo = next_();
  } catch (...) {
    claim.thrown = std::current_exception();
  }
  const std::lock_guard guard(mutex_);
  if (!claim.photo) {
    ended_ = true;
    changed_.notify_all();
    if (!claim.thrown) return std::nullopt;
  }
  claim.number = claimed_++;
  return claim;
}

ConvertedPhoto PhotoStream::convert_one(FoundPhoto found) const {
  ConvertedPhoto photo{std::move(found.file), std::move(found.error), {}};
  if (!photo.error.empty()) return photo;
  try {
    const Picture picture = decode_file(photo.file, work_.decode);
    photo.pixels.resize(work_.input.elements());
    convert(picture, work_.steps, work_.input, photo.pixels);
    return photo;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::bad_input) throw;
    photo.error = error.what();
  } catch (const std::bad_alloc&) {
    photo.error = photo.file + ": there is not enough memory for it";
  }
  photo.pixels.clear();
  return photo;
}

void PhotoStream::put(std::size_t number, ConvertedPhoto photo, std::exception_ptr thrown) {
  {
    const std::lock_guard guard(mutex_);
    places_[number % kMostHeld] = {true, std::move(photo), std::move(thrown)};
  }
  changed_.notify_all();
}

}  // namespace weft
