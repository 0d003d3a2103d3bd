#include "cli/terminal_picture.hpp"

#include <gmock/gmock.h>

#include <map>

#include "cli/text.hpp"

namespace weft::cli {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Drawing drawing_in(const std::map<std::string, std::string>& environment, bool terminal = true) {
  return drawing_for(terminal, [&](const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() ? nullptr : found->second.c_str();
  });
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

TEST(TerminalPicture, DrawsAsTheTerminalSaysItCan) {
  const std::pair<std::string, std::string> xterm{"TERM", "xterm-256color"};
  EXPECT_EQ(drawing_in({}), Drawing::characters);
  EXPECT_EQ(drawing_in({xterm}), Drawing::characters);
  EXPECT_EQ(drawing_in({xterm, {"COLORTERM", "truecolor"}}), Drawing::half_blocks);
  EXPECT_EQ(drawing_in({xterm, {"COLORTERM", "24bit"}}), Drawing::half_blocks);
  EXPECT_EQ(drawing_in({{"TERM", "xterm-kitty"}}), Drawing::kitty);
  EXPECT_EQ(drawing_in({xterm, {"KITTY_WINDOW_ID", "1"}}), Drawing::kitty);
  EXPECT_EQ(drawing_in({{"TERM", "screen"}, {"KITTY_WINDOW_ID", "1"}}), Drawing::characters);
  EXPECT_EQ(drawing_in({{"TERM", "tmux-256color"},
                        {"TMUX", "/tmp/tmux"},
                        {"KITTY_WINDOW_ID", "1"},
                        {"COLORTERM", "truecolor"}}),
            Drawing::half_blocks);
  EXPECT_EQ(drawing_in({{"TERM", "xterm-kitty"}, {"NO_COLOR", "1"}}), Drawing::characters);
  EXPECT_EQ(drawing_in({{"TERM", "dumb"}, {"COLORTERM", "truecolor"}}), Drawing::characters);
  EXPECT_EQ(drawing_in({{"TERM", "xterm-kitty"}}, false), Drawing::characters);
}

TEST(TerminalPicture, HalfBlocksAreTwoPixelsHigh) {
  const Picture picture{3, 2, 3, {1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6, 7, 8, 9, 0, 0, 0}};
  const std::string text = tiles_in_text({{picture, "above"}}, 8, Drawing::half_blocks);
  const auto lines = lines_of(text);
  ASSERT_GE(lines.size(), 3U);
  EXPECT_EQ(lines[0], "above");
  // Enlarged to 8 rows: the first character has the first row above and below.
  EXPECT_THAT(lines[1], StartsWith("\x1b[38;2;1;2;3m\x1b[48;2;"));
  EXPECT_THAT(lines[1], EndsWith("▀\x1b[0m"));
}

TEST(TerminalPicture, TilesKeepWithinTheColumns) {
  std::vector<Tile> tiles;
  for (const char* caption :
       {"one", "two", "a caption that is far too long for its picture", "4"}) {
    tiles.push_back({{28, 14, 1, std::vector<std::uint8_t>(28 * 14, 200)}, caption});
  }
  for (const std::size_t columns : {10U, 40U, 80U, 200U}) {
    const auto lines = lines_of(tiles_in_text(tiles, columns, Drawing::characters));
    for (const std::string& line : lines) EXPECT_LE(columns_of(line), columns) << line;
    EXPECT_THAT(lines[0], columns == 10 ? HasSubstr("one") : HasSubstr("two"));
  }
  EXPECT_THAT(tiles_in_text(tiles, 80, Drawing::characters), Not(HasSubstr("\x1b")));
}

TEST(TerminalPicture, KittyGetsPngInChunks) {
  Picture noise{64, 64, 3, {}};
  std::uint32_t state = 1;
  for (int i = 0; i < 64 * 64 * 3; ++i) {
    state = state * 1664525U + 1013904223U;
    noise.pixels.push_back(static_cast<std::uint8_t>(state >> 24));
  }
  const std::string text = kitty_picture(noise, 40);
  EXPECT_THAT(text, StartsWith("\x1b_Ga=T,f=100,q=2,c=40,m=1;iVBORw0KGgo"));
  EXPECT_THAT(text, HasSubstr("\x1b\\\x1b_Gm=1;"));
  EXPECT_THAT(text, HasSubstr("\x1b_Gm=0;"));
  EXPECT_THAT(text, EndsWith("\x1b\\\n"));
}

TEST(TerminalPicture, SixelsAreBandsOfSixRows) {
  Picture picture{7, 3, 3, std::vector<std::uint8_t>(63, 255)};
  std::fill_n(picture.pixels.begin(), 9, std::uint8_t{0});  // the first row is black
  const std::string text = sixel_picture(picture);
  EXPECT_THAT(text, StartsWith("\x1bP0;1q\"1;1;3;7#0;2;0;0;0#1;2;0;0;20"));
  EXPECT_THAT(text, HasSubstr("#215;2;100;100;100"));
  // Black in the top row, white in the five below; then white in one.
  EXPECT_THAT(text, EndsWith("#0!3@$#215!3}$-#215!3@$-\x1b\\\n"));
}

}  // namespace
}  // namespace weft::cli
