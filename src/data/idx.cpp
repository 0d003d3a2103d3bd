#include "data/idx.hpp"

#include <utility>
#include <vector>

#include "base/error.hpp"

namespace weft {
namespace {

std::size_t size_at(std::span<const std::uint8_t> bytes, std::size_t place) {
  return std::size_t{bytes[place]} << 24 | std::size_t{bytes[place + 1]} << 16 |
         std::size_t{bytes[place + 2]} << 8 | std::size_t{bytes[place + 3]};
}

void check_magic(std::span<const std::uint8_t> bytes, std::size_t rank, const std::string& file) {
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
  if (bytes[2] != 0x08) {
    fail(ErrorCode::bad_input,
         "idx: {}: byte 2: expected element type 08 (unsigned bytes), found {:02x}: other types "
         "are not read",
         file, bytes[2]);
  }
  if (bytes[3] != rank) {
    fail(ErrorCode::bad_input,
         "idx: {}: byte 3: expected {} dimensions, found {}: were the files of pictures (3) and "
         "labels (1) swapped?",
         file, rank, bytes[3]);
  }
}

}  // namespace

IdxView parse_idx(std::span<const std::uint8_t> bytes, std::size_t rank, const std::string& file) {
  check_magic(bytes, rank, file);
  const std::size_t header = idx_header_size(rank);
  if (bytes.size() < header) {
    fail(ErrorCode::bad_input,
         "idx: {}: byte {}: the file ends inside the header, which takes {} bytes: fetch it again",
         file, bytes.size(), header);
  }
  std::vector<std::size_t> sizes(rank);
  for (std::size_t axis = 0; axis < rank; ++axis) sizes[axis] = size_at(bytes, 4 + 4 * axis);

  const auto elements = bytes.subspan(header);
  Shape shape(std::move(sizes));
  std::size_t expected = 0;
  try {
    expected = shape.elements();
  } catch (const Error&) {
    fail(ErrorCode::bad_input, "idx: {}: byte 4: sizes {} multiply to more than fits in 63 bits",
         file, shape.text());
  }
  if (elements.size() != expected) {
    fail(ErrorCode::bad_input, "idx: {}: byte {}: sizes {} take {} bytes, found {}: the file is {}",
         file, header, shape.text(), expected, elements.size(),
         elements.size() < expected ? "cut short: fetch it again" : "longer than it says");
  }
  return {std::move(shape), elements};
}

}  // namespace weft
