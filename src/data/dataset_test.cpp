#include <gmock/gmock.h>

#include <algorithm>

#include "data/test_folder.hpp"
#include "weft/data.hpp"

namespace weft {
namespace {

namespace fs = std::filesystem;
using test::Bytes;
using test::Environment;
using test::expect_error;
using test::gzipped;
using test::idx;
using test::TempFolder;
using testing::ElementsAre;

constexpr const char* kTrainImagesName = "train-images-idx3-ubyte";
constexpr const char* kTrainLabelsName = "train-labels-idx1-ubyte";
constexpr const char* kTestImagesName = "t10k-images-idx3-ubyte";
constexpr const char* kTestLabelsName = "t10k-labels-idx1-ubyte";

// Three training pictures and two test pictures of 1 x 2, classes 0 to 2.
class SmallSet : public testing::Test {
 protected:
  SmallSet() {
    put(kTrainImagesName, idx({3, 1, 2}, {1, 2, 3, 4, 5, 6}));
    put(kTrainLabelsName, idx({3}, {2, 0, 2}));
    put(kTestImagesName, idx({2, 1, 2}, {7, 8, 9, 10}));
    put(kTestLabelsName, idx({2}, {1, 0}));
  }
  void put(const std::string& name, const Bytes& bytes) const {
    folder_.write("set/" + name, bytes);
  }
  void remove(const std::string& name) const { fs::remove(folder_.path() / "set" / name); }
  std::string where() const { return (folder_.path() / "set").string(); }
  void expect_bad(const std::vector<std::string>& parts, const LoadOptions& options = {}) const {
    expect_error(ErrorCode::bad_input, parts, [&] { load_dataset(where(), options); });
  }

