#include "data/fashion_mnist.hpp"

#include <gmock/gmock.h>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "data/gzip.hpp"
#include "data/test_folder.hpp"

namespace weft {
namespace {

namespace fs = std::filesystem;
using test::Environment;
using test::expect_error;
using test::TempFolder;
using testing::ElementsAre;

const std::vector<CanonicalFile> kAll(kCanonicalFiles.begin(), kCanonicalFiles.end());

TEST(FindFile, TakesEitherForm) {
  const TempFolder folder;
  EXPECT_EQ(find_file(folder.path(), kTestLabels), std::nullopt);
  const auto packed = folder.write("t10k-labels-idx1-ubyte.gz", {1});
  EXPECT_EQ(find_file(folder.path(), kTestLabels), packed);
  const auto plain = folder.write("t10k-labels-idx1-ubyte", {1});
  EXPECT_EQ(find_file(folder.path(), kTestLabels), plain);
  EXPECT_EQ(find_file(folder.path(), kTrainLabels), std::nullopt);
}

TEST(FashionMnistCache, GoesByTheEnvironment) {
  const Environment weft("WEFT_CACHE", "/w");
  const Environment xdg("XDG_CACHE_HOME", "/x");
  const Environment home("HOME", "/h");
  EXPECT_EQ(fashion_mnist_cache(), "/w/fashion-mnist");
  const Environment no_weft("WEFT_CACHE", "");  // as good as not set
  EXPECT_EQ(fashion_mnist_cache(), "/x/weft/fashion-mnist");
  const Environment no_xdg("XDG_CACHE_HOME", std::nullopt);
  EXPECT_EQ(fashion_mnist_cache(), "/h/.cache/weft/fashion-mnist");
  const Environment no_home("HOME", std::nullopt);
  EXPECT_EQ(fashion_mnist_cache(), "");
}

TEST(FashionMnistFolders, AreTriedInThisOrder) {
  const Environment data("WEFT_DATA", "/d");
  const Environment weft("WEFT_CACHE", "/w");
  const Environment home("HOME", "/h");
  EXPECT_THAT(fashion_mnist_folders(),
              ElementsAre("/d", "/d/fashion-mnist", "/usr/share/datasets/fashion-mnist",
                          "/h/.keras/datasets/fashion-mnist", "FashionMNIST/raw",
                          "data/FashionMNIST/raw", "/h/data/FashionMNIST/raw",
                          "/h/.cache/torch/FashionMNIST/raw", "/w/fashion-mnist"));
  const Environment no_data("WEFT_DATA", std::nullopt);
  const Environment no_weft("WEFT_CACHE", std::nullopt);
  const Environment no_xdg("XDG_CACHE_HOME", std::nullopt);
  const Environment no_home("HOME", std::nullopt);
  EXPECT_THAT(fashion_mnist_folders(), ElementsAre("/usr/share/datasets/fashion-mnist",
                                                   "FashionMNIST/raw", "data/FashionMNIST/raw"));
}

TEST(FindFashionMnist, TakesTheFirstFolderThatHasAllFiles) {
  const TempFolder folder;
  const auto fill = [&](const std::string& name, std::size_t files) {
    for (std::size_t i = 0; i < files; ++i) {
      folder.write(name + "/" + kCanonicalFiles[i].name + (i % 2 == 0 ? "" : ".gz"), {});
    }
    return folder.path() / name;
  };
  const std::vector<fs::path> folders = {folder.path() / "none", fill("most", 3), fill("all", 4),
                                         fill("also", 4)};
  const auto never = []() -> fs::path { throw std::logic_error("downloaded"); };
  EXPECT_EQ(find_fashion_mnist(folders, kAll, never), folders[2]);
  EXPECT_EQ(find_fashion_mnist(folders, {kTrainImages, kTrainLabels}, never), folders[1]);
}

TEST(FindFashionMnist, DownloadsWhenItIsNowhere) {
  EXPECT_EQ(find_fashion_mnist({"/no/such"}, kAll, [] { return fs::path("/fetched"); }),
            "/fetched");
}

TEST(FindFashionMnist, SaysWhereItLookedAndWhatHelps) {
  const std::vector<std::string> parts = {"train-images-idx3-ubyte", "/no/such, /nor/this",
                                          "apt-get install dataset-fashion-mnist"};
  const std::vector<fs::path> folders = {"/no/such", "/nor/this"};
  expect_error(ErrorCode::failed, parts, [&] { find_fashion_mnist(folders, kAll, {}); });
  expect_error(ErrorCode::failed, {"not allowed"}, [&] { find_fashion_mnist(folders, kAll, {}); });
  const auto offline = []() -> fs::path { fail(ErrorCode::failed, "no route"); };
  expect_error(ErrorCode::failed, parts, [&] { find_fashion_mnist(folders, kAll, offline); });
  expect_error(ErrorCode::failed, {"downloading failed: no route"},
               [&] { find_fashion_mnist(folders, kAll, offline); });
  const auto damaged = []() -> fs::path { fail(ErrorCode::bad_input, "wrong digest"); };
  expect_error(ErrorCode::bad_input, {"wrong digest"},
               [&] { find_fashion_mnist(folders, kAll, damaged); });
}

// The digests in the header are those of the published files.
TEST(CanonicalFiles, HaveTheirDigests) {
  const fs::path folder = find_fashion_mnist(fashion_mnist_folders(), kAll, {});
  for (const CanonicalFile& file : kCanonicalFiles) {
    const auto found = find_file(folder, file);
    ASSERT_TRUE(found) << file.name;
    const FileBytes contents = read_unpacked(*found, std::size_t{64} << 20);
    EXPECT_EQ(sha256(contents.span().data(), contents.size()), file.sha256) << file.name;
  }
}

}  // namespace
}  // namespace weft
