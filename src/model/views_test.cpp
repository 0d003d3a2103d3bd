#include "model/views.hpp"

#include <gtest/gtest.h>

#include "weft/error.hpp"

namespace weft {
namespace {

TEST(Views, ReadAndWriteTheirText) {
  for (const char* text : {"plain", "mirror", "shift 1 -2", "mirror shift -64 0 reflect",
                           "gamma 0.5", "mirror gamma 2", "shift 1 1 reflect gamma 8"}) {
    const auto view = parse_view(text);
    ASSERT_TRUE(view) << text;
    EXPECT_EQ(text_of(*view), text);
  }
  for (const char* wrong : {"",
                            "Plain",
                            "shift",
                            "shift 1",
                            "shift 0 0",
                            "shift 1 65",
                            "shift -2147483648 0",
                            "shift 99999999999 0",
                            "mirror ",
                            "mirror mirror",
                            "shift 1 2 wrap",
                            "plain mirror",
                            "shift 1 2 3",
                            "gamma",
                            "gamma 1",
                            "gamma 0",
                            "gamma -1",
                            "gamma 9",
                            "gamma 0.1",
                            "gamma nan",
                            "gamma inf",
                            "gamma 2 mirror",
                            "gamma 2.0",
                            "gamma 2 2"}) {
    EXPECT_FALSE(parse_view(wrong)) << wrong;
  }
}

TEST(Views, AreChosenByWhatIsDone) {
  const auto texts = [](const std::string& choice) {
    std::vector<std::string> list;
    for (const View& view : parse_views(choice)) list.push_back(text_of(view));
    return list;
  };
  using List = std::vector<std::string>;
  EXPECT_EQ(texts("none"), (List{"plain"}));
  EXPECT_EQ(texts("mirror"), (List{"plain", "mirror"}));
  EXPECT_EQ(texts("shift 2 reflect"), (List{"plain", "shift -2 -2 reflect", "shift 2 2 reflect"}));
  EXPECT_EQ(texts("mirror, shift 1"), (List{"plain", "shift -1 -1", "shift 1 1", "mirror",
                                            "mirror shift -1 -1", "mirror shift 1 1"}));
  EXPECT_EQ(texts("mirror, gamma 2"), (List{"plain", "gamma 0.5", "gamma 2", "mirror",
                                            "mirror gamma 0.5", "mirror gamma 2"}));
  EXPECT_EQ(texts("gamma 1"), (List{"plain"}));
  for (const char* wrong :
       {"mirror alternate", "gamma 0.01", "gamma 9", "cutout 3", "mirror, erase 0.5", "nonsense"}) {
    EXPECT_THROW(parse_views(wrong), Error) << wrong;
  }
}

}  // namespace
}  // namespace weft
