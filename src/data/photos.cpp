#include "data/photos.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "base/error.hpp"
#include "base/memory.hpp"
#include "data/cache_folder.hpp"
#include "data/duplicates.hpp"
#include "data/photo_decoding.hpp"
#include "data/picture_cache.hpp"
#include "data/text.hpp"

namespace weft {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kShown = 3;  // examples in a warning

// {0, height, width} where the photos say how many channels there are.
Shape asked_picture(const LoadOptions& options) {
  constexpr std::size_t kUsual = 64, kLeast = 8, kMost = 224;
  if (options.image_size && (*options.image_size < kLeast || *options.image_size > kMost)) {
    fail(ErrorCode::usage, "data: photos of {} x {} pixels: the side is {} to {}",
         *options.image_size, *options.image_size, kLeast, kMost);
  }
  const std::size_t side = options.image_size.value_or(kUsual);
  if (!options.like) return {0, side, side};
  const Shape& like = *options.like;
  if (like.rank() != 3 || (like[0] != 1 && like[0] != 3)) {
    fail(ErrorCode::usage,
         "data: photos as {} are none: they are made to {{channels, height, width}} with 1 or 3 "
         "channels",
         like.text());
  }
  return options.image_size ? Shape{like[0], side, side} : like;
}

// File systems tell times by a clock that ticks every few milliseconds: a file that is written
// twice within one tick looks the same. Once the tick is over, what is read is what its time means.
void wait_for_tick(const PhotoList& list) {
  using namespace std::chrono;
  constexpr auto kTick = milliseconds(20);
  std::int64_t newest = 0;
  for (const Photo& photo : list.photos) newest = std::max(newest, photo.changed);
  const auto age = system_clock::now().time_since_epoch() - nanoseconds(newest);
  if (age > nanoseconds(-kTick) && age < kTick) std::this_thread::sleep_for(kTick);
}

// The photos of a part that could be read.
LabelledImages images_of(const FittedPhotos& fitted, const FittedPart& part,
                         const PhotoList& list) {
  const Shape& picture = fitted.picture;
  LabelledImages images{Tensor(DataType::u8, {part.count, picture[0], picture[1], picture[2]},
                               {fitted.pixels, fitted.pixels.get() + part.begin}),
                        {}};
  images.known_digest = part.digest;
  const bool labelled = std::ranges::find(list.unlabelled, part.part) == list.unlabelled.end();
  auto failed = fitted.failed.begin();
  for (std::size_t i = 0; i < list.photos.size(); ++i) {
    const bool is_failed = failed != fitted.failed.end() && failed->first == i;
    if (is_failed) ++failed;
    if (is_failed || list.photos[i].part != part.part) continue;
    images.files.push_back(list.photos[i].name);
    if (labelled) images.labels.push_back(list.photos[i].label);
  }
  return images;
}

std::string twins_text(const LabelledImages& first, const char* first_name,
                       const LabelledImages& second, const char* second_name,
                       const std::vector<Twins>& twins) {
  std::vector<std::string> examples;
  for (const Twins& pair : std::span(twins).first(std::min(kShown, twins.size()))) {
    examples.push_back(first.files[pair.first] + " and " + second.files[pair.second]);
  }
  return fmt::format(
      "{} of the {} {} photos {} nearly equal to {} of the {} part, so that accuracy on them says "
      "little: {}{}",
      twins.size(), second.size(), second_name, twins.size() == 1 ? "is" : "are",
      twins.size() == 1 ? "one" : "some", first_name, fmt::join(examples, ", "),
      twins.size() > kShown ? fmt::format(" and {} more", twins.size() - kShown) : "");
}

// What takes looking at all the pixels: digests, and photos that stand in two parts.
void look_through(const PhotoList& list, FittedPhotos& fitted) {
  std::vector<LabelledImages> parts;
  parts.reserve(fitted.parts.size());
  for (const FittedPart& part : fitted.parts) parts.push_back(images_of(fitted, part, list));
  std::vector<std::function<void()>> jobs;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    jobs.push_back([&, i] { fitted.parts[i].digest = digest(parts[i]); });
  }
  run_all(jobs);
  if (parts.size() < 2) return;
  std::vector<std::vector<PictureHash>> hashes;
  for (const LabelledImages& part : parts) hashes.push_back(hashes_of(part.images));
  for (std::size_t i = 0; i < parts.size(); ++i) {
    for (std::size_t j = i + 1; j < parts.size(); ++j) {
      const auto twins = near_duplicates(parts[i].images, hashes[i], parts[j].images, hashes[j]);
      if (twins.empty()) continue;
      fitted.warnings.push_back(twins_text(parts[i], name_of(fitted.parts[i].part), parts[j],
                                           name_of(fitted.parts[j].part), twins));
    }
  }
}

