#include "base/atomic_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.hpp"
#include "base/mapped_file.hpp"

namespace weft {

AtomicFile::AtomicFile(std::filesystem::path path, Durability durability)
    : path_(std::move(path)), durability_(durability) {
  // Another thread may write the same file, or a process with this number in another container:
  // never into what somebody else has open.
  constexpr int kAttempts = 1000;
  for (int i = 0; i < kAttempts && descriptor_ < 0; ++i) {
    temporary_ = path_;
    temporary_ += fmt::format(".{}{}.tmp", ::getpid(), i == 0 ? "" : fmt::format("{:03}", i));
    descriptor_ = ::open(temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ < 0 && errno != EEXIST) break;
  }
  if (descriptor_ < 0) fail_with_reason("create", errno);
}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(temporary_.c_str());
}

void AtomicFile::write(const void* bytes, std::size_t count) {
  const char* next = static_cast<const char*>(bytes);
  while (count > 0) {
    const ssize_t written = ::write(descriptor_, next, count);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_with_reason("write", errno);
    next += written;
    count -= static_cast<std::size_t>(written);
  }
}

void AtomicFile::commit() {
  const bool synced = durability_ == Durability::synced;
  if (synced && ::fsync(descriptor_) != 0) fail_with_reason("sync", errno);
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail_with_reason("rename onto", errno);
  ::close(std::exchange(descriptor_, -1));
  if (!synced) return;
  auto folder = path_.parent_path();
  if (folder.empty()) folder = ".";
  const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return;  // a folder that may be written but not read: the rename stands
  ::fsync(opened);
  ::close(opened);
}

std::shared_ptr<std::byte> AtomicFile::map(std::size_t bytes) {
  // Without room on the disk a store into the mapping would kill the program.
  const int error = ::posix_fallocate(descriptor_, 0, static_cast<off_t>(bytes));
  if (error != 0) fail_with_reason("make room for", error);
  return map_shared(descriptor_, bytes, path_);
}

void AtomicFile::shorten(std::size_t bytes) {
  const auto end = static_cast<off_t>(bytes);
  if (::ftruncate(descriptor_, end) != 0 || ::lseek(descriptor_, end, SEEK_SET) != end) {
    fail_with_reason("shorten", errno);
  }
}

std::shared_ptr<std::byte> AtomicFile::view(std::size_t bytes) const {
  return map_private(descriptor_, bytes, path_);
}

void AtomicFile::fail_with_reason(const char* doing, int reason) const {
  fail(ErrorCode::failed, "cannot {} {}: {}", doing, path_.string(), std::strerror(reason));
}

void write_file(const std::filesystem::path& path, std::string_view text, Durability durability) {
  AtomicFile file(path, durability);
  file.write(text);
  file.commit();
}

}  // namespace weft
