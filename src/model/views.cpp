#include "model/views.hpp"

#include <sstream>

#include "base/error.hpp"
#include "data/augmentation.hpp"

namespace weft {

std::string text_of(const View& view) {
  std::string text = view.mirror ? "mirror" : "";
  if (view.right != 0 || view.down != 0) {
    text += fmt::format("{}shift {} {}{}", text.empty() ? "" : " ", view.right, view.down,
                        view.reflect ? " reflect" : "");
  }
  if (view.gamma != 1) text += fmt::format("{}gamma {}", text.empty() ? "" : " ", view.gamma);
  return text.empty() ? "plain" : text;
}

std::vector<std::string> texts_of(const std::vector<View>& views) {
  std::vector<std::string> texts;
  for (const View& view : views) texts.push_back(text_of(view));
  return texts;
}

std::optional<View> parse_view(const std::string& text) {
  View view;
  std::istringstream words(text);
  std::string word;
  words >> word;
  if (word == "mirror") {
    view.mirror = true;
    word.clear();
    words >> word;
  }
  if (word == "shift") {
    words >> view.right >> view.down;
    word.clear();
    words.clear(words.rdstate() & ~std::ios::failbit);
    words >> word;
    view.reflect = word == "reflect";
    if (view.reflect) {
      word.clear();
      words >> word;
    }
  }
  if (word == "gamma") words >> view.gamma;
  const auto possible = [](int pixels) {
    return pixels >= -kMostViewShift && pixels <= kMostViewShift;
  };
  const bool bendable = view.gamma >= 1 / kMostViewGamma && view.gamma <= kMostViewGamma;
  // Whatever was misread is not written again as it was.
  if (text_of(view) != text || !possible(view.right) || !possible(view.down) || !bendable) {
    return std::nullopt;
  }
  return view;
}

std::vector<View> parse_views(const std::string& text) {
  const Augmentation steps = parse_augmentation(text);
  const auto shift = static_cast<int>(steps.shift);
  const bool mirrors = steps.mirror == Mirror::random;
  const Augmentation understood{.mirror = mirrors ? Mirror::random : Mirror::none,
                                .shift = steps.shift,
                                .reflect = steps.reflect,
                                .gamma = steps.gamma};
  if (steps != understood) {
    fail(ErrorCode::usage,
         "views: \"{}\" is not understood: it is none, or some of mirror, shift N [reflect] and "
         "gamma G with commas between",
         text);
  }
  std::vector<View> views{{}};
  if (shift > 0) {
    views.push_back({.right = -shift, .down = -shift, .reflect = steps.reflect});
    views.push_back({.right = shift, .down = shift, .reflect = steps.reflect});
  }
  if (steps.gamma > 1) {
    views.push_back({.gamma = 1 / steps.gamma});
    views.push_back({.gamma = steps.gamma});
  }
  for (std::size_t i = 0, plain = mirrors ? views.size() : 0; i < plain; ++i) {
    views.push_back(views[i]);
    views.back().mirror = true;
  }
  return views;
}

}  // namespace weft
