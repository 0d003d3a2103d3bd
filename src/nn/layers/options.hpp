// The words behind a layer's name, read one by one.
#pragma once

#include <string>
#include <utility>

#include "nn/network_text.hpp"
#include "weft/tensor.hpp"

namespace weft {

class LayerOptions {
 public:
  // text must outlive this.
  explicit LayerOptions(const LayerText& text) : text_(text) {}

  bool done() const { return next_ == text_.words.size(); }
  std::string word();                     // the next one; only when not done
  bool next_is(const std::string& word);  // then it is read

  // The next word as a number. `what` it is ("a number of units") and an example of the layer
  // ("dense 50") are for the Error(usage) when there is none, or no such number.
  std::size_t count(const char* what, const char* example);
  std::size_t count_or_zero(const char* what, const char* example);
  double number(const char* what, const char* example);  // finite
  // "3x5": height and width, both 1 or more.
  std::pair<std::size_t, std::size_t> size(const char* what, const char* example);

  // Throws Error(usage): there is no such option, only `known`.
  [[noreturn]] void fail_unknown(const std::string& option, const char* known) const;
  void expect_none();  // throws Error(usage) when there is one

 private:
  std::string word_for(const char* what, const char* example);

  const LayerText& text_;
  std::size_t next_ = 0;
};

// Throws Error(usage) unless a layer's input is channels x height x width.
void require_picture(const LayerText& text, const Shape& input);

}  // namespace weft