  TempFolder folder_;
};

TEST_F(SmallSet, IsReadWhole) {
  const Dataset data = load_dataset(where());
  EXPECT_EQ(data.name, "set");
  EXPECT_EQ(data.format, "idx");
  EXPECT_EQ(data.source, where());
  EXPECT_THAT(data.class_names, ElementsAre("0", "1", "2"));
  EXPECT_EQ(data.train.images.shape(), (Shape{3, 1, 1, 2}));
  EXPECT_THAT(data.train.images.as<std::uint8_t>(), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(data.train.labels, ElementsAre(2, 0, 2));
  EXPECT_EQ(data.test.images.shape(), (Shape{2, 1, 1, 2}));
  EXPECT_THAT(data.test.images.as<std::uint8_t>(), ElementsAre(7, 8, 9, 10));
  EXPECT_THAT(data.test.labels, ElementsAre(1, 0));
}

TEST_F(SmallSet, IsNamedAfterItsFolderHoweverThatIsWritten) {
  EXPECT_EQ(load_dataset(where() + "/").name, "set");
  EXPECT_EQ(load_dataset(where() + "/../set/.").name, "set");
}

TEST_F(SmallSet, MayBeGzippedInPart) {
  const std::string plain = digest(load_dataset(where()).train);
  remove(kTrainImagesName);
  put(std::string(kTrainImagesName) + ".gz", gzipped(idx({3, 1, 2}, {1, 2, 3, 4, 5, 6})));
  EXPECT_EQ(digest(load_dataset(where()).train), plain);
}

TEST_F(SmallSet, ReadsOnlyThePartsAskedFor) {
  put(kTestImagesName, {});
  put(kTestLabelsName, {});
  const Dataset train = load_dataset(where(), {.test = false});
  EXPECT_EQ(train.train.size(), 3U);
  EXPECT_EQ(train.test.size(), 0U);
  EXPECT_EQ(train.test.images.elements(), 0U);
  expect_error(ErrorCode::usage, {"neither"},
               [&] { load_dataset(where(), {.train = false, .val = false, .test = false}); });
}

// A test part alone has the same classes as beside its training part.
TEST_F(SmallSet, HasItsClassesFromTheTrainingLabels) {
  put(kTrainImagesName, {});
  const LoadOptions test_only{.train = false};
  const Dataset test = load_dataset(where(), test_only);
  EXPECT_EQ(test.train.size(), 0U);
  EXPECT_EQ(test.test.size(), 2U);
  EXPECT_THAT(test.class_names, ElementsAre("0", "1", "2"));
  remove(kTrainImagesName);
  remove(kTrainLabelsName);
  EXPECT_THAT(load_dataset(where(), test_only).class_names, ElementsAre("0", "1"));
}

TEST_F(SmallSet, NamesTheMissingFile) {
  for (const char* name : {kTrainImagesName, kTrainLabelsName, kTestImagesName, kTestLabelsName}) {
    SCOPED_TRACE(name);
    const auto away = folder_.path() / "away";
    fs::rename(folder_.path() / "set" / name, away);
    expect_bad({where(), name, "four IDX files"});
    fs::rename(away, folder_.path() / "set" / name);
  }
}

TEST_F(SmallSet, NamesTheEmptyFile) {
  put(kTestLabelsName, {});
  expect_bad({kTestLabelsName, "byte 0", "magic number"});
}

TEST_F(SmallSet, ReportsTheFirstOfSeveralFaults) {
  put(kTrainLabelsName, {1});
  put(kTestLabelsName, {});
  for (int i = 0; i < 20; ++i) expect_bad({kTrainLabelsName});
}

TEST_F(SmallSet, NeedsALabelForEachPicture) {
  put(kTrainLabelsName, idx({2}, {2, 0}));
  expect_bad({kTrainImagesName, "3 pictures", kTrainLabelsName, "2 labels"});
  put(kTrainLabelsName, idx({3}, {2, 0, 2}));
  put(kTestLabelsName, idx({3}, {0, 0, 0}));
  expect_bad({"2 pictures", "3 labels"});
}

TEST_F(SmallSet, RefusesALabelWithoutAClass) {
  put(kTestLabelsName, idx({2}, {2, 3}));
  expect_bad({kTestLabelsName, "byte 9", "label 3", "largest in the training part is 2"});
}

TEST_F(SmallSet, RefusesPicturesOfTwoSizes) {
  put(kTestImagesName, idx({2, 2, 1}, {7, 8, 9, 10}));
  expect_bad({kTrainImagesName, "1x2", kTestImagesName, "2x1"});
}

TEST_F(SmallSet, RefusesFilesWithoutPictures) {
  put(kTestImagesName, idx({0, 1, 2}, {}));
  put(kTestLabelsName, idx({0}, {}));
  expect_bad({kTestImagesName, "0x1x2", "no pixels"});
}

TEST_F(SmallSet, RefusesSwappedFiles) {
  put(kTrainImagesName, idx({3}, {2, 0, 2}));
  put(kTrainLabelsName, idx({3, 1, 2}, {1, 2, 3, 4, 5, 6}));
  expect_bad({kTrainImagesName, "expected 3 dimensions, found 1", "swapped"});
}

TEST_F(SmallSet, IsNotFashionMnistWhateverTheFolderIsCalled) {
  const Environment data("WEFT_DATA", where());
  expect_error(ErrorCode::bad_input, {where(), "other labels"},
               [] { load_dataset("fashion-mnist"); });
}

TEST(LoadDataset, RefusesWhatIsNeitherFolderNorFile) {
  const TempFolder folder;
  for (const std::string& where : {(folder.path() / "none").string(), std::string()}) {
    expect_error(ErrorCode::bad_input, {"\"" + where + "\" is neither", "fashion-mnist"},
                 [&] { load_dataset(where); });
  }
  expect_error(ErrorCode::bad_input, {folder.path().string(), "holds no data"},
               [&] { load_dataset(folder.path().string()); });
}

TEST(LoadDataset, KnowsFashionMnist) {
  const Dataset data = load_dataset("fashion-mnist");
  EXPECT_EQ(data.name, "fashion-mnist");
  EXPECT_THAT(data.class_names, ElementsAre("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                                            "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"));
  EXPECT_EQ(data.train.images.shape(), (Shape{60000, 1, 28, 28}));
  EXPECT_EQ(data.test.images.shape(), (Shape{10000, 1, 28, 28}));
  EXPECT_EQ(data.train.labels.size(), 60000U);
  EXPECT_EQ(data.test.labels.size(), 10000U);
  for (Label label = 0; label < 10; ++label) {
    EXPECT_EQ(std::ranges::count(data.train.labels, label), 6000) << int{label};
    EXPECT_EQ(std::ranges::count(data.test.labels, label), 1000) << int{label};
  }
  // Picture 1's first row with something in it is row 3 of the article's listing.
  const auto second = data.train.images.as<std::uint8_t>().subspan(28 * 28, 20);
  EXPECT_THAT(second, ElementsAre(0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 41, 188, 103, 54, 48, 43, 87, 168,
                                  133, 16));
}

TEST(LoadDataset, FashionMnistHasNoValPart) {
  expect_error(ErrorCode::bad_input, {"none of the parts", "val"},
               [] { load_dataset("fashion-mnist", {.train = false, .test = false}); });
}

// From the folder alone: by its labels, under the folder's own name.
TEST(LoadDataset, KnowsFashionMnistInAnyFolder) {
  const Dataset named = load_dataset("fashion-mnist", {.train = false});
  const TempFolder folder;
  for (const auto& entry : fs::directory_iterator(named.source)) {
    fs::create_symlink(entry.path(), folder.path() / entry.path().filename());
  }
  const Dataset found = load_dataset(folder.path().string(), {.train = false});
  EXPECT_EQ(found.name, folder.path().filename());
  EXPECT_EQ(found.class_names, named.class_names);
  EXPECT_EQ(digest(found.test), digest(named.test));

  // One label file of the two is not enough.
  for (const char* ending : {"", ".gz"}) {  // the links: what is written goes where they point
    fs::remove(folder.path() / (std::string(kTrainLabelsName) + ending));
  }
  folder.write(kTrainLabelsName, idx({2}, {0, 9}));
  const Dataset mixed = load_dataset(folder.path().string(), {.train = false});
  EXPECT_THAT(mixed.class_names, ElementsAre("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));
}

LabelledImages three_images() {
  LabelledImages part{Tensor(DataType::u8, {3, 1, 1, 2}), {4, 5, 6}};
  std::ranges::copy(Bytes{1, 2, 3, 4, 5, 6}, part.images.as<std::uint8_t>().begin());
  return part;
}

TEST(Digest, IsOfShapePixelsAndLabels) {
  const std::string before = digest(three_images());
  // printf '3x1x1x2\n\1\2\3\4\5\6\4\0\5\0\6\0' | sha256sum
  EXPECT_EQ(before, "a6b12e6946b14a41094cdf42108cbcdd0bfae22c93451196404bcf7b757f9622");
  auto part = three_images();
  part.images.as<std::uint8_t>()[5] = 7;
  EXPECT_NE(digest(part), before);
  part = three_images();
  part.labels[0] = 5;
  EXPECT_NE(digest(part), before);
  LabelledImages reshaped{Tensor(DataType::u8, {3, 1, 2, 1}), {4, 5, 6}};
  std::ranges::copy(three_images().images.as<std::uint8_t>(),
                    reshaped.images.as<std::uint8_t>().begin());
  EXPECT_NE(digest(reshaped), before);
}

TEST(Gather, TakesRowsInTheGivenOrder) {
  const auto part = three_images();
  const std::vector<std::uint32_t> rows = {2, 0, 2};
  const auto picked = gather(part, rows);
  EXPECT_EQ(picked.images.shape(), (Shape{3, 1, 1, 2}));
  EXPECT_THAT(picked.images.as<std::uint8_t>(), ElementsAre(5, 6, 1, 2, 5, 6));
  EXPECT_THAT(picked.labels, ElementsAre(6, 4, 6));
}

TEST(Gather, RefusesRowsThatAreNotThere) {
  const std::vector<std::uint32_t> rows = {0, 3};
  expect_error(ErrorCode::usage, {"row 3", "3 rows"}, [&] { gather(three_images(), rows); });
  auto part = three_images();
  part.labels.pop_back();
  expect_error(ErrorCode::usage, {"3 pictures but 2 labels"},
               [&] { gather(part, std::vector<std::uint32_t>{0}); });
}

}  // namespace
}  // namespace weft
