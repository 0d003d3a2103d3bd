#include "data/npy.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "data/text.hpp"

namespace weft {
namespace {

constexpr std::array<std::uint8_t, 6> kMagic = {0x93, 'N', 'U', 'M', 'P', 'Y'};

struct Descr {
  std::string_view text;  // without the order of bytes
  ElementType type;
};
constexpr std::array<Descr, 11> kDescrs = {{{"b1", ElementType::boolean},
                                            {"i1", ElementType::i8},
                                            {"u1", ElementType::u8},
                                            {"i2", ElementType::i16},
                                            {"u2", ElementType::u16},
                                            {"i4", ElementType::i32},
                                            {"u4", ElementType::u32},
                                            {"i8", ElementType::i64},
                                            {"u8", ElementType::u64},
                                            {"f4", ElementType::f32},
                                            {"f8", ElementType::f64}}};

// Reads the dict literal from left to right.
class Literal {
 public:
  Literal(std::string_view text, std::size_t offset, const std::string& name)
      : text_(text), offset_(offset), name_(name) {}

  NpyHeader read() {
    NpyHeader header;
    bool descr = false;
    bool order = false;
    bool shape = false;
    expect("{");
    while (!take("}")) {
      const std::size_t at = place_;
      const std::string_view key = string("a key: 'descr', 'fortran_order' or 'shape'");
      expect(":");
      if (key == "descr" && !std::exchange(descr, true)) {
        read_descr(header);
      } else if (key == "fortran_order" && !std::exchange(order, true)) {
        header.fortran = boolean();
      } else if (key == "shape" && !std::exchange(shape, true)) {
        header.shape = Shape(tuple());
      } else {
        fail_at(at, "the keys descr, fortran_order and shape, each once");
      }
      if (!take(",")) {
        expect("}");
        break;
      }
    }
    skip_spaces();
    if (place_ != text_.size()) fail_at(place_, "nothing but spaces after the dict");
    if (!descr || !order || !shape) fail_at(0, "all of descr, fortran_order and shape");
    return header;
  }

 private:
  [[noreturn]] void fail_at(std::size_t place, const std::string& expected) const {
    fail(ErrorCode::bad_input,
         "npy: {}: byte {}: expected {}, found {}: save the array again as plain numbers, by "
         "numpy.savez",
         name_, offset_ + place, expected, excerpt(text_.substr(place)));
  }

  void skip_spaces() {
    while (place_ < text_.size() && (text_[place_] == ' ' || text_[place_] == '\n')) ++place_;
  }

  bool take(std::string_view token) {
    skip_spaces();
    if (!text_.substr(place_).starts_with(token)) return false;
    place_ += token.size();
    return true;
  }

  void expect(std::string_view token) {
    if (!take(token)) fail_at(place_, std::string(token));
  }

  std::string_view string(const char* what) {
    skip_spaces();
    const std::size_t begin = place_ + 1;
    const char quote = place_ < text_.size() ? text_[place_] : '\0';
    const std::size_t end = text_.find(quote, begin);
    if ((quote != '\'' && quote != '"') || end == std::string_view::npos) fail_at(place_, what);
    place_ = end + 1;
    return text_.substr(begin, end - begin);
  }

  bool boolean() {
    if (take("True")) return true;
    if (take("False")) return false;
    fail_at(place_, "True or False");
  }

  void read_descr(NpyHeader& header) {
    constexpr const char* kWhat =
        "an element type: '|b1', '|u1', '<i8', '>f4' and so on (no objects, no structures)";
    skip_spaces();
    const std::size_t at = place_;
    const std::string_view text = string(kWhat);
    const auto* known = std::ranges::find(
        kDescrs, text.substr(std::min<std::size_t>(1, text.size())), &Descr::text);
    if (known == kDescrs.end()) fail_at(at, kWhat);
    const bool single = size_of(known->type) == 1;
    if (text[0] != '<' && text[0] != '>' && (text[0] != '|' || !single)) fail_at(at, kWhat);
    header.type = known->type;
    header.order = text[0] == '>' ? std::endian::big : std::endian::little;
  }

  std::vector<std::size_t> tuple() {
    std::vector<std::size_t> sizes;
    expect("(");
    while (!take(")")) {
      skip_spaces();
      std::size_t size = 0;
      const char* begin = text_.data() + place_;
      const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), size);
      if (error != std::errc()) fail_at(place_, "a size, 0 or more");
      place_ += static_cast<std::size_t>(end - begin);
      sizes.push_back(size);
      if (!take(",")) {
        expect(")");
        break;
      }
    }
    return sizes;
  }

  std::string_view text_;
  std::size_t offset_;
  const std::string& name_;
  std::size_t place_ = 0;
};

// Where the dict begins and how long it is.
std::pair<std::size_t, std::size_t> dict_place(std::span<const std::uint8_t> head, std::size_t size,
                                               const std::string& name) {
  if (head.size() < 10 || !std::ranges::equal(head.first(kMagic.size()), kMagic)) {
    fail(ErrorCode::bad_input,
         "npy: {}: byte 0: expected 93 4e 55 4d 50 59 and a version, found {}: this is no array "
         "that NumPy has saved",
         name, head.empty() ? "nothing" : hexadecimal(head));
  }
  const unsigned version = head[6];
  if (version < 1 || version > 3) {
    fail(ErrorCode::bad_input, "npy: {}: byte 6: version {}.{}: versions 1, 2 and 3 are read", name,
         head[6], head[7]);
  }
  const std::size_t begin = version == 1 ? 10 : 12;
  std::size_t length = std::size_t{head[8]} | std::size_t{head[9]} << 8;
  if (version > 1 && head.size() >= begin) {
    length |= std::size_t{head[10]} << 16 | std::size_t{head[11]} << 24;
  }
  if (begin + length > head.size()) {
    fail(ErrorCode::bad_input,
         "npy: {}: byte 8: a header of {} bytes, but {}: the file is damaged or cut short", name,
         length,
         size > head.size() ? fmt::format("no plain array needs more than {}", kMostNpyHeader)
                            : fmt::format("the array has {} bytes in all", size));
  }
  return {begin, length};
}

}  // namespace

NpyHeader parse_npy_header(std::span<const std::uint8_t> head, std::size_t size,
                           const std::string& name) {
  const auto [begin, length] = dict_place(head, size, name);
  const std::string_view text = as_text(head.subspan(begin, length));
  NpyHeader header = Literal(text, begin, name).read();
  header.size = begin + length;
  const std::size_t expected = byte_count(header.type, header.shape, "npy: " + name);
  if (size - header.size != expected) {
    fail(ErrorCode::bad_input,
         "npy: {}: byte {}: sizes {} of {}-byte elements take {} bytes, found {}: the file is {}",
         name, header.size, header.shape.text(), size_of(header.type), expected, size - header.size,
         size - header.size < expected ? "cut short" : "longer than it says");
  }
  return header;
}

Array parse_npy(std::span<const std::uint8_t> bytes, const std::string& name) {
  NpyHeader header =
      parse_npy_header(bytes.first(std::min(bytes.size(), kMostNpyHeader)), bytes.size(), name);
  return {.name = "npy: " + name,
          .type = header.type,
          .order = header.order,
          .fortran = header.fortran,
          .shape = std::move(header.shape),
          .bytes = bytes.subspan(header.size)};
}

}  // namespace weft