// The files of one list and size in the cache: as many channels as were asked for, 0 for as many
// as the photos have.
class Cached {
 public:
  Cached(const PhotoList& list, const Shape& asked)
      : list_(list), asked_(asked), folder_(pictures_folder()), most_(most_cache_bytes()) {
    constexpr std::size_t kDigits = 32;
    if (is_there()) key_ = key_of(list, asked[1], asked[2]).substr(0, kDigits);
  }

  bool is_there() const { return !folder_.empty() && most_ > 0; }

  // Whoever asked for them, they are the same photos when they have these channels.
  std::optional<FittedPhotos> read(std::vector<std::string>& warnings) const {
    if (!is_there()) return std::nullopt;
    for (const std::size_t channels : {asked_[0], std::size_t{0}, std::size_t{3}, std::size_t{1}}) {
      const fs::path path = file(channels);
      std::error_code ignored;
      if (!fs::exists(path, ignored)) continue;
      try {
        FittedPhotos found = read_cached(path, list_.photos.size());
        const std::size_t wanted = asked_[0] != 0 ? asked_[0] : found.grey ? 1 : 3;
        if (found.picture != Shape{wanted, asked_[1], asked_[2]}) continue;
        note_use(path);
        return found;
      } catch (const Error& error) {
        warnings.push_back(fmt::format("{}: the photos are decoded anew", error.what()));
        fs::remove(path, ignored);
      }
    }
    return std::nullopt;
  }

  std::unique_ptr<CacheWriter> writer(std::vector<std::string>& warnings) const {
    if (!is_there()) return nullptr;
    try {
      std::error_code ignored;
      fs::create_directories(folder_, ignored);
      return std::make_unique<CacheWriter>(file(asked_[0]), bytes_for(list_, asked_));
    } catch (const Error& error) {
      warnings.push_back(fmt::format("decoded photos are not kept: {}", error.what()));
      return nullptr;
    }
  }

  void after_writing(std::vector<std::string>& warnings) const {
    const fs::path path = file(asked_[0]);
    std::error_code gone;
    const std::uintmax_t bytes = fs::file_size(path, gone);
    if (!gone && bytes > most_) {
      fs::remove(path, gone);
      warnings.push_back(
          fmt::format("decoded photos are not kept: they take {} MB, and WEFT_CACHE_SIZE allows "
                      "{} MB",
                      bytes >> 20, most_ >> 20));
    }
    trim_pictures(folder_, most_, path);
  }

 private:
  fs::path file(std::size_t channels) const {
    return folder_ / (key_ + (channels == 0 ? "" : fmt::format("-{}", channels)) + kPicturesEnding);
  }

  const PhotoList& list_;
  const Shape& asked_;
  fs::path folder_;
  std::uint64_t most_;
  std::string key_;
};

