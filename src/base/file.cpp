#include "base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.hpp"

namespace weft {
namespace {

struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

}  // namespace

FileBytes read_file(const std::filesystem::path& file, std::size_t most) {
  const auto fail_with_reason = [&] {
    fail(ErrorCode::failed, "cannot read {}: {}", file.string(), std::strerror(errno));
  };
  // A pipe would block the opening until somebody writes.
  const Descriptor opened{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  struct stat about {};
  if (opened.number < 0 || ::fstat(opened.number, &about) != 0) fail_with_reason();
  if (!S_ISREG(about.st_mode)) {
    fail(ErrorCode::bad_input, "cannot read {}: it is not a regular file", file.string());
  }
  const auto size = static_cast<std::size_t>(about.st_size);
  if (size > most) {
    fail(ErrorCode::bad_input, "{}: {} bytes, but such a file has at most {}: is it the right one?",
         file.string(), size, most);
  }
  FileBytes bytes(size);
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count = ::read(opened.number, bytes.data() + done, size - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_with_reason();
    if (count == 0) {
      fail(ErrorCode::failed, "{}: ended after {} of {} bytes: was it changed while it was read?",
           file.string(), done, size);
    }
    done += static_cast<std::size_t>(count);
  }
  return bytes;
}

}  // namespace weft
