#include "data/photo_files.hpp"

#include <unistd.h>

#include "base/test_folder.hpp"

namespace weft {
namespace {

namespace fs = std::filesystem;
using test::TempFolder;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<FoundPhoto> found_in(std::vector<std::string> paths, const fs::path& left_out = {}) {
  std::size_t next = 0;
  PhotoFiles files(
      [&]() -> std::optional<std::string> {
        if (next == paths.size()) return std::nullopt;
        return paths[next++];
      },
      left_out);
  std::vector<FoundPhoto> found;
  while (auto photo = files.next()) found.push_back(std::move(*photo));
  EXPECT_FALSE(files.next());
  return found;
}

// What was found below `folder`, from there on.
std::vector<std::string> names_below(const fs::path& folder, const fs::path& left_out = {}) {
  std::vector<std::string> names;
  for (const FoundPhoto& photo : found_in({folder.string()}, left_out)) {
    EXPECT_EQ(photo.error, "");
    names.push_back(photo.file.substr(folder.string().size() + 1));
  }
  return names;
}

TEST(PhotoFiles, FoldersAreReadInTheOrderOfWholeNames) {
  const TempFolder folder;
  for (const char* name : {"b.jpg", "a/z.PNG", "a/notes.txt", "a-1.jpg", ".hidden.jpg",
                           ".git/c.jpg", "a/deep/er/y.webp", "a\xFF\n.gif", "c.csv"}) {
    folder.write(name, {});
  }
  fs::create_directories(folder.path() / "empty");
  EXPECT_THAT(names_below(folder.path()),
              ElementsAre("a-1.jpg", "a/deep/er/y.webp", "a/z.PNG", "a\xFF\n.gif", "b.jpg"));
}

TEST(PhotoFiles, FilesAreTakenAsTheyAreNamed) {
  const TempFolder folder;
  const std::string text = folder.write("notes.txt", {}).string();
  const std::string hidden = folder.write(".hidden", {}).string();
  std::vector<std::string> names;
  for (const FoundPhoto& photo : found_in({text, "nowhere.jpg", hidden, text})) {
    names.push_back(photo.file);
  }
  EXPECT_THAT(names, ElementsAre(text, "nowhere.jpg", hidden, text));
  EXPECT_THAT(found_in({}), IsEmpty());
}

TEST(PhotoFiles, LinksLeadToFoldersOnce) {
  const TempFolder folder;
  folder.write("a/one.jpg", {});
  folder.write("b/two.jpg", {});
  fs::create_directory_symlink("..", folder.path() / "a/up");
  fs::create_directory_symlink("loop", folder.path() / "loop");
  fs::create_symlink("gone.jpg", folder.path() / "broken.jpg");
  EXPECT_THAT(names_below(folder.path()), ElementsAre("a/one.jpg", "b/two.jpg", "broken.jpg"));
  // Each path is looked through for itself.
  const std::string a = (folder.path() / "a").string();
  EXPECT_EQ(found_in({a, a}).size(), 6U);
}

TEST(PhotoFiles, AFolderIsLeftOut) {
  const TempFolder folder;
  folder.write("one.jpg", {});
  folder.write("sorted/two.jpg", {});
  EXPECT_THAT(names_below(folder.path(), folder.path() / "sorted"), ElementsAre("one.jpg"));
}

TEST(PhotoFiles, AFolderThatCannotBeReadIsToldAndPassed) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read every folder";
  const TempFolder folder;
  folder.write("closed/one.jpg", {});
  folder.write("two.jpg", {});
  fs::permissions(folder.path() / "closed", fs::perms::none);
  const auto found = found_in({folder.path().string()});
  fs::permissions(folder.path() / "closed", fs::perms::owner_all);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_THAT(found[0].error, testing::HasSubstr("closed/: "));
  EXPECT_EQ(found[1].error, "");
}

}  // namespace
}  // namespace weft
