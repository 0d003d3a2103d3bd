#include "data/apparel.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>
#include <string>

namespace weft {
namespace {

constexpr std::array<std::string_view, 8> kShoes = {"shoe", "sneaker", "boot",    "sandal",
                                                    "heel", "slipper", "trainer", "loafer"};
constexpr std::array<std::string_view, 10> kHooded = {"pullover", "hoodie", "sweater", "sweatshirt",
                                                      "jumper",   "coat",   "outwear", "jacket",
                                                      "raincoat", "parka"};
constexpr std::array<std::string_view, 6> kTops = {"shirt", "top",        "tshirt",
                                                   "tee",   "longsleeve", "blouse"};
constexpr std::array<std::string_view, 3> kDresses = {"dress", "gown", "tunic"};
constexpr std::array<std::string_view, 5> kBags = {"bag", "handbag", "backpack", "purse", "tote"};
constexpr std::array<std::string_view, 7> kOthers = {"trouser", "pant", "jean", "short",
                                                     "skirt",   "hat",  "cap"};

Apparel apparel_of_word(std::string_view word) {
  const auto is_one_of = [&](std::span<const std::string_view> words) {
    return std::ranges::find(words, word) != words.end();
  };
  if (is_one_of(kShoes)) return Apparel::shoe;
  if (is_one_of(kHooded)) return Apparel::hooded;
  if (is_one_of(kTops)) return Apparel::top;
  if (is_one_of(kDresses)) return Apparel::dress;
  if (is_one_of(kBags)) return Apparel::bag;
  if (is_one_of(kOthers)) return Apparel::other;
  return Apparel::unknown;
}

}  // namespace

Apparel apparel_of(std::string_view class_name) {
  Apparel last = Apparel::unknown;
  std::string word;
  const auto take = [&] {
    Apparel of_word = apparel_of_word(word);
    if (of_word == Apparel::unknown && word.ends_with('s')) {
      of_word = apparel_of_word(std::string_view(word).substr(0, word.size() - 1));
    }
    if (of_word != Apparel::unknown) last = of_word;
    word.clear();
  };
  for (const char c : class_name) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalpha(byte) != 0) {
      word += static_cast<char>(std::tolower(byte));
    } else {
      take();
    }
  }
  take();
  return last;
}

}  // namespace weft
