#include "data/download.hpp"

#include <gmock/gmock.h>

#include <map>
#include <stdexcept>

#include "data/fashion_mnist.hpp"
#include "data/gzip.hpp"
#include "data/test_folder.hpp"

namespace weft {
namespace {

namespace fs = std::filesystem;
using test::Bytes;
using test::Environment;
using test::expect_error;
using test::gzipped;
using test::TempFolder;

constexpr std::size_t kAmple = 1 << 20;

std::string url_of(const fs::path& path) {
  return "file://" + path.string();
}

// Gzipped copies of the real files, as the authors' server has them.
void fill_server(const TempFolder& server) {
  const fs::path folder = find_fashion_mnist(fashion_mnist_folders(),
                                             {kCanonicalFiles.begin(), kCanonicalFiles.end()}, {});
  for (const CanonicalFile& file : kCanonicalFiles) {
    const std::string name = std::string(file.name) + ".gz";
    const FileBytes bytes = read_file(find_file(folder, file).value(), std::size_t{64} << 20);
    Bytes copy(bytes.span().begin(), bytes.span().end());
    server.write("server/" + name, is_gzip(copy) ? copy : gzipped(copy));
  }
}

TEST(Download, BringsTheBytesAndReports) {
  const TempFolder folder;
  const Bytes contents(200'000, 3);
  const auto file = folder.write("file", contents);
  std::uint64_t last = 0;
  const auto bytes = download(url_of(file), contents.size(), "the file",
                              [&](const std::string& name, std::uint64_t done, std::uint64_t) {
                                EXPECT_EQ(name, "the file");
                                EXPECT_GE(done, last);
                                last = done;
                              });
  EXPECT_EQ(bytes, contents);
  EXPECT_EQ(last, contents.size());
  EXPECT_EQ(download(url_of(file), contents.size(), "x", {}), contents);
}

TEST(Download, StopsAboveItsLimit) {
  const TempFolder folder;
  const auto file = folder.write("file", Bytes(200'000, 3));
  expect_error(ErrorCode::failed, {url_of(file), "199999"},
               [&] { download(url_of(file), 199'999, "x", {}); });
}

TEST(Download, EndsWhenTheObserverThrows) {
  const TempFolder folder;
  const auto file = folder.write("file", Bytes(200'000, 3));
  const auto stop = [](const std::string&, std::uint64_t, std::uint64_t) {
    throw std::runtime_error("stopped");
  };
  EXPECT_THROW(download(url_of(file), kAmple, "x", stop), std::runtime_error);
}

TEST(Download, SaysWhyItCannot) {
  expect_error(ErrorCode::failed, {"file:///no/such/file", "Couldn't open file"},
               [] { download("file:///no/such/file", kAmple, "x", {}); });
  expect_error(ErrorCode::failed, {"ftp"}, [] { download("ftp://127.0.0.1/x", kAmple, "x", {}); });
  // Nobody listens on port 1.
  expect_error(ErrorCode::failed, {"http://127.0.0.1:1/x"},
               [] { download("http://127.0.0.1:1/x", kAmple, "x", {}); });
}

TEST(DownloadFashionMnist, KeepsFourCheckedFiles) {
  const TempFolder folder;
  fill_server(folder);
  const Environment url("WEFT_FASHION_MNIST_URL", url_of(folder.path() / "server/"));
  const fs::path cache = folder.path() / "new/cache";
  std::map<std::string, std::uint64_t> received;
  download_fashion_mnist(cache, [&](const std::string& file, std::uint64_t done, std::uint64_t) {
    received[file] = done;
  });
  for (const CanonicalFile& file : kCanonicalFiles) {
    const std::string name = std::string(file.name) + ".gz";
    ASSERT_TRUE(fs::exists(cache / name)) << name;
    EXPECT_EQ(fs::file_size(cache / name), fs::file_size(folder.path() / "server" / name));
    EXPECT_EQ(received[name], fs::file_size(cache / name));
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(cache), fs::directory_iterator()), 4);

  // What is there is not fetched again.
  fs::remove_all(folder.path() / "server");
  download_fashion_mnist(cache, {});
  fs::remove(cache / "t10k-labels-idx1-ubyte.gz");
  expect_error(ErrorCode::failed, {"t10k-labels-idx1-ubyte.gz"},
               [&] { download_fashion_mnist(cache, {}); });
}

TEST(DownloadFashionMnist, RefusesOtherContentsAndLeavesNothingBehind) {
  const TempFolder folder;
  const Environment url("WEFT_FASHION_MNIST_URL", url_of(folder.path() / "server"));
  const fs::path cache = folder.path() / "cache";
  const auto refused = [&](const Bytes& contents, const std::vector<std::string>& parts) {
    folder.write("server/train-images-idx3-ubyte.gz", contents);
    expect_error(ErrorCode::bad_input, parts, [&] { download_fashion_mnist(cache, {}); });
    EXPECT_FALSE(fs::exists(cache));
  };
  refused({}, {"train-images-idx3-ubyte.gz", "0 bytes that are not gzip"});
  refused({'<', 'h', 't', 'm', 'l', '>'}, {"login page"});
  refused(gzipped({1, 2, 3}), {"039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81",
                               kTrainImages.sha256});
  Bytes cut = gzipped(Bytes(1000, 5));
  cut.pop_back();
  refused(cut, {"damaged or cut short"});
}

TEST(DownloadFashionMnist, RefusesOneChangedByteOfTheRealFile) {
  const TempFolder folder;
  fill_server(folder);
  const Environment url("WEFT_FASHION_MNIST_URL", url_of(folder.path() / "server"));
  const auto file = folder.path() / "server/t10k-labels-idx1-ubyte.gz";
  const FileBytes labels = read_unpacked(file, kAmple);
  Bytes changed(labels.span().begin(), labels.span().end());
  changed.back() ^= 1;
  folder.write("server/t10k-labels-idx1-ubyte.gz", gzipped(changed));
  const fs::path cache = folder.path() / "cache";
  expect_error(ErrorCode::bad_input, {"t10k-labels-idx1-ubyte.gz", kTestLabels.sha256},
               [&] { download_fashion_mnist(cache, {}); });
  // The three good ones stay; of the fourth there is nothing.
  EXPECT_EQ(std::distance(fs::directory_iterator(cache), fs::directory_iterator()), 3);
  EXPECT_EQ(find_file(cache, kTestLabels), std::nullopt);
}

TEST(DownloadFashionMnist, NeedsAFolder) {
  expect_error(ErrorCode::failed, {"WEFT_CACHE"}, [] { download_fashion_mnist({}, {}); });
}

}  // namespace
}  // namespace weft
