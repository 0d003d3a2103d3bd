#include "cli/terminal_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include "base/base64.hpp"
#include "cli/picture.hpp"
#include "cli/text.hpp"
#include "explore/drawing.hpp"
#include "image/decode.hpp"
#include "image/plane.hpp"

namespace weft::cli {
namespace {

constexpr std::size_t kGap = 2;  // columns between tiles

// No wider or higher than `columns` pixels.
Picture fitted_to(const Picture& picture, std::size_t columns) {
  const Sides sides = fitted(picture.height, picture.width, columns);
  return to_picture(resampled(to_plane(picture), sides.height, sides.width));
}

std::vector<std::string> lines_in(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::vector<std::string> shades(const Picture& picture) {
  Plane grey(picture.height, picture.width);
  const Plane plane = to_plane(picture);
  for (std::size_t i = 0; i < grey.pixels(); ++i) {
    grey.values[i] = grey_of(plane.pixel(i), plane.channels);
  }
  const Picture drawn = to_picture(grey);
  constexpr std::size_t kIndent = 4;
  std::vector<std::string> lines = lines_in(
      picture_in_characters(drawn.pixels, {1, drawn.height, drawn.width}, drawn.width + kIndent));
  for (std::string& line : lines) line.erase(0, kIndent);
  return lines;
}

std::vector<std::string> half_blocks(const Picture& any) {
  const Picture picture = in_colour(any);
  const auto colour = [&](std::size_t y, std::size_t x, int ground) {
    const std::uint8_t* pixel = picture.pixels.data() + 3 * (y * picture.width + x);
    return fmt::format("\x1b[{};2;{};{};{}m", ground, pixel[0], pixel[1], pixel[2]);
  };
  std::vector<std::string> lines;
  for (std::size_t y = 0; y < picture.height; y += 2) {
    std::string line, last;
    for (std::size_t x = 0; x < picture.width; ++x) {
      const bool two = y + 1 < picture.height;
      const std::string colours = colour(y, x, 38) + (two ? colour(y + 1, x, 48) : "\x1b[49m");
      if (colours != last) line += colours;
      last = colours;
      line += "▀";
    }
    lines.push_back(line + "\x1b[0m");
  }
  return lines;
}

std::size_t tiles_across(std::size_t columns) {
  constexpr std::size_t kNarrow = 60, kLeast = 24;
  if (columns < kLeast) return 1;
  return columns < kNarrow ? 2 : (columns + kGap) / (kLeast + kGap);
}

}  // namespace

Drawing drawing_for(bool terminal, const std::function<const char*(const char*)>& variable) {
  const auto value = [&](const char* name) {
    const char* text = variable(name);
    return std::string_view(text ? text : "");
  };
  const std::string_view kind = value("TERM");
  if (!terminal || !value("NO_COLOR").empty() || kind.empty() || kind == "dumb") {
    return Drawing::characters;
  }
  // A multiplexer does not pass pictures on, whatever the terminal around it can do.
  const bool within =
      !value("TMUX").empty() || kind.starts_with("screen") || kind.starts_with("tmux");
  if (!within && (kind == "xterm-kitty" || !value("KITTY_WINDOW_ID").empty())) {
    return Drawing::kitty;
  }
  const std::string_view colours = value("COLORTERM");
  return colours == "truecolor" || colours == "24bit" ? Drawing::half_blocks : Drawing::characters;
}

std::string tiles_in_text(const std::vector<Tile>& tiles, std::size_t columns, Drawing drawing) {
  const std::size_t across =
      std::min(tiles_across(columns), std::max<std::size_t>(tiles.size(), 1));
  const std::size_t side = std::clamp<std::size_t>((columns - kGap * (across - 1)) / across, 8, 32);
  std::string text;
  for (std::size_t first = 0; first < tiles.size(); first += across) {
    const std::size_t end = std::min(first + across, tiles.size());
    std::vector<std::vector<std::string>> drawn;
    std::vector<std::size_t> widths;
    std::size_t height = 0;
    std::string line;
    for (std::size_t i = first; i < end; ++i) {
      const Picture picture = fitted_to(tiles[i].picture, side);
      drawn.push_back(drawing == Drawing::half_blocks ? half_blocks(picture) : shades(picture));
      widths.push_back(picture.width);
      height = std::max(height, drawn.back().size());
      line += fit(tiles[i].caption, side) + std::string(kGap, ' ');
    }
    const auto end_line = [&] {
      line.erase(line.find_last_not_of(' ') + 1);
      text += line + "\n";
      line.clear();
    };
    if (first > 0) text += '\n';
    end_line();
    for (std::size_t row = 0; row < height; ++row) {
      for (std::size_t i = 0; i < drawn.size(); ++i) {
        const bool has = row < drawn[i].size();
        line += (has ? drawn[i][row] : "") + std::string(side + kGap - (has ? widths[i] : 0), ' ');
      }
      end_line();
    }
  }
  return text;
}

std::string kitty_picture(const Picture& picture, std::size_t columns) {
  constexpr std::size_t kChunk = 4096;  // characters, as the protocol says
  const std::string data = base64(encode_png(picture));
  std::string text;
  for (std::size_t at = 0; at < data.size(); at += kChunk) {
    text += fmt::format("\x1b_G{}m={};{}\x1b\\",
                        at == 0 ? fmt::format("a=T,f=100,q=2,c={},", columns) : "",
                        at + kChunk < data.size() ? 1 : 0, data.substr(at, kChunk));
  }
  return text + "\n";
}

std::string sixel_picture(const Picture& any) {
  constexpr std::size_t kLevels = 6, kColours = kLevels * kLevels * kLevels;
  const Picture picture = in_colour(any);
  const auto colour_at = [&](std::size_t y, std::size_t x) {
    const std::uint8_t* pixel = picture.pixels.data() + 3 * (y * picture.width + x);
    std::size_t colour = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      colour = colour * kLevels + (pixel[c] * (kLevels - 1) + 127) / 255;
    }
    return colour;
  };
  std::string text = fmt::format("\x1bP0;1q\"1;1;{};{}", picture.width, picture.height);
  auto to = std::back_inserter(text);
  const auto share = [](std::size_t level) { return level * 100 / (kLevels - 1); };
  for (std::size_t i = 0; i < kColours; ++i) {
    fmt::format_to(to, "#{};2;{};{};{}", i, share(i / (kLevels * kLevels)),
                   share(i / kLevels % kLevels), share(i % kLevels));
  }
  std::vector<unsigned> bits;  // of each column in a band of six rows, for one colour
  for (std::size_t top = 0; top < picture.height; top += 6) {
    std::array<bool, kColours> used{};
    const std::size_t bottom = std::min(top + 6, picture.height);
    for (std::size_t y = top; y < bottom; ++y) {
      for (std::size_t x = 0; x < picture.width; ++x) used[colour_at(y, x)] = true;
    }
    for (std::size_t colour = 0; colour < kColours; ++colour) {
      if (!used[colour]) continue;
      bits.assign(picture.width, 0);
      for (std::size_t y = top; y < bottom; ++y) {
        for (std::size_t x = 0; x < picture.width; ++x) {
          if (colour_at(y, x) == colour) bits[x] |= 1U << (y - top);
        }
      }
      fmt::format_to(to, "#{}", colour);
      for (std::size_t x = 0; x < bits.size();) {
        std::size_t run = 1;
        while (x + run < bits.size() && bits[x + run] == bits[x]) ++run;
        fmt::format_to(to, "!{}{}", run, static_cast<char>('?' + bits[x]));
        x += run;
      }
      text += '$';
    }
    text += '-';
  }
  return text + "\x1b\\\n";
}

}  // namespace weft::cli
