#include "base/file.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "base/test_folder.hpp"

namespace weft {
namespace {

using test::expect_error;
using test::TempFolder;

constexpr std::size_t kAmple = 1 << 20;

TEST(ReadFile, RefusesAboveItsLimitBeforeReading) {
  const TempFolder folder;
  const auto file = folder.write("large", {});
  std::filesystem::resize_file(file, std::uintmax_t{1} << 40);  // sparse: nothing is stored
  expect_error(ErrorCode::bad_input, {"1099511627776 bytes"}, [&] { read_file(file, kAmple); });
}

TEST(ReadFile, SaysWhyItCannot) {
  const TempFolder folder;
  expect_error(ErrorCode::failed, {"none", std::strerror(ENOENT)},
               [&] { read_file(folder.path() / "none", kAmple); });
  expect_error(ErrorCode::bad_input, {"not a regular file"},
               [&] { read_file(folder.path(), kAmple); });
  const auto pipe = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  expect_error(ErrorCode::bad_input, {"not a regular file"}, [&] { read_file(pipe, kAmple); });
}

}  // namespace
}  // namespace weft