FittedPhotos fitted_photos(PhotoList& list, const LoadOptions& options) {
  const Shape asked = asked_picture(options);
  const Cached cached(list, asked);
  if (auto found = cached.read(list.warnings)) return std::move(*found);
  const std::unique_ptr<CacheWriter> writer = cached.writer(list.warnings);
  if (writer) {
    FittedPhotos fitted = decode_photos(list, asked, writer->pixels(), options.on_photo);
    fitted.pixels = writer->shared_pixels();
    if (fitted.failed.size() == list.photos.size()) return fitted;  // nothing to keep
    look_through(list, fitted);
    std::error_code ignored;
    fitted.source = fs::absolute(list.root, ignored).lexically_normal().string();
    try {
      writer->finish(fitted);
      cached.after_writing(list.warnings);
    } catch (const Error& error) {
      list.warnings.push_back(fmt::format("decoded photos are not kept: {}", error.what()));
    }
    return fitted;
  }
  const std::size_t bytes = bytes_for(list, asked);
  const std::shared_ptr<std::byte> memory(static_cast<std::byte*>(allocate(bytes)), Release());
  std::memset(memory.get(), 0, bytes);
  FittedPhotos fitted = decode_photos(list, asked, memory.get(), options.on_photo);
  fitted.pixels = memory;
  look_through(list, fitted);
  return fitted;
}

void tell_failed(const PhotoList& list, const FittedPhotos& fitted, bool strict,
                 std::vector<std::string>& warnings) {
  const auto& failed = fitted.failed;
  if (failed.empty()) return;
  std::vector<std::string> examples;
  for (std::size_t i = 0; i < std::min(kShown, failed.size()); ++i) {
    examples.push_back(failed[i].second);
  }
  const std::string text = fmt::format(
      "{} of {} photos cannot be read: {}{}", failed.size(), list.photos.size(),
      fmt::join(examples, "; "),
      failed.size() > kShown ? fmt::format("; and {} more", failed.size() - kShown) : "");
  if (failed.size() == list.photos.size()) {
    fail(ErrorCode::bad_input, "data: {}: {}", list.root.string(), text);
  }
  if (strict) {
    fail(ErrorCode::bad_input, "data: {}: {}: take them away, or leave out --strict",
         list.root.string(), text);
  }
  warnings.push_back(text + ": they are left out (--strict makes that an error)");
}

void tell_rare_classes(const Dataset& dataset, std::vector<std::string>& warnings) {
  if (dataset.train.labels.empty()) return;
  std::vector<std::size_t> counts(dataset.class_names.size());
  for (const Label label : dataset.train.labels) ++counts[label];
  std::vector<std::string> rare;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    if (counts[c] == 1) rare.push_back(excerpt(dataset.class_names[c]));
  }
  if (rare.empty()) return;
  const std::size_t all = rare.size();
  rare.resize(std::min(all, kShown));
  warnings.push_back(fmt::format(
      "{} class{} one photo to learn from: {}{}: it cannot be held out and learnt from at once",
      all, all == 1 ? " has" : "es have", fmt::join(rare, ", "),
      all > kShown ? fmt::format(" and {} more", all - kShown) : ""));
}

LabelledImages& place_of(Part part, Dataset& dataset) {
  if (part == Part::val) return dataset.val;
  return part == Part::test ? dataset.test : dataset.train;
}

}  // namespace

Dataset load_photos(PhotoList list, const LoadOptions& options) {
  if (list.photos.empty()) {
    fail(ErrorCode::bad_input, "data: {}: no photos in the folders of its classes",
         list.root.string());
  }
  wait_for_tick(list);
  const FittedPhotos fitted = fitted_photos(list, options);
  Dataset dataset;
  dataset.format = "photos";
  dataset.class_names = list.class_names;
  dataset.warnings = std::move(list.warnings);
  tell_failed(list, fitted, options.strict, dataset.warnings);
  std::size_t wanted = 0;
  for (const FittedPart& part : fitted.parts) {
    if (!is_wanted(part.part, options)) continue;
    dataset.whole = dataset.whole || part.part == Part::whole;
    place_of(part.part, dataset) = images_of(fitted, part, list);
    wanted += part.count;
  }
  if (wanted == 0) fail_no_part(options);
  tell_rare_classes(dataset, dataset.warnings);
  dataset.warnings.insert(dataset.warnings.end(), fitted.warnings.begin(), fitted.warnings.end());
  return dataset;
}

}  // namespace weft
