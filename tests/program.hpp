// Running the real program.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace weft::testing {

struct Ran {
  int exit_code;
  std::string output;  // standard output
  std::string errors;  // standard error
};

// Runs `weft ARGUMENTS` through the shell, with `environment` ("NAME=value ...") before it.
Ran run_weft(const std::string& arguments, const std::string& environment = "");

// Any command.
Ran run_command(const std::string& command);

// A folder of this test alone, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

std::string read_file(const std::filesystem::path& path);

std::vector<std::string> lines_of(const std::string& text);

}  // namespace weft::testing
