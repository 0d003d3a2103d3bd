#include "data/idx.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace weft {
namespace {

std::optional<ElementType> element_type(std::uint8_t code) {
  switch (code) {
    case 0x08:
      return ElementType::u8;
    case 0x09:
      return ElementType::i8;
    case 0x0b:
      return ElementType::i16;
    case 0x0c:
      return ElementType::i32;
    case 0x0d:
      return ElementType::f32;
    case 0x0e:
      return ElementType::f64;
    default:
      return std::nullopt;
  }
}

std::size_t size_at(std::span<const std::uint8_t> bytes, std::size_t place) {
  return std::size_t{bytes[place]} << 24 | std::size_t{bytes[place + 1]} << 16 |
         std::size_t{bytes[place + 2]} << 8 | std::size_t{bytes[place + 3]};
}

ElementType check_magic(std::span<const std::uint8_t> bytes, const std::string& file) {
  if (bytes.size() < 4) {
    fail(ErrorCode::bad_input,
         "idx: {}: byte {}: the file ends inside the magic number, which takes 4 bytes: fetch it "
         "again",
         file, bytes.size());
  }
  if (bytes[0] != 0 || bytes[1] != 0) {
    fail(ErrorCode::bad_input,
         "idx: {}: byte 0: expected 00 00, found {:02x} {:02x}: this is no IDX file", file,
         bytes[0], bytes[1]);
  }
  const auto type = element_type(bytes[2]);
  if (!type) {
    fail(ErrorCode::bad_input,
         "idx: {}: byte 2: expected an element type (08, 09, 0b, 0c, 0d or 0e), found {:02x}", file,
         bytes[2]);
  }
  if (bytes[3] == 0) {
    fail(ErrorCode::bad_input, "idx: {}: byte 3: 0 dimensions: at least one is needed", file);
  }
  return *type;
}

}  // namespace

bool is_idx(std::span<const std::uint8_t> bytes) {
  return bytes.size() >= 4 && bytes[0] == 0 && bytes[1] == 0 && element_type(bytes[2]) &&
         bytes[3] > 0;
}

Array parse_idx(std::span<const std::uint8_t> bytes, const std::string& file) {
  const ElementType type = check_magic(bytes, file);
  const std::size_t rank = bytes[3];
  const std::size_t header = idx_header_size(rank);
  if (bytes.size() < header) {
    fail(ErrorCode::bad_input,
         "idx: {}: byte {}: the file ends inside the header, which takes {} bytes: fetch it again",
         file, bytes.size(), header);
  }
  std::vector<std::size_t> sizes(rank);
  for (std::size_t axis = 0; axis < rank; ++axis) sizes[axis] = size_at(bytes, 4 + 4 * axis);
  Shape shape(std::move(sizes));

  const auto elements = bytes.subspan(header);
  const std::size_t expected = byte_count(type, shape, "idx: " + file + ": byte 4");
  if (elements.size() != expected) {
    fail(ErrorCode::bad_input, "idx: {}: byte {}: sizes {} take {} bytes, found {}: the file is {}",
         file, header, shape.text(), expected, elements.size(),
         elements.size() < expected ? "cut short: fetch it again" : "longer than it says");
  }
  return {.name = "idx: " + file,
          .type = type,
          .order = std::endian::big,
          .shape = std::move(shape),
          .bytes = elements};
}

}  // namespace weft
