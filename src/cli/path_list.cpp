#include "cli/path_list.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "cli/interrupt.hpp"
#include "weft/error.hpp"

namespace weft::cli {
namespace {

constexpr std::size_t kMostBytes = std::size_t{64} << 10;  // of a line
constexpr int kLookEvery = 100;                            // ms: whether to stop

}  // namespace

bool PathList::stopped() const {
  return stop_.stop_requested() || Interrupt::signal() != 0;
}

// False at the end.
bool PathList::read_more() {
  std::array<char, 4096> buffer{};
  while (!stopped()) {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (::poll(&input, 1, kLookEvery) == 0) continue;
    const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      throw Error(
          ErrorCode::failed,
          fmt::format("predict: cannot read the list on standard input: {}", std::strerror(errno)));
    }
    waiting_.append(buffer.data(), static_cast<std::size_t>(count));
    return count > 0;
  }
  return false;
}

std::optional<std::string> PathList::next() {
  while (true) {
    const std::size_t end = waiting_.find('\n', at_);
    if (end == waiting_.npos && !ended_) {
      waiting_.erase(0, at_);
      at_ = 0;
      if (waiting_.size() > kMostBytes) {
        throw Error(ErrorCode::bad_input,
                    fmt::format("predict: the list on standard input has a line of more than {} "
                                "bytes: it holds paths, one a line",
                                kMostBytes));
      }
      ended_ = !read_more();
      continue;
    }
    if (stopped() || (end == waiting_.npos && at_ == waiting_.size())) {
      return std::nullopt;
    }
    std::string line = waiting_.substr(at_, end == waiting_.npos ? end : end - at_);
    at_ = end == waiting_.npos ? waiting_.size() : end + 1;
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) return line;
  }
}

}  // namespace weft::cli
