#include "nn/layers/options.hpp"

#include <charconv>
#include <cmath>

#include "base/error.hpp"

namespace weft {
namespace {

constexpr std::uint32_t kMost = UINT32_MAX;

bool parse(const std::string& word, std::uint32_t& value) {
  const char* end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, value);
  return error == std::errc() && stop == end;
}

}  // namespace

std::string LayerOptions::word() {
  return text_.words[next_++];
}

bool LayerOptions::next_is(const std::string& expected) {
  if (done() || text_.words[next_] != expected) return false;
  ++next_;
  return true;
}

std::string LayerOptions::word_for(const char* what, const char* example) {
  if (done()) {
    fail(ErrorCode::usage, "network: layer {} (\"{}\") needs {}: \"{}\"", text_.place, text_.text(),
         what, example);
  }
  return word();
}

std::size_t LayerOptions::count(const char* what, const char* example) {
  const std::string text = word_for(what, example);
  std::uint32_t value = 0;
  if (!parse(text, value) || value == 0) {
    fail(ErrorCode::usage, "network: layer {} (\"{}\"): \"{}\" is not {} of 1 to {}", text_.place,
         text_.text(), text, what, kMost);
  }
  return value;
}

std::size_t LayerOptions::count_or_zero(const char* what, const char* example) {
  const std::string text = word_for(what, example);
  std::uint32_t value = 0;
  if (!parse(text, value)) {
    fail(ErrorCode::usage, "network: layer {} (\"{}\"): \"{}\" is not {} of 0 to {}", text_.place,
         text_.text(), text, what, kMost);
  }
  return value;
}

double LayerOptions::number(const char* what, const char* example) {
  const std::string text = word_for(what, example);
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value)) {
    fail(ErrorCode::usage, "network: layer {} (\"{}\"): \"{}\" is not {}", text_.place,
         text_.text(), text, what);
  }
  return value;
}

std::pair<std::size_t, std::size_t> LayerOptions::size(const char* what, const char* example) {
  const std::string text = word_for(what, example);
  const std::size_t cross = text.find('x');
  std::uint32_t height = 0, width = 0;
  if (cross == std::string::npos || !parse(text.substr(0, cross), height) ||
      !parse(text.substr(cross + 1), width) || height == 0 || width == 0) {
    fail(ErrorCode::usage, "network: layer {} (\"{}\"): \"{}\" is not {}, as in \"{}\"",
         text_.place, text_.text(), text, what, example);
  }
  return {height, width};
}

void LayerOptions::fail_unknown(const std::string& option, const char* known) const {
  fail(ErrorCode::usage, "network: layer {} (\"{}\"): {} has no option \"{}\", only {}",
       text_.place, text_.text(), text_.name, option, known);
}

void LayerOptions::expect_none() {
  if (done()) return;
  fail(ErrorCode::usage, "network: layer {} (\"{}\"): {} has no option \"{}\"", text_.place,
       text_.text(), text_.name, word());
}

void require_picture(const LayerText& text, const Shape& input) {
  if (input.rank() == 3) return;
  fail(
      ErrorCode::usage,
      "network: layer {} (\"{}\") takes channels x height x width, but what comes before it is {}: "
      "put it before dense and flatten",
      text.place, text.text(), input.text());
}

}  // namespace weft
