#include "base/atomic_file.hpp"

#include <gmock/gmock.h>

#include <cstring>
#include <string>

#include "base/file.hpp"
#include "base/test_folder.hpp"

namespace weft {
namespace {

std::string text_of(const std::filesystem::path& file) {
  const FileBytes bytes = read_file(file, 1 << 20);
  return {bytes.span().begin(), bytes.span().end()};
}

std::size_t files_in(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST(AtomicFile, IsThereWholeOrNotAtAll) {
  const test::TempFolder folder;
  const auto path = folder.path() / "file";
  {
    AtomicFile file(path);
    file.write("half");
  }
  EXPECT_EQ(files_in(folder.path()), 0U);
  write_file(path, "whole");
  EXPECT_EQ(text_of(path), "whole");
  EXPECT_EQ(files_in(folder.path()), 1U);
}

TEST(AtomicFile, TwoAtOnceKeepOutOfEachOther) {
  const test::TempFolder folder;
  const auto path = folder.path() / "file";
  AtomicFile first(path), second(path);
  first.write("first");
  second.write("second, longer");
  first.commit();
  EXPECT_EQ(text_of(path), "first");
  second.commit();
  EXPECT_EQ(text_of(path), "second, longer");
  EXPECT_EQ(files_in(folder.path()), 1U);
}

TEST(AtomicFile, IsWrittenThroughMemory) {
  const test::TempFolder folder;
  const auto path = folder.path() / "file";
  std::shared_ptr<std::byte> view;
  {
    AtomicFile file(path);
    const auto memory = file.map(10000);
    EXPECT_EQ(memory.get()[9999], std::byte{0});
    std::memcpy(memory.get(), "in memory", 9);
    file.shorten(9);
    file.write(", then written");
    view = file.view(23);
    file.commit();
  }
  EXPECT_EQ(text_of(path), "in memory, then written");
  EXPECT_EQ(std::memcmp(view.get(), "in memory, then written", 23), 0);
  view.get()[0] = std::byte{'x'};
  EXPECT_EQ(text_of(path), "in memory, then written") << "a view is its owner's alone";
  std::filesystem::remove(path);
  EXPECT_EQ(view.get()[1], std::byte{'n'});
}

TEST(AtomicFile, SaysWhereThereIsNoRoom) {
  const test::TempFolder folder;
  AtomicFile file(folder.path() / "file");
  test::expect_error(ErrorCode::failed, {"cannot make room for", "file"},
                     [&] { file.map(std::size_t{1} << 62); });
}

}  // namespace
}  // namespace weft
