#include "data/picture_cache.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/mapped_file.hpp"
#include "base/threads.hpp"

namespace weft {
namespace {

using nlohmann::json;

constexpr std::string_view kMagic = "weft pictures 1\n";
// In the key: raise a number when that step gives another outcome.
constexpr std::string_view kSteps = "decoded 1, fitted 1, compared 1\n";
constexpr std::size_t kHeader = CacheWriter::kHeaderBytes;
constexpr std::size_t kBlock = std::size_t{4} << 20, kMostChecked = 64;
constexpr std::size_t kNumberDigits = 20, kDigestDigits = 64;

std::string header_text(std::size_t pixels, const std::string& text) {
  return fmt::format("{}{:0{}}\n{:0{}}\n{}\n", kMagic, pixels, kNumberDigits, text.size(),
                     kNumberDigits, sha256(text.data(), text.size()));
}

std::string block_digest(const std::byte* pixels, std::size_t bytes, std::size_t block) {
  const std::size_t begin = block * kBlock;
  return sha256(pixels + begin, std::min(kBlock, bytes - begin));
}

std::size_t blocks_in(std::size_t bytes) {
  return (bytes + kBlock - 1) / kBlock;
}

std::string text_of(const FittedPhotos& photos, const std::byte* pixels) {
  json parts = json::array(), failed = json::array();
  for (const FittedPart& part : photos.parts) {
    parts.push_back({{"part", name_of(part.part)},
                     {"begin", part.begin},
                     {"count", part.count},
                     {"digest", part.digest}});
  }
  for (const auto& [index, why] : photos.failed) failed.push_back({index, why});
  std::vector<std::string> blocks(blocks_in(photos.bytes));
  parallel_for(default_threads(), blocks.size(),
               [&](std::size_t i, int) { blocks[i] = block_digest(pixels, photos.bytes, i); });
  const json text{{"source", photos.source}, {"picture", photos.picture.sizes()},
                  {"grey", photos.grey},     {"parts", parts},
                  {"failed", failed},        {"warnings", photos.warnings},
                  {"blocks", blocks}};
  // Names of files and messages about them need not be UTF-8.
  return text.dump(-1, ' ', false, json::error_handler_t::replace);
}

// Reads a file's contents; all complaints are of one kind, since all mean: make it anew.
class Parser {
 public:
  Parser(std::span<const std::byte> file, std::string name)
      : file_(reinterpret_cast<const char*>(file.data()), file.size()), name_(std::move(name)) {}

  FittedPhotos parse(std::size_t photos) {
    FittedPhotos found = about();
    check(found, photos);
    check_blocks();
    return found;
  }

  FittedPhotos about() {
    check_header();
    const std::string_view text = file_.substr(kHeader + pixels_);
    const json about = json::parse(text, nullptr, false);
    FittedPhotos found;
    try {
      found.source = about.at("source").get<std::string>();
      found.picture = Shape(about.at("picture").get<std::vector<std::size_t>>());
      found.grey = about.at("grey").get<bool>();
      for (const json& entry : about.at("parts")) found.parts.push_back(part_of(entry));
      found.failed = about.at("failed").get<decltype(found.failed)>();
      found.warnings = about.at("warnings").get<std::vector<std::string>>();
      blocks_ = about.at("blocks").get<std::vector<std::string>>();
    } catch (const json::exception& error) {
      bad(error.what());
    }
    found.bytes = pixels_;
    return found;
  }

 private:
  [[noreturn]] void bad(std::string_view why) const {
    fail(ErrorCode::bad_input, "cache: {}: {}", name_, why);
  }

  std::size_t number_at(std::size_t begin) const {
    std::size_t value = 0;
    const char* first = file_.data() + begin;
    const auto [end, error] = std::from_chars(first, first + kNumberDigits, value);
    if (error != std::errc() || end != first + kNumberDigits) bad("a number is broken");
    return value;
  }

  void check_header() {
    if (file_.size() < kHeader || !file_.starts_with(kMagic)) bad("it does not begin as one");
    pixels_ = number_at(kMagic.size());
    const std::size_t text = number_at(kMagic.size() + kNumberDigits + 1);
    const std::size_t rest = file_.size() - kHeader;
    if (pixels_ > rest || text != rest - pixels_) bad("it is not as long as it says");
    const std::string_view digest =
        file_.substr(kMagic.size() + 2 * (kNumberDigits + 1), kDigestDigits);
    if (digest != sha256(file_.data() + kHeader + pixels_, text)) bad("its text is damaged");
  }

  static FittedPart part_of(const json& entry) {
    FittedPart found;
    const auto name = entry.at("part").get<std::string>();
    for (const Part part : {Part::train, Part::val, Part::test, Part::whole}) {
      if (name == name_of(part)) found.part = part;
    }
    found.begin = entry.at("begin").get<std::size_t>();
    found.count = entry.at("count").get<std::size_t>();
    found.digest = entry.at("digest").get<std::string>();
    return found;
  }

