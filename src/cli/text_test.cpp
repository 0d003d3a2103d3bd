#include "cli/text.hpp"

#include <gmock/gmock.h>

namespace weft::cli {
namespace {

TEST(CliText, ControlCharactersAndBrokenBytesAreNotShown) {
  EXPECT_EQ(printable("T-shirt/top"), "T-shirt/top");
  EXPECT_EQ(printable("a\x1b[31mb\r\n\t\x7f"), "a?[31mb????");
  EXPECT_EQ(printable("caf\xc3\xa9 \xe6\x9c\x8d"), "café 服");
  EXPECT_EQ(printable("\xff\xc3"), "??");
  EXPECT_EQ(printable("\xc2\x9b"), "?");  // CSI in one character
  EXPECT_EQ(printable("a\xe2\x80\xae"
                      "b"),
            "a?b");  // right to left from here
}

TEST(CliText, FitsColumnsExactly) {
  EXPECT_EQ(fit("Bag", 5), "Bag  ");
  EXPECT_EQ(fit_right("Bag", 5), "  Bag");
  EXPECT_EQ(fit("Sneaker", 5), "Snea…");
  EXPECT_EQ(fit("Schürze", 7), "Schürze");
  EXPECT_EQ(fit("服服服", 5), "服服…");
  EXPECT_EQ(fit("服服服", 4), "服… ");
  EXPECT_EQ(fit("anything", 1), "…");
  EXPECT_EQ(fit("anything", 0), "");
  EXPECT_EQ(fit("", 2), "  ");
}

TEST(CliText, PathsKeepTheirEnds) {
  EXPECT_EQ(fit_end("a/b.jpg", 9), "a/b.jpg  ");
  EXPECT_EQ(fit_end("photos/b.jpg", 6), "…b.jpg");
  EXPECT_EQ(fit_end("服服服", 4), "…服 ");
  EXPECT_EQ(fit_end("a\nb", 5), "a?b  ");
  EXPECT_EQ(fit_end("anything", 0), "");
  EXPECT_EQ(cut_middle("short", 5), "short");
  EXPECT_EQ(cut_middle("from here to there", 9), "from…here");
  EXPECT_EQ(cut_middle("anything", 0), "");
}

TEST(CliText, BrokenUtf8IsReplaced) {
  EXPECT_EQ(valid_utf8("Schürze 服\n"), "Schürze 服\n");
  EXPECT_EQ(valid_utf8("a\xFF"
                       "b"),
            "a\uFFFDb");
  EXPECT_EQ(valid_utf8("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");  // half a surrogate pair
  EXPECT_EQ(valid_utf8("\xE0\x80\xAF"), "\uFFFD\uFFFD\uFFFD");  // a longer way to write "/"
  EXPECT_EQ(valid_utf8("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD");
}

TEST(CliText, WidestOfNames) {
  EXPECT_EQ(widest({"a", "服服", "abc"}, 10), 4U);
  EXPECT_EQ(widest({"a", "abcdef"}, 5), 5U);
  EXPECT_EQ(widest({}, 5), 0U);
}

TEST(CliText, WrapsAtSpaces) {
  using ::testing::ElementsAre;
  EXPECT_THAT(wrapped("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(wrapped("extraordinary it is", 5), ElementsAre("extraordinary", "it is"));
  EXPECT_THAT(wrapped("", 5), ElementsAre());
}

TEST(CliText, CsvFields) {
  EXPECT_EQ(csv_field("Ankle boot"), "Ankle boot");
  EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_field("12\" boot"), "\"12\"\" boot\"");
  EXPECT_EQ(csv_field("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(csv_field(""), "");
}

}  // namespace
}  // namespace weft::cli
