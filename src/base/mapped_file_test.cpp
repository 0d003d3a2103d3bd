#include "base/mapped_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/test_folder.hpp"
#include "weft/error.hpp"
#include "weft/tensor.hpp"

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

TEST(ScratchMemory, HoldsTheRowsOfATensor) {
  const test::TempFolder folder;
  Tensor src(DataType::u8, {4, 3});
  for (std::size_t i = 0; i < 12; ++i) src.as<std::uint8_t>()[i] = static_cast<std::uint8_t>(i);
  const std::vector<std::uint32_t> rows = {3, 0};
  Tensor dst(DataType::u8, {2, 3}, scratch_memory(6, folder.path()));
  gather_rows(src, rows, dst);
  const auto values = dst.as<std::uint8_t>();
  EXPECT_EQ(std::vector<std::uint8_t>(values.begin(), values.end()),
            (std::vector<std::uint8_t>{9, 10, 11, 0, 1, 2}));
  Tensor wrong(DataType::u8, {3, 3});
  EXPECT_THROW(gather_rows(src, rows, wrong), Error);
  EXPECT_GT(physical_memory(), std::size_t{1} << 26);
}

}  // namespace
}  // namespace weft
