#include "weft/tensor.hpp"

#include <gmock/gmock.h>

#include "base/mapped_file.hpp"
#include "base/test_folder.hpp"
#include "weft/error.hpp"

namespace weft {
namespace {

TEST(GatherRows, FillsMemoryThatStandsSomewhereElse) {
  const test::TempFolder folder;
  Tensor src(DataType::u8, {4, 3});
  for (std::size_t i = 0; i < 12; ++i) src.as<std::uint8_t>()[i] = static_cast<std::uint8_t>(i);
  const std::vector<std::uint32_t> rows = {3, 0};
  Tensor dst(DataType::u8, {2, 3}, scratch_memory(6, folder.path()));
  gather_rows(src, rows, dst);
  EXPECT_THAT(dst.as<std::uint8_t>(), testing::ElementsAre(9, 10, 11, 0, 1, 2));
  Tensor wrong(DataType::u8, {3, 3});
  EXPECT_THROW(gather_rows(src, rows, wrong), Error);
  EXPECT_THROW(gather_rows(src, std::vector<std::uint32_t>{4}), Error);
}

}  // namespace
}  // namespace weft
