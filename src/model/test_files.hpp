// For this room's tests: files in a folder that goes away, and what reading them says.
#pragma once

#include <gmock/gmock.h>
#include <cstdlib>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "weft/error.hpp"

namespace weft {

class ScratchFolder {
 public:
  ScratchFolder() {
    std::string name = testing::TempDir() + "/weft-model-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot create " + name);
    path_ = name;
  }
  ~ScratchFolder() { std::filesystem::remove_all(path_); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::filesystem::path operator/(const char* name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::string bytes_in(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void put_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

// `action` must throw Error(code) with `part` in its message.
template <class Action>
void expect_error(ErrorCode code, const std::string& part, const Action& action) {
  try {
    action();
    ADD_FAILURE() << "accepted; expected an error about: " << part;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_THAT(error.what(), testing::HasSubstr(part));
  }
}

}  // namespace weft
