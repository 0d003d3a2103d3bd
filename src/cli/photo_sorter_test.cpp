#include "cli/photo_sorter.hpp"

#include <fstream>
#include <iterator>

#include "base/test_folder.hpp"

namespace weft::cli {
namespace {

namespace fs = std::filesystem;
using test::TempFolder;

std::string contents(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(PhotoSorter, ClassNamesAreMadeSafeForFolders) {
  EXPECT_EQ(folder_name("T-shirt/top"), "T-shirt_top");
  EXPECT_EQ(folder_name("Ankle boot"), "Ankle boot");
  EXPECT_EQ(folder_name(""), "_");
  EXPECT_EQ(folder_name(".."), "_.._");
  EXPECT_EQ(folder_name("../../etc"), "_.._.._etc");
  EXPECT_EQ(folder_name("a\nb\x1b[2J\xFF"), "a_b_[2J_");
  EXPECT_EQ(folder_name("Kleid für Größe 36"), "Kleid für Größe 36");
  EXPECT_EQ(folder_name("so: \"what\"? "), "so_ _what__ _");
  const std::string longest = folder_name("a" + std::string(300, '\xC3') + "b");
  EXPECT_LE(longest.size(), 255U);
  std::string umlauts = "a";
  for (int i = 0; i < 200; ++i) umlauts += "ü";
  EXPECT_EQ(folder_name(umlauts).size(), 199U);  // the character that would be cut is left out
}

TEST(PhotoSorter, NothingIsOverwritten) {
  const TempFolder folder;
  const fs::path one = folder.write("in/a.jpg", {'1'}), two = folder.write("in2/a.jpg", {'2'});
  folder.write("out/x/a-2.jpg", {'o'});
  {
    PhotoSorter sorter(folder.path() / "out", {"x", "y"}, false);
    EXPECT_EQ(sorter.put(one, 0), folder.path() / "out/x/a.jpg");
    EXPECT_EQ(sorter.put(two, 0), folder.path() / "out/x/a-3.jpg");
    EXPECT_EQ(sorter.put(two, 0), folder.path() / "out/x/a-4.jpg");
    EXPECT_EQ(sorter.put(two, 1), folder.path() / "out/y/a.jpg");
    EXPECT_EQ(sorter.put(two, std::nullopt), folder.path() / "out/_review/a.jpg");
  }
  EXPECT_EQ(contents(folder.path() / "out/x/a.jpg"), "1");
  EXPECT_EQ(contents(folder.path() / "out/x/a-2.jpg"), "o");
  EXPECT_EQ(contents(folder.path() / "out/x/a-3.jpg"), "2");
  EXPECT_EQ(PhotoSorter(folder.path() / "out", {"x", "y"}, false).put(one, 0),
            folder.path() / "out/x/a-5.jpg");
  EXPECT_TRUE(fs::exists(one));
}

TEST(PhotoSorter, NamesThatBecomeEqualAreKeptApart) {
  const TempFolder folder;
  const fs::path file = folder.write("a.jpg", {'1'});
  PhotoSorter sorter(folder.path() / "out", {"a/b", "a_b", "_review"}, false);
  EXPECT_EQ(sorter.put(file, 0), folder.path() / "out/a_b/a.jpg");
  EXPECT_EQ(sorter.put(file, 1), folder.path() / "out/a_b-2/a.jpg");
  EXPECT_EQ(sorter.put(file, 2), folder.path() / "out/_review-2/a.jpg");
}

TEST(PhotoSorter, LongNamesAreCutForTheirNumbers) {
  const TempFolder folder;
  const fs::path file = folder.write(std::string(251, 'n') + ".jpg", {'1'});
  PhotoSorter sorter(folder.path() / "out", {"x"}, false);
  sorter.put(file, 0);
  EXPECT_EQ(sorter.put(file, 0).filename(), std::string(249, 'n') + "-2.jpg");
}

TEST(PhotoSorter, LinksInsteadOfCopies) {
  const TempFolder folder;
  const fs::path file = folder.write("a.jpg", {'1'});
  fs::create_symlink("a.jpg", folder.path() / "link.jpg");
  PhotoSorter sorter(folder.path() / "out", {"x"}, true);
  EXPECT_TRUE(fs::equivalent(sorter.put(file, 0), file));
  EXPECT_EQ(fs::hard_link_count(file), 2U);
  EXPECT_EQ(sorter.put(file, 0).filename(), "a-2.jpg");
  // A link leads to what it led to.
  EXPECT_EQ(contents(sorter.put(folder.path() / "link.jpg", 0)), "1");
}

TEST(PhotoSorter, WhatCannotBeCopiedLeavesNothing) {
  const TempFolder folder;
  for (const bool link : {false, true}) {
    PhotoSorter sorter(folder.path() / "out", {"x"}, link);
    test::expect_error(ErrorCode::failed, {"--sort-into: cannot"},
                       [&] { sorter.put(folder.path() / "gone.jpg", 0); });
    EXPECT_FALSE(fs::exists(folder.path() / "out/x/gone.jpg"));
  }
  folder.write("file", {});
  test::expect_error(ErrorCode::failed, {"cannot create the folder"},
                     [&] { PhotoSorter(folder.path() / "file/out", {"x"}, false); });
}

}  // namespace
}  // namespace weft::cli
