#include "base/mapped_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/test_folder.hpp"
#include "weft/error.hpp"

namespace weft {
namespace {

namespace fs = std::filesystem;

TEST(ScratchMemory, IsZeroedAndLeavesNoFile) {
  const test::TempFolder folder;
  const std::size_t bytes = (std::size_t{1} << 20) + 3;
  const auto memory = scratch_memory(bytes, folder.path() / "made");
  EXPECT_TRUE(std::all_of(memory.get(), memory.get() + bytes,
                          [](std::byte value) { return value == std::byte{0}; }));
  memory.get()[bytes - 1] = std::byte{7};
  EXPECT_EQ(memory.get()[bytes - 1], std::byte{7});
  EXPECT_TRUE(fs::is_empty(folder.path() / "made"));
}

TEST(ScratchMemory, SaysWhereThereIsNoRoom) {
  const test::TempFolder folder;
  EXPECT_THROW(scratch_memory(std::size_t{1} << 60, folder.path()), Error);
  EXPECT_THROW(scratch_memory(10, "/proc/nowhere"), Error);
}

TEST(PhysicalMemory, IsSomeOfIt) {
  EXPECT_GT(physical_memory(), std::size_t{1} << 26);
}

}  // namespace
}  // namespace weft
