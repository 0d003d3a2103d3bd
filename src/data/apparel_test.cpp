#include "data/apparel.hpp"

#include <gmock/gmock.h>

namespace weft {
namespace {

TEST(Apparel, IsToldByTheLastWordThatSaysAnything) {
  for (const char* name : {"Sandal", "Sneaker", "Ankle boot", "shoes", "High heels"}) {
    EXPECT_EQ(apparel_of(name), Apparel::shoe) << name;
  }
  for (const char* name :
       {"T-shirt/top", "Shirt", "t-shirt", "longsleeve", "Blouse", "polo shirt"}) {
    EXPECT_EQ(apparel_of(name), Apparel::top) << name;
  }
  for (const char* name :
       {"Pullover", "Coat", "outwear", "Hoodie", "Sweatshirt", "rain jacket", "Dress_coat"}) {
    EXPECT_EQ(apparel_of(name), Apparel::hooded) << name;
  }
  for (const char* name : {"Dress", "evening gowns", "shirt dress", "Kleid (dress)"}) {
    EXPECT_EQ(apparel_of(name), Apparel::dress) << name;
  }
  for (const char* name : {"Trouser", "pants", "hat", "shorts", "skirt"}) {
    EXPECT_EQ(apparel_of(name), Apparel::other) << name;
  }
  for (const char* name : {"Bag", "tote bags", "Backpack"}) {
    EXPECT_EQ(apparel_of(name), Apparel::bag) << name;
  }
  for (const char* name : {"", "7", "cat", "wheel", "laptop", "Pulli"}) {
    EXPECT_EQ(apparel_of(name), Apparel::unknown) << name;
  }
}

}  // namespace
}  // namespace weft
