#include "image/format.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/error.hpp"

namespace weft {
namespace {

using namespace std::string_view_literals;

constexpr auto kRead = "JPEG, PNG, WebP, GIF, TIFF, AVIF and HEIC";

struct Magic {
  std::string_view bytes;
  std::size_t at = 0;
};

struct Known {
  PictureFormat format{};
  const char* name = "";
  std::array<Magic, 2> magic;  // all of them; an empty one fits anything
};

constexpr Known kKnown[] = {
    {PictureFormat::jpeg, "JPEG", {{{"\xff\xd8\xff"sv}}}},
    {PictureFormat::png, "PNG", {{{"\x89PNG\r\n\x1a\n"sv}}}},
    {PictureFormat::gif, "GIF", {{{"GIF87a"sv}}}},
    {PictureFormat::gif, "GIF", {{{"GIF89a"sv}}}},
    {PictureFormat::webp, "WebP", {{{"RIFF"sv}, {"WEBP"sv, 8}}}},
    {PictureFormat::tiff, "TIFF", {{{"II*\0"sv}}}},
    {PictureFormat::tiff, "TIFF", {{{"MM\0*"sv}}}},
    {PictureFormat::tiff, "TIFF", {{{"II+\0"sv}}}},  // BigTIFF: more than 4 GiB
    {PictureFormat::tiff, "TIFF", {{{"MM\0+"sv}}}},
    // ISO base media files; the brand says which.
    {PictureFormat::heif, "AVIF or HEIC", {{{"ftypavif"sv, 4}}}},
    {PictureFormat::heif, "AVIF or HEIC", {{{"ftypavis"sv, 4}}}},
    {PictureFormat::heif, "AVIF or HEIC", {{{"ftyphe"sv, 4}}}},
    {PictureFormat::heif, "AVIF or HEIC", {{{"ftypmif1"sv, 4}}}},
    {PictureFormat::heif, "AVIF or HEIC", {{{"ftypmsf1"sv, 4}}}},
};

// What people have and this does not read, so that the message can say it.
struct Other {
  const char* name = "";
  Magic magic;
};

constexpr Other kOthers[] = {
    {"a BMP picture", {"BM"sv}},
    {"an SVG drawing", {"<svg"sv}},
    {"an SVG drawing or other XML", {"<?xml"sv}},
    {"a PDF document", {"%PDF"sv}},
    {"a PostScript document", {"%!PS"sv}},
    {"a JPEG XL picture", {"\xff\x0a"sv}},
    {"a JPEG XL picture", {"\0\0\0\x0cJXL "sv}},
    {"a JPEG 2000 picture", {"\0\0\0\x0cjP  "sv}},
    {"a Photoshop picture", {"8BPS"sv}},
    {"an icon", {"\0\0\1\0"sv}},
    {"a film", {"ftyp"sv, 4}},
};

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool fits(std::string_view file, const Magic& magic) {
  return file.size() >= magic.at && file.substr(magic.at).starts_with(magic.bytes);
}

bool is_web_page(std::string_view file) {
  std::string begin(file.substr(0, 64));
  std::ranges::transform(begin, begin.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  begin.erase(0, begin.find_first_not_of(" \t\r\n"));
  return begin.starts_with("<!doctype html") || begin.starts_with("<html");
}

}  // namespace

const char* name_of(PictureFormat format) {
  return std::ranges::find(kKnown, format, &Known::format)->name;
}

PictureFormat format_of(std::span<const std::byte> bytes, const std::string& name) {
  const std::string_view file = text_of(bytes);
  if (file.empty()) fail(ErrorCode::bad_input, "{}: is empty: fetch the picture again", name);
  for (const Known& known : kKnown) {
    if (fits(file, known.magic[0]) && fits(file, known.magic[1])) return known.format;
  }
  for (const Other& other : kOthers) {
    if (!fits(file, other.magic)) continue;
    fail(ErrorCode::bad_input, "{}: is {}, which is not read: make it a PNG ({} are read)", name,
         other.name, kRead);
  }
  if (is_web_page(file)) {
    fail(ErrorCode::bad_input, "{}: is a web page, not a picture: fetch the picture itself", name);
  }
  std::string begin;
  for (const char c : file.substr(0, 8)) {
    begin += fmt::format("{}{:02x}", begin.empty() ? "" : " ", static_cast<unsigned char>(c));
  }
  fail(ErrorCode::bad_input, "{}: begins with {}, so it is none of {}: is it a picture?", name,
       begin, kRead);
}

}  // namespace weft
