#include "program.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

namespace weft::testing {

TemporaryFolder::TemporaryFolder() {
  std::string name = ::testing::TempDir() + "/weft-test-XXXXXX";
  if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Ran run_command(const std::string& command) {
  const TemporaryFolder folder;
  const std::string output = folder / "out", errors = folder / "err";
  const int status =
      std::system(fmt::format("( {} ) > {} 2> {} < /dev/null", command, output, errors).c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_file(output),
          read_file(errors)};
}

Ran run_weft(const std::string& arguments, const std::string& environment) {
  return run_command(fmt::format("{} {} {}", environment, WEFT_PROGRAM, arguments));
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace weft::testing
