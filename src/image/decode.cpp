#include "image/decode.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <optional>

#include "base/error.hpp"
#include "base/file.hpp"
#include "image/format.hpp"
#include "image/jpeg.hpp"
#include "image/limits.hpp"
#include "image/module.hpp"

namespace weft {
namespace {

// What comes back from the module.
class Answer {
 public:
  // Calls `ask` with a sink, and then gives what was placed. `refuse` is called with the reason
  // when there is none, and throws.
  template <class Ask, class Refuse>
  static Picture to(const Ask& ask, const Refuse& refuse) {
    Answer answer;
    const PicturesSink sink{&answer, place, Answer::refuse};
    ask(sink);
    if (answer.no_memory_) throw std::bad_alloc();
    if (answer.refused_) refuse(*answer.refused_);
    return std::move(answer.picture_);
  }

 private:
  static std::uint8_t* place(void* context, std::size_t height, std::size_t width,
                             std::size_t channels) {
    try {
      auto& picture = static_cast<Answer*>(context)->picture_;
      picture = {height, width, channels, {}};
      picture.pixels.resize(height * width * channels);
      return picture.pixels.data();
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
  }
  static void refuse(void* context, const char* reason) {
    auto& answer = *static_cast<Answer*>(context);
    try {
      answer.no_memory_ = reason == nullptr;
      if (reason) answer.refused_ = reason;
    } catch (const std::bad_alloc&) {
      answer.no_memory_ = true;
    }
  }

  Picture picture_;
  std::optional<std::string> refused_;
  bool no_memory_ = false;
};

}  // namespace

Picture decode(std::span<const std::byte> file, const std::string& name,
               const DecodeOptions& options) {
  if (file.size() > options.max_bytes) {
    fail(ErrorCode::bad_input, "{}: {} bytes, but a picture may have at most {}: make it smaller",
         name, file.size(), options.max_bytes);
  }
  const PictureFormat format = format_of(file, name);
  const auto refuse = [&](const std::string& reason) {
    fail(ErrorCode::bad_input, "{}: {}: {}", name, name_of(format), reason);
  };
  if (format == PictureFormat::jpeg) {
    try {
      if (auto picture = decode_plain_jpeg(file, options)) return *std::move(picture);
    } catch (const Refusal& refusal) {
      refuse(refusal.reason);
    }
  }
  DecodeRequest request{file.data(),        file.size(),          static_cast<int>(format),
                        options.max_pixels, options.longest_side, {}};
  std::ranges::copy(options.background, request.background);
  return Answer::to([&](const PicturesSink& sink) { pictures_module().decode(&request, &sink); },
                    refuse);
}

Picture decode_file(const std::filesystem::path& path, const DecodeOptions& options) {
  const FileBytes bytes = [&] {
    try {
      return read_file(path, options.max_bytes);
    } catch (const Error& error) {
      // One file that cannot be read says nothing about the next.
      throw Error(ErrorCode::bad_input, error.what());
    }
  }();
  return decode(std::as_bytes(bytes.span()), path.string(), options);
}

bool is_picture_name(const std::filesystem::path& path) {
  constexpr std::array<const char*, 11> kEndings = {
      ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".tif", ".tiff", ".avif", ".heic"};
  std::string ending = path.extension().string();
  std::ranges::transform(ending, ending.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return std::ranges::find(kEndings, ending) != kEndings.end() || ending == ".heif";
}

std::vector<std::byte> encode_png(const Picture& picture) {
  const auto& [height, width, channels, pixels] = picture;
  if (height == 0 || width == 0 || (channels != 1 && channels != 3) ||
      pixels.size() != height * width * channels) {
    fail(ErrorCode::usage,
         "encode_png: a picture has 1 or 3 channels and a value for each, but this is {} x {} x {} "
         "with {} values",
         height, width, channels, pixels.size());
  }
  const EncodeRequest request{pixels.data(), height, width, channels};
  const Picture made = Answer::to(
      [&](const PicturesSink& sink) { pictures_module().encode_png(&request, &sink); },
      [](const std::string& reason) { fail(ErrorCode::failed, "encode_png: {}", reason); });
  std::vector<std::byte> file(made.pixels.size());
  std::memcpy(file.data(), made.pixels.data(), file.size());
  return file;
}

}  // namespace weft