  void check(const FittedPhotos& found, std::size_t photos) const {
    const Shape& picture = found.picture;
    constexpr std::size_t kMostSide = 65536;
    if (picture.rank() != 3 || std::ranges::any_of(picture.sizes(), [](std::size_t size) {
          return size == 0 || size > kMostSide;
        })) {
      bad("its pictures have no size");
    }
    const std::size_t size = picture.elements();
    std::size_t count = found.failed.size();
    for (const FittedPart& part : found.parts) {
      const bool inside = part.begin % 64 == 0 && part.begin <= pixels_ &&
                          part.count <= (pixels_ - part.begin) / size;
      if (!inside) bad("a part of it lies outside");
      count += part.count;
    }
    if (count != photos) bad("it has another number of photos");
    std::size_t next = 0;
    for (const auto& [index, why] : found.failed) {
      if (index < next || index >= photos) bad("its failed photos are in no order");
      next = index + 1;
    }
  }

  // All of most files; of a large one evenly spread blocks, so that a second run begins at once.
  void check_blocks() const {
    if (blocks_.size() != blocks_in(pixels_)) bad("its blocks are not as many as they should be");
    const std::size_t checked = std::min(blocks_.size(), kMostChecked);
    std::vector<char> right(checked, 0);
    const auto* pixels = reinterpret_cast<const std::byte*>(file_.data() + kHeader);
    parallel_for(default_threads(), checked, [&](std::size_t i, int) {
      const std::size_t block = i * blocks_.size() / checked;
      right[i] = block_digest(pixels, pixels_, block) == blocks_[block] ? 1 : 0;
    });
    if (std::ranges::count(right, 0) > 0) bad("its pixels are damaged");
  }

  std::string_view file_;
  std::string name_;
  std::size_t pixels_ = 0;
  std::vector<std::string> blocks_;
};

class Descriptor {
 public:
  explicit Descriptor(const std::filesystem::path& file)
      : value_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (value_ >= 0) return;
    fail(ErrorCode::failed, "cannot open {}: {}", file.string(), std::strerror(errno));
  }
  ~Descriptor() { ::close(value_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int value() const { return value_; }

 private:
  int value_;
};

struct Mapped {
  std::shared_ptr<std::byte> memory;
  std::size_t bytes = 0;
};

Mapped map(const std::filesystem::path& file) {
  const Descriptor descriptor(file);
  struct stat facts {};
  if (::fstat(descriptor.value(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
    fail(ErrorCode::bad_input, "cache: {}: it is no file", file.string());
  }
  const auto bytes = static_cast<std::size_t>(facts.st_size);
  return {map_private(descriptor.value(), bytes, file), bytes};
}

}  // namespace

std::string key_of(const PhotoList& list, std::size_t height, std::size_t width) {
  Sha256 sum;
  const auto add = [&](std::string_view text) {
    const std::uint64_t size = text.size();
    sum.update(&size, sizeof(size));
    sum.update(text.data(), text.size());
  };
  add(kSteps);
  add(fmt::format("{}x{}", height, width));
  for (const std::string& name : list.class_names) add(name);
  for (const Part part : list.unlabelled) add(name_of(part));
  for (const Photo& photo : list.photos) {
    add(photo.name);
    add(fmt::format("{} {} {} {} {}", name_of(photo.part), photo.label, photo.bytes, photo.modified,
                    photo.changed));
  }
  return sum.hexadecimal();
}

FittedPhotos parse_cached(const std::shared_ptr<std::byte>& file, std::size_t bytes,
                          std::size_t photos, const std::string& name) {
  FittedPhotos found = Parser({file.get(), bytes}, name).parse(photos);
  found.pixels = {file, file.get() + kHeader};
  return found;
}

FittedPhotos read_cached(const std::filesystem::path& file, std::size_t photos) {
  const Mapped mapped = map(file);
  return parse_cached(mapped.memory, mapped.bytes, photos, file.string());
}

FittedPhotos about_cached(const std::filesystem::path& file) {
  const Mapped mapped = map(file);
  return Parser({mapped.memory.get(), mapped.bytes}, file.string()).about();
}

CacheWriter::CacheWriter(const std::filesystem::path& file, std::size_t bytes)
    : file_(file), memory_(file_.map(kHeader + bytes)) {}

void CacheWriter::finish(FittedPhotos& photos) {
  const std::string text = text_of(photos, pixels());
  const std::string header = header_text(photos.bytes, text);
  std::ranges::copy(header, reinterpret_cast<char*>(memory_.get()));
  memory_.reset();
  photos.pixels.reset();
  file_.shorten(kHeader + photos.bytes);
  file_.write(text);
  const auto view = file_.view(kHeader + photos.bytes + text.size());
  photos.pixels = {view, view.get() + kHeader};
  file_.commit();
}

}  // namespace weft
