// Files that are there whole or not at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string_view>

namespace weft {

enum class Durability {
  synced,  // there for good once it is written
  none,    // whole or not at all for other processes, but a power failure may lose it
};

// Writes a temporary file beside `path`, syncs it, renames it onto `path` and syncs the folder:
// after a crash at any moment `path` holds the old bytes or the new ones. The temporary file is
// removed on failure. Throws Error(failed) with the path and the system's reason.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path, Durability durability = Durability::synced);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(const void* bytes, std::size_t count);
  void write(std::string_view text) { write(text.data(), text.size()); }
  void commit();  // nothing stands at `path` before this

  // Instead of writing: the first `bytes` bytes as memory, zeroed, for which there is room on the
  // disk. What is put there is in the file.
  std::shared_ptr<std::byte> map(std::size_t bytes);
  // Only what has been put below `bytes` stays; what is written after this follows there.
  void shorten(std::size_t bytes);
  // As map_private: the file as it is now, whatever becomes of its name.
  std::shared_ptr<std::byte> view(std::size_t bytes) const;

 private:
  [[noreturn]] void fail_with_reason(const char* doing, int reason) const;

  std::filesystem::path path_;
  std::filesystem::path temporary_;
  Durability durability_;
  int descriptor_ = -1;
};

void write_file(const std::filesystem::path& path, std::string_view text,
                Durability durability = Durability::synced);

}  // namespace weft
