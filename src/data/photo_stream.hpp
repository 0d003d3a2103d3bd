// Photos on their way from files to a network's input, several at once, in their order.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "data/photo_files.hpp"
#include "image/decode.hpp"
#include "image/photo_steps.hpp"

namespace weft {

// What is done to each.
struct PhotoWork {
  Shape input;  // {channels, height, width}, of 1 or 3 channels
  PhotoSteps steps;
  DecodeOptions decode = {};  // its longest_side is chosen by the steps and the input
  int threads = 0;            // that decode and convert; 0: all processors
};

struct ConvertedPhoto {
  std::string file;
  std::string error;                 // why it cannot be used; else empty
  std::vector<std::uint8_t> pixels;  // {channels, height, width}; none where there is an error
};

class PhotoStream {
 public:
  // Called by one thread at a time, not always the same one, and never again once it gave nothing.
  using Next = std::function<std::optional<FoundPhoto>()>;

  // The most photos that are held, whether they wait or are worked on, beyond what was taken.
  static constexpr std::size_t kMostHeld = 128;

  // stop: asked to when the stream ends, so that a `next` that waits for somebody can give nothing.
  PhotoStream(Next next, PhotoWork work, std::stop_source stop = {});
  // Waits for the photos that are being worked on, and for `next` if it is called just then.
  ~PhotoStream();
  PhotoStream(const PhotoStream&) = delete;
  PhotoStream& operator=(const PhotoStream&) = delete;

  // The next ones, in the order in which `next` gave them: as many as are done, at most `most`. It
  // waits for one, and some milliseconds for more. None at the end. A file that cannot be used is
  // among them, with its error; what stops all work is thrown, after what came before:
  // Error(failed) where the module for pictures is missing, what `next` throws.
  std::vector<ConvertedPhoto> take(std::size_t most);

 private:
  struct Place {
    bool done = false;
    ConvertedPhoto photo;
    std::exception_ptr thrown;
  };
  struct Claim {
    std::size_t number;
    std::optional<FoundPhoto> photo;
    std::exception_ptr thrown;
  };

  void work();
  std::optional<Claim> claim();
  ConvertedPhoto convert_one(FoundPhoto found) const;
  void put(std::size_t number, ConvertedPhoto photo, std::exception_ptr thrown);

  Next next_;
  PhotoWork work_;
  std::stop_source stop_;
  std::mutex asking_;  // held while `next` is called
  std::mutex mutex_;   // of all that follows
  std::condition_variable changed_;
  std::vector<Place> places_{kMostHeld};  // of photo n: n % kMostHeld
  std::size_t claimed_ = 0, taken_ = 0;
  bool ended_ = false;  // no more will be claimed
  std::vector<std::thread> workers_;
};

}  // namespace weft
