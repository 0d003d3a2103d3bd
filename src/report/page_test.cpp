#include "report/page.hpp"

#include <gmock/gmock.h>

#include <string>

#include "outside_links.hpp"

namespace weft {
namespace {

using nlohmann::ordered_json;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// The data of a page, as its script would read it.
ordered_json data_in(const std::string& text) {
  const std::string begin = "<script type=\"application/json\" id=\"data\">", end = "</script>";
  const std::size_t from = text.find(begin) + begin.size();
  return ordered_json::parse(text.substr(from, text.find(end, from) - from));
}

TEST(Page, HoldsItsDataWhateverStandsInIt) {
  const ordered_json data{{"kind", "run"},
                          {"title", "</script><script>alert(1)</script><!-- \" ' \n\xe2\x80\xa8"}};
  const std::string text = page("a", data);
  EXPECT_THAT(text, StartsWith("<!doctype html>"));
  EXPECT_EQ(data_in(text), data);
  EXPECT_THAT(text, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(text, Not(HasSubstr("<!--")));
}

TEST(Page, BytesThatAreNoTextAreReplaced) {
  const std::string text = page("\xff<b>", {{"name", "\xff"}});
  EXPECT_EQ(data_in(text)["name"], "\xef\xbf\xbd");
  EXPECT_THAT(text, HasSubstr("<title>\xef\xbf\xbd&lt;b&gt;</title>"));
}

TEST(Page, AsksForNothingAndLetsNothingElseRun) {
  const std::string text = page("a", {{"kind", "run"}});
  EXPECT_THAT(text, HasSubstr("default-src 'none'"));
  EXPECT_THAT(text, Not(HasSubstr("unsafe")));
  EXPECT_FALSE(has_outside_links(text));
  EXPECT_LT(text.size(), 300'000U);
}

TEST(Page, OutsideLinksAreSeen) {
  EXPECT_TRUE(has_outside_links("<img src=\"https://a\">"));
  EXPECT_TRUE(has_outside_links("<a href='//a'>"));
  EXPECT_TRUE(has_outside_links("<script src=http://a>"));
  EXPECT_FALSE(has_outside_links("<a href=\"#map\">https://a</a><img src=\"data:,\">"));
}

TEST(Page, TextForHtmlHasNoMarkup) {
  EXPECT_EQ(html_text("<a href=\"b\">&c"), "&lt;a href=&quot;b&quot;&gt;&amp;c");
}

}  // namespace
}  // namespace weft
