#include "cli/console.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace weft::cli {
namespace {

constexpr auto kRedrawEvery = std::chrono::milliseconds(100);

std::size_t columns_at(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

bool is_terminal(int descriptor) {
  const char* kind = std::getenv("TERM");
  return ::isatty(descriptor) != 0 && kind && std::string(kind) != "dumb";
}

// The first parts that are narrower than `columns` together.
std::string joined(const std::vector<std::string>& parts, std::size_t columns) {
  std::string text;
  for (const std::string& part : parts) {
    if (!text.empty() && text.size() + 2 + part.size() >= columns) break;
    text += (text.empty() ? "" : "  ") + part;
  }
  return text;
}

}  // namespace

ProgressLine::ProgressLine() : live_(is_terminal(STDERR_FILENO)) {}
ProgressLine::~ProgressLine() {
  clear();
}

bool ProgressLine::due() {
  return live_ && std::chrono::steady_clock::now() - last_ >= kRedrawEvery;
}

void ProgressLine::show(const std::string& text) {
  if (!live_) return;
  last_ = std::chrono::steady_clock::now();
  shown_ = true;
  fmt::print(stderr, "\r\x1b[K{}", text.substr(0, columns_at(STDERR_FILENO) - 1));
  std::fflush(stderr);
}

void ProgressLine::show(const std::vector<std::string>& parts) {
  show(joined(parts, columns_at(STDERR_FILENO)));
}

void ProgressLine::leave(const std::vector<std::string>& parts) {
  clear();
  say(joined(parts, live_ ? columns_at(STDERR_FILENO) : std::string::npos));
}

void ProgressLine::clear() {
  if (!shown_) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  shown_ = false;
}

std::string bar(double part, int width) {
  const int full = static_cast<int>(std::lround(std::clamp(part, 0.0, 1.0) * width));
  return fmt::format("[{:#<{}}{:.<{}}]", "", full, "", width - full);
}

std::string percent(double fraction) {
  return fmt::format("{:.2f} %", 100 * fraction);
}

std::string duration(double seconds) {
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  const long whole = std::lround(seconds);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string thousands(double count) {
  const std::string digits = fmt::format("{:.0f}", count);
  std::string grouped;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) grouped += ',';
    grouped += digits[i];
  }
  return grouped;
}

std::string count_of(std::size_t n) {
  return thousands(static_cast<double>(n));
}

std::string pictures(std::size_t n) {
  return fmt::format("{} picture{}", count_of(n), n == 1 ? "" : "s");
}

void say(const std::string& text) {
  fmt::print(stderr, "{}\n", text);
}

std::size_t output_columns() {
  return columns_at(STDOUT_FILENO);
}

Colours output_colours() {
  const char* refused = std::getenv("NO_COLOR");
  if (!is_terminal(STDOUT_FILENO) || (refused && *refused)) return {"", "", "", ""};
  return {"\x1b[1m", "\x1b[34m", "\x1b[31m", "\x1b[0m"};
}

}  // namespace weft::cli
