// What people see while they wait, on standard error; how wide and colourful standard output is.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace weft::cli {

// A live line on a terminal, redrawn a few times a second and cut to its width; elsewhere nothing,
// so that the caller's plain lines stand alone.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();  // takes the line away
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  bool live() const { return live_; }
  bool due();  // has the line stood long enough?
  void show(const std::string& text);
  // As many of these, the most important first, as the terminal is wide enough for.
  void show(const std::vector<std::string>& parts);
  // Takes the line away and leaves a plain one: likewise on a terminal, elsewhere all of it.
  void leave(const std::vector<std::string>& parts);
  void clear();

 private:
  bool live_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point last_{};
};

// "[########........]"
std::string bar(double part, int width);
std::string percent(double fraction);  // "87.03 %"
std::string duration(double seconds);  // "0.8 s", "12 s", "3:05", "1:02:03"
std::string thousands(double count);   // "412,300"
std::string count_of(std::size_t n);   // likewise
std::string pictures(std::size_t n);   // "1 picture", "412,300 pictures"

// A plain line on standard error.
void say(const std::string& text);

// How wide standard output is: 80 where it is no terminal.
std::size_t output_columns();

// Colours for standard output: empty strings where it is no terminal or NO_COLOR is set.
struct Colours {
  const char *bold, *blue, *red, *reset;
};
Colours output_colours();

}  // namespace weft::cli
