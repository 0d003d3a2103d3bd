#include "data/idx.hpp"

#include <gmock/gmock.h>

#include "data/test_folder.hpp"

namespace weft {
namespace {

using test::Bytes;
using test::expect_error;
using test::idx;
using testing::ElementsAre;

TEST(Idx, ReadsShapeAndElements) {
  const Bytes bytes = idx({2, 1, 3}, {1, 2, 3, 4, 5, 255});
  const Array view = parse_idx(bytes, "x");
  EXPECT_EQ(view.shape, (Shape{2, 1, 3}));
  EXPECT_THAT(view.bytes, ElementsAre(1, 2, 3, 4, 5, 255));
  EXPECT_EQ(view.bytes.data(), bytes.data() + idx_header_size(3));
}

TEST(Idx, SizesAreBigEndian) {
  EXPECT_EQ(parse_idx(idx({0x0102}, Bytes(0x0102)), "x").shape, (Shape{0x0102}));
  EXPECT_EQ(parse_idx(idx({0x010000}, Bytes(0x010000)), "x").shape, (Shape{0x010000}));
}

TEST(Idx, MayBeEmpty) {
  EXPECT_TRUE(parse_idx(idx({0}, {}), "x").bytes.empty());
  EXPECT_TRUE(parse_idx(idx({3, 0, 4}, {}), "x").bytes.empty());
}

TEST(Idx, RefusesEveryCut) {
  const Bytes bytes = idx({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    SCOPED_TRACE(length);
    // A copy, so that the address sanitizer sees a read past the end.
    const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
    const std::string what = length < 4                    ? "inside the magic number"
                             : length < idx_header_size(3) ? "inside the header"
                                                           : "cut short";
    expect_error(ErrorCode::bad_input, {"idx: cut: byte ", what}, [&] { parse_idx(cut, "cut"); });
  }
}

TEST(Idx, RefusesTrailingBytes) {
  expect_error(ErrorCode::bad_input, {"byte 8", "sizes 3 take 3 bytes, found 4", "longer"}, [] {
    parse_idx(idx({3}, {1, 2, 3, 4}), "x");
  });
}

TEST(Idx, RefusesAnotherMagicNumber) {
  const Bytes good = idx({1}, {0});
  const auto with = [&](std::size_t place, std::uint8_t value) {
    Bytes bytes = good;
    bytes[place] = value;
    return bytes;
  };
  expect_error(ErrorCode::bad_input, {"byte 0", "expected 00 00, found 01 00"},
               [&] { parse_idx(with(0, 1), "x"); });
  expect_error(ErrorCode::bad_input, {"byte 0", "expected 00 00, found 00 ff"},
               [&] { parse_idx(with(1, 255), "x"); });
  expect_error(ErrorCode::bad_input, {"byte 2", "element type", "found 0a"},
               [&] { parse_idx(with(2, 0x0a), "x"); });
  expect_error(ErrorCode::bad_input, {"byte 3", "0 dimensions"},
               [&] { parse_idx(with(3, 0), "x"); });
}

TEST(Idx, RefusesSizesThatLie) {
  expect_error(ErrorCode::bad_input, {"byte 8", "sizes 4294967295 take 4294967295 bytes, found 1"},
               [] { parse_idx(idx({0xffffffffU}, {1}), "x"); });
  expect_error(ErrorCode::bad_input, {"byte 16", "sizes 2x2x2 take 8 bytes, found 4"}, [] {
    parse_idx(idx({2, 2, 2}, {1, 2, 3, 4}), "x");
  });
}

// Products that are small again modulo 2^64: 2^64 is 0, and 2^64 + 2^32 is 2^32.
TEST(Idx, RefusesSizesWhoseProductOverflows) {
  expect_error(ErrorCode::bad_input, {"byte 4", "63 bits", "65536x65536x4294967295"}, [] {
    parse_idx(idx({65536, 65536, 0xffffffffU}, {1}), "x");
  });
  expect_error(ErrorCode::bad_input, {"byte 4", "63 bits"}, [] {
    parse_idx(idx({0x80000000U, 0x80000000U, 4}, {}), "x");
  });
}

}  // namespace
}  // namespace weft
