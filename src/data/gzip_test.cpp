#include "data/gzip.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "data/test_folder.hpp"

namespace weft {
namespace {

using test::Bytes;
using test::expect_error;
using test::gzipped;
using test::TempFolder;
using testing::ElementsAreArray;

constexpr std::size_t kAmple = 1 << 20;

const Bytes kText = {'p', 'l', 'a', 'i', 'n', 'p', 'l', 'a', 'i', 'n', 0, 255};

Bytes joined(Bytes first, const Bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

// Writes another length into the last four bytes, where gzip keeps it.
Bytes claiming(Bytes packed, std::uint32_t length) {
  for (std::size_t i = 0; i < 4; ++i) {
    packed[packed.size() - 4 + i] = static_cast<std::uint8_t>(length >> (8 * i));
  }
  return packed;
}

TEST(Gzip, UnpacksWhatWasPacked) {
  EXPECT_THAT(gunzip(gzipped(kText), kAmple, "x").span(), ElementsAreArray(kText));
  EXPECT_EQ(gunzip(gzipped({}), kAmple, "x").size(), 0U);
}

TEST(Gzip, UnpacksSeveralMembersOneAfterTheOther) {
  const Bytes large(100'000, 7);
  const auto packed =
      joined(joined(gzipped(kText), gzipped({})), joined(gzipped(large), gzipped(kText)));
  EXPECT_THAT(gunzip(packed, kAmple, "x").span(),
              ElementsAreArray(joined(joined(kText, large), kText)));
}

TEST(Gzip, RefusesEveryCut) {
  const Bytes packed = gzipped(kText);
  for (std::size_t length = 0; length < packed.size(); ++length) {
    SCOPED_TRACE(length);
    expect_error(ErrorCode::bad_input, {"gzip: cut.gz: "},
                 [&] { gunzip(std::span(packed).first(length), kAmple, "cut.gz"); });
  }
}

TEST(Gzip, RefusesEveryCutOfASecondMember) {
  const Bytes first = gzipped(kText);
  const Bytes packed = joined(first, gzipped(kText));
  for (std::size_t length = first.size() + 1; length < packed.size(); ++length) {
    SCOPED_TRACE(length);
    expect_error(ErrorCode::bad_input, {"byte " + std::to_string(first.size())},
                 [&] { gunzip(std::span(packed).first(length), kAmple, "x"); });
  }
}

TEST(Gzip, RefusesOtherBytesAfterTheLastMember) {
  const Bytes packed = gzipped(kText);
  for (const Bytes& rest : {Bytes{0}, Bytes{0x1f}, Bytes(512, 0), Bytes{'e', 'n', 'd'}}) {
    expect_error(ErrorCode::bad_input,
                 {"byte " + std::to_string(packed.size()),
                  std::to_string(rest.size()) + " bytes of something else"},
                 [&] { gunzip(joined(packed, rest), kAmple, "x"); });
  }
}

TEST(Gzip, RefusesChangedContents) {
  const Bytes packed = gzipped(kText);
  for (std::size_t i = 10; i < packed.size(); ++i) {  // ten bytes of header, partly free to choose
    SCOPED_TRACE(i);
    Bytes damaged = packed;
    damaged[i] ^= 1;
    expect_error(ErrorCode::bad_input, {"damaged"}, [&] { gunzip(damaged, kAmple, "x"); });
  }
}

TEST(Gzip, LimitIsExact) {
  const Bytes contents(5000, 'a');
  EXPECT_THAT(gunzip(gzipped(contents), 5000, "x").span(), ElementsAreArray(contents));
  expect_error(ErrorCode::bad_input, {"more than the 4999"},
               [&] { gunzip(gzipped(contents), 4999, "x"); });
  EXPECT_EQ(gunzip(gzipped({}), 0, "x").size(), 0U);
  expect_error(ErrorCode::bad_input, {"more than the 0"}, [&] { gunzip(gzipped({1}), 0, "x"); });
}

TEST(Gzip, LimitHoldsForAllMembersTogether) {
  const Bytes contents(3000, 'a');
  const Bytes packed = joined(gzipped(contents), gzipped(contents));
  EXPECT_EQ(gunzip(packed, 6000, "x").size(), 6000U);
  expect_error(ErrorCode::bad_input, {"more than the 5999"}, [&] { gunzip(packed, 5999, "x"); });
}

TEST(Gzip, RefusesABombWhateverItsTrailerSays) {
  const Bytes bomb = gzipped(Bytes(std::size_t{256} << 20, 0));
  ASSERT_LT(bomb.size(), kAmple);
  for (const std::uint32_t length : {0U, 1U, 0x10000000U, 0xffffffffU}) {
    expect_error(ErrorCode::bad_input, {"more than the 1048576"},
                 [&] { gunzip(claiming(bomb, length), kAmple, "bomb.gz"); });
  }
}

// Under a limit that no memory holds, so that starting at the limit would show.
TEST(Gzip, StartsFarBelowALargeLimit) {
  const std::size_t no_limit = ~std::size_t{0} / 4;
  EXPECT_THAT(gunzip(gzipped(kText), no_limit, "x").span(), ElementsAreArray(kText));
  expect_error(ErrorCode::bad_input, {"damaged"},
               [&] { gunzip(claiming(gzipped(kText), 0xffffffffU), no_limit, "x"); });
}

TEST(ReadUnpacked, GoesByTheContentsNotTheName) {
  const TempFolder folder;
  const auto packed = folder.write("packed", gzipped(kText));
  const auto plain = folder.write("plain.gz", kText);
  EXPECT_THAT(read_unpacked(packed, kAmple).span(), ElementsAreArray(kText));
  EXPECT_THAT(read_unpacked(plain, kAmple).span(), ElementsAreArray(kText));
}

TEST(ReadUnpacked, ReadsShortFilesAsTheyAre) {
  const TempFolder folder;
  for (const Bytes& contents : {Bytes{}, Bytes{0x1f}, Bytes{0x8b, 0x1f}}) {
    EXPECT_THAT(read_unpacked(folder.write("short", contents), kAmple).span(),
                ElementsAreArray(contents));
  }
}

TEST(ReadUnpacked, LimitHoldsForPlainFiles) {
  const TempFolder folder;
  const auto file = folder.write("plain", Bytes(5000, 1));
  EXPECT_EQ(read_unpacked(file, 5000).size(), 5000U);
  expect_error(ErrorCode::bad_input, {"plain", "5000 bytes", "at most 4999"},
               [&] { read_unpacked(file, 4999); });
}

}  // namespace
}  // namespace weft
