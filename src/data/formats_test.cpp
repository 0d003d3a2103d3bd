// The same pictures in every format and style: one digest.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "data/test_formats.hpp"
#include "weft/data.hpp"

namespace weft {
namespace {

using test::Bytes;
using test::bytes_of;
using test::csv_header;
using test::csv_text;
using test::CsvStyle;
using test::elements;
using test::fortran;
using test::gzipped;
using test::idx;
using test::npy;
using test::Pictures;
using test::TempFolder;
using test::zipped;
using testing::ElementsAre;
using testing::ElementsAreArray;

using Files = std::vector<std::pair<std::string, Bytes>>;

constexpr auto kLittle = std::endian::little;
constexpr auto kBig = std::endian::big;

Dataset load(const Files& files, const LoadOptions& options = {}) {
  const TempFolder folder;
  for (const auto& [name, bytes] : files) folder.write("set/" + name, bytes);
  return load_dataset((folder.path() / "set").string(), options);
}

Dataset load_file(const std::string& name, const Bytes& bytes, const LoadOptions& options = {}) {
  const TempFolder folder;
  return load_dataset(folder.write(name, bytes).string(), options);
}

const Pictures& grey() {
  static const Pictures made = test::pictures(1, 28);
  return made;
}
const Pictures& colour() {
  static const Pictures made = test::pictures(3, 32);
  return made;
}
const std::string& digest_of(const Pictures& made) {
  static const std::string grey_digest = digest(grey().part());
  static const std::string colour_digest = digest(colour().part());
  return made.c == 1 ? grey_digest : colour_digest;
}

Bytes grey_idx() {
  return idx({200, 28, 28}, grey().pixels);
}
Bytes grey_labels() {
  return idx({200}, grey().labels);
}

// Rank, sizes and elements of IDX with another element type.
Bytes typed_idx(std::uint8_t type, std::initializer_list<std::uint32_t> sizes, const Bytes& bytes) {
  Bytes result = idx(sizes, bytes);
  result[2] = type;
  return result;
}

Bytes joined(Bytes first, const Bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

TEST(FormatIdx, FilesOfAnyNameArePairedByContent) {
  const Dataset data = load({{"a", grey_labels()}, {"b.bin", grey_idx()}});
  EXPECT_EQ(digest(data.train), digest_of(grey()));
  EXPECT_TRUE(data.whole);
  EXPECT_TRUE(data.numbered);
  EXPECT_EQ(data.format, "idx");
  EXPECT_EQ(data.class_names.size(), 10U);
}

TEST(FormatIdx, GzipOfOneOrTwoMembers) {
  const Bytes pixels = grey_idx();
  const auto middle = pixels.begin() + 1000;
  const Bytes two = joined(gzipped({pixels.begin(), middle}), gzipped({middle, pixels.end()}));
  for (const Bytes& packed : {gzipped(pixels), two}) {
    const Dataset data = load({{"labels.gz", gzipped(grey_labels())}, {"pictures.gz", packed}});
    EXPECT_EQ(digest(data.train), digest_of(grey()));
  }
}

TEST(FormatIdx, PartsByTheWordsOfTheNames) {
  const Dataset data = load({{"emnist-digits-Train-images.idx", grey_idx()},
                             {"emnist-digits-Train-labels.idx", grey_labels()},
                             {"validation_x", idx({1, 28, 28}, Bytes(784, 3))},
                             {"validation_y", idx({1}, {4})},
                             {"t10k.pictures", idx({1, 28, 28}, Bytes(784, 9))},
                             {"t10k.labels", idx({1}, {9})}});
  EXPECT_FALSE(data.whole);
  EXPECT_EQ(digest(data.train), digest_of(grey()));
  EXPECT_THAT(data.val.labels, ElementsAre(4));
  EXPECT_THAT(data.test.labels, ElementsAre(9));
}

TEST(FormatIdx, EveryElementType) {
  const Bytes& px = grey().pixels;
  const double unit = 1 / 255.0;
  const Files variants = {
      {"i16", typed_idx(0x0b, {200, 28, 28}, elements<std::int16_t>(px, kBig))},
      {"i32", typed_idx(0x0c, {200, 28, 28}, elements<std::int32_t>(px, kBig))},
      {"f32", typed_idx(0x0d, {200, 28, 28}, elements<float>(px, kBig))},
      {"f64", typed_idx(0x0e, {200, 28, 28}, elements<double>(px, kBig))},
      {"f32 of 1", typed_idx(0x0d, {200, 28, 28}, elements<float>(px, kBig, unit))},
      {"f64 of 1", typed_idx(0x0e, {200, 28, 28}, elements<double>(px, kBig, unit))},
      {"flat", idx({200, 784}, px)},
      {"channel last", idx({200, 28, 28, 1}, px)},
      {"channel second", idx({200, 1, 28, 28}, px)}};
  const Files labels = {
      {"i8", typed_idx(0x09, {200}, grey().labels)},
      {"i32", typed_idx(0x0c, {200}, elements<std::int32_t>(grey().labels, kBig))},
      {"column", idx({200, 1}, grey().labels)}};
  for (const auto& [name, bytes] : variants) {
    SCOPED_TRACE(name);
    EXPECT_EQ(digest(load({{"p", bytes}, {"q", labels[0].second}}).train), digest_of(grey()));
  }
  for (const auto& [name, bytes] : labels) {
    SCOPED_TRACE(name);
    EXPECT_EQ(digest(load({{"p", bytes}, {"q", grey_idx()}}).train), digest_of(grey()));
  }
}

TEST(FormatIdx, PicturesAloneWithoutLabels) {
  const Dataset data = load_file("x.gz", gzipped(grey_idx()), {.labels = false});
  EXPECT_EQ(data.train.size(), 200U);
  EXPECT_TRUE(data.train.labels.empty());
  EXPECT_TRUE(data.class_names.empty());
  EXPECT_EQ(data.name, "x");
  const LabelledImages bare{grey().part().images, {}};
  EXPECT_EQ(digest(data.train), digest(bare));
  const std::vector<std::uint32_t> rows = {5, 1};
  EXPECT_TRUE(gather(data.train, rows).labels.empty());
}

TEST(FormatCsv, EveryStyle) {
  const std::string counted = [] {
    std::string line = "label";
    for (int i = 0; i < 784; ++i) line += "," + std::to_string(i);
    return line;
  }();
  std::string all_counted = "0";
  for (int i = 1; i < 785; ++i) all_counted += "," + std::to_string(i);
  const std::vector<std::pair<const char*, CsvStyle>> styles = {
      {"bare", {}},
      {"last", {.label_first = false}},
      {"header", {.header = csv_header(784, "label")}},
      {"header, label last", {.header = csv_header(784, "Class", false), .label_first = false}},
      {"pandas", {.header = counted}},
      {"pandas without names", {.header = all_counted}},
      {"quoted", {.header = csv_header(784, "\"y\""), .quoted = true}},
      {"CRLF", {.header = csv_header(784, "TARGET"), .end = "\r\n"}},
      {"blank lines", {.end = "\n\n"}},
      {"0 to 1", {.header = csv_header(784, "label"), .scale = 255}},
      {"decimals", {.header = csv_header(784, "labels"), .scale = 0.999999999}}};
  for (const auto& [name, style] : styles) {
    SCOPED_TRACE(name);
    const Bytes text = bytes_of(csv_text(grey(), style));
    const Dataset data = load_file("some.csv", text);
    EXPECT_EQ(digest(data.train), digest_of(grey()));
    EXPECT_TRUE(data.whole);
    EXPECT_TRUE(data.numbered);
    EXPECT_EQ(data.format, "csv");
    EXPECT_EQ(data.name, "some");
  }
  const Bytes marked = bytes_of("\xef\xbb\xbf" + csv_text(grey(), {}));
  EXPECT_EQ(digest(load_file("a.csv", marked).train), digest_of(grey()));
  const Bytes packed = gzipped(bytes_of(csv_text(grey(), {})));
  const Dataset data = load_file("b.csv.gz", packed);
  EXPECT_EQ(digest(data.train), digest_of(grey()));
  EXPECT_EQ(data.name, "b");
}

TEST(FormatCsv, ColourIsInterleaved) {
  const Bytes text = bytes_of(csv_text(colour(), {.header = csv_header(3072, "label")}));
  EXPECT_EQ(digest(load({{"one.csv", text}}).train), digest_of(colour()));
}

TEST(FormatCsv, TextLabelsAreClassesInTheOrderOfBytes) {
  const std::vector<std::string> classes = {"Bag", "a b", "c,d", "dog", "e",
                                            "f",   "g",   "h",   "i",   "~"};
  const Dataset data =
      load_file("x.csv", bytes_of(csv_text(grey(), {.quoted = true, .classes = classes})));
  EXPECT_EQ(digest(data.train), digest_of(grey()));
  EXPECT_THAT(data.class_names, ElementsAreArray(classes));
  EXPECT_FALSE(data.numbered);
}

TEST(FormatCsv, LabelColumnAsGiven) {
  const Bytes last =
      bytes_of(csv_text(grey(), {.header = csv_header(784, "kind", false), .label_first = false}));
  EXPECT_EQ(digest(load_file("x.csv", last, {.label_column = "kind"}).train), digest_of(grey()));
  EXPECT_EQ(digest(load_file("x.csv", last, {.label_column = "last"}).train), digest_of(grey()));
  const Bytes first = bytes_of(csv_text(grey(), {}));
  EXPECT_EQ(digest(load_file("x.csv", first, {.label_column = "first"}).train), digest_of(grey()));
}

TEST(FormatCsv, PartsAndNotesInAFolder) {
  const Bytes text = bytes_of(csv_text(grey(), {}));
  const Files files = {
      {"mnist_train.csv", text},
      {"mnist_test.csv.gz", gzipped(text)},
      {"mnist_val.csv", text},
      {"README.md", bytes_of("Pictures made up of nothing.")},
      {"meta.json", bytes_of("{\"a\": 1, \"b\": 2, \"c\": 3, \"d\": 4, \"e\": 5}")},
      {"sample_submission.csv", bytes_of("ImageId,Label\n1,0\n")},
      {".hidden", Bytes(10, 1)},
      {"folder/file", Bytes(10, 1)}};
  const Dataset data = load(files);
  EXPECT_FALSE(data.whole);
  for (const auto* part : {&data.train, &data.val, &data.test}) {
    EXPECT_EQ(digest(*part), digest_of(grey()));
  }
}

TEST(FormatCsv, ATestPartAloneHasTheTrainingClasses) {
  const auto row = [](const std::string& label) { return label + ",9,9,3,4\n"; };
  const Files files = {{"train.csv", bytes_of(row("cat") + row("bee") + row("ant"))},
                       {"test.csv", bytes_of(row("cat") + row("cat"))}};
  const Dataset data = load(files, {.train = false});
  EXPECT_EQ(data.train.size(), 0U);
  EXPECT_THAT(data.test.labels, ElementsAre(2, 2));
  EXPECT_THAT(data.class_names, ElementsAre("ant", "bee", "cat"));
}

TEST(FormatCsv, PicturesAloneWithoutLabels) {
  for (const std::string& header : {std::string(), csv_header(783, "pixel")}) {
    const CsvStyle style{.header = header, .labels = false};
    const Dataset data = load_file("x.csv", bytes_of(csv_text(grey(), style)), {.labels = false});
    EXPECT_TRUE(data.train.labels.empty());
    EXPECT_EQ(digest(data.train), digest({grey().part().images, {}}));
  }
}

Bytes npz(const std::string& images, const Bytes& image_array, const std::string& labels,
          const Bytes& label_array) {
  return zipped({{images + ".npy", image_array}, {labels + ".npy", label_array}}, false);
}

TEST(FormatNpz, EveryName) {
  const Bytes images = npy("|u1", {200, 28, 28}, grey().pixels);
  const Bytes labels = npy("|u1", {200}, grey().labels);
  for (const auto& [x, y] :
       std::vector<std::pair<std::string, std::string>>{{"x_train", "y_train"},
                                                        {"train_images", "train_labels"},
                                                        {"images", "labels"},
                                                        {"x", "y"},
                                                        {"X", "y"},
                                                        {"data", "labels"}}) {
    SCOPED_TRACE(x);
    const Dataset data = load_file("s.npz", npz(x, images, y, labels));
    EXPECT_EQ(digest(data.train), digest_of(grey()));
    EXPECT_EQ(data.whole, x.find("train") == std::string::npos);
    EXPECT_EQ(data.format, "npz");
  }
  for (const bool medmnist : {false, true}) {
    Files entries;
    for (const std::string part : {"train", "val", "test"}) {
      entries.emplace_back((medmnist ? part + "_images" : "x_" + part) + ".npy", images);
      entries.emplace_back((medmnist ? part + "_labels" : "y_" + part) + ".npy", labels);
    }
    const Dataset data = load({{"all.npz", zipped(entries, medmnist)}});
    for (const auto* part : {&data.train, &data.val, &data.test}) {
      EXPECT_EQ(digest(*part), digest_of(grey()));
    }
    EXPECT_EQ(load({{"all.npz", zipped(entries)}}, {.train = false, .val = false}).test.size(),
              200U);
  }
}

TEST(FormatNpz, EveryArrayOfPictures) {
  const std::vector<std::size_t> last = {200, 32, 32, 3};
  const std::vector<std::size_t> second = {200, 3, 32, 32};
  const Bytes& px = colour().pixels;
  const Bytes rgb = colour().channels_last();
  const double unit = 1 / 255.0;
  const Files arrays = {
      {"u1", npy("|u1", last, rgb)},
      {"u1 second", npy("|u1", second, px)},
      {"u1 flat", npy("|u1", {200, 3072}, rgb)},
      {"u1 F", npy("|u1", last, fortran(rgb, last), true)},
      {"u1 flat F", npy("|u1", {200, 3072}, fortran(rgb, {200, 3072}), true)},
      {"version 2", npy("|u1", last, rgb, false, 2)},
      {"version 3", npy("|u1", last, rgb, false, 3)},
      {"<i2", npy("<i2", last, elements<std::int16_t>(rgb, kLittle))},
      {">u4", npy(">u4", last, elements<std::uint32_t>(rgb, kBig))},
      {"<i8", npy("<i8", last, elements<std::int64_t>(rgb, kLittle))},
      {"<f4", npy("<f4", last, elements<float>(rgb, kLittle, unit))},
      {">f4 F", npy(">f4", second, elements<float>(fortran(px, second), kBig, unit), true)},
      {"<f8", npy("<f8", second, elements<double>(px, kLittle, unit))},
      {"<f4 of 255", npy("<f4", last, elements<float>(rgb, kLittle))},
      {">f8 of 255", npy(">f8", last, elements<double>(rgb, kBig))}};
  const Bytes labels = npy("|u1", {200}, colour().labels);
  for (const auto& [name, array] : arrays) {
    SCOPED_TRACE(name);
    EXPECT_EQ(digest(load_file("s.npz", npz("x", array, "y", labels)).train), digest_of(colour()));
  }
}

TEST(FormatNpz, EveryArrayOfLabels) {
  const Bytes& numbers = grey().labels;
  Bytes one_hot(2000, 0);
  for (std::size_t i = 0; i < 200; ++i) one_hot[i * 10 + numbers[i]] = 1;
  const Files arrays = {{"(N,1)", npy("|u1", {200, 1}, numbers)},
                        {"i8", npy("<i8", {200}, elements<std::int64_t>(numbers, kLittle))},
                        {"f8", npy(">f8", {200}, elements<double>(numbers, kBig))},
                        {"one-hot", npy("|u1", {200, 10}, one_hot)},
                        {"one-hot b1", npy("|b1", {200, 10}, one_hot)},
                        {"one-hot f4", npy("<f4", {200, 10}, elements<float>(one_hot, kLittle))},
                        {"one-hot F", npy("|u1", {200, 10}, fortran(one_hot, {200, 10}), true)}};
  const Bytes images = npy("|u1", {200, 28, 28}, grey().pixels);
  for (const auto& [name, array] : arrays) {
    SCOPED_TRACE(name);
    EXPECT_EQ(digest(load_file("s.npz", npz("images", images, "labels", array)).train),
              digest_of(grey()));
  }
}

TEST(FormatNpz, BooleansAreBlackAndWhite) {
  const Dataset data = load_file(
      "s.npz", npz("x", npy("|b1", {2, 1, 2}, {0, 1, 1, 1}), "y", npy("|u1", {2}, {0, 1})));
  EXPECT_THAT(data.train.images.as<std::uint8_t>(), ElementsAre(0, 255, 255, 255));
}

TEST(FormatCifar, TenClasses) {
  const Dataset data = load_file("data_batch_1.bin", test::cifar(colour()));
  EXPECT_EQ(digest(data.train), digest_of(colour()));
  EXPECT_TRUE(data.whole);
  EXPECT_TRUE(data.numbered);
  EXPECT_EQ(data.format, "cifar-10");
}

TEST(FormatCifar, SeveralFilesOfAPartAreJoined) {
  const Bytes all = test::cifar(colour());
  const auto middle = all.begin() + std::ptrdiff_t{50} * 3073;
  const std::string names =
      "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n";
  const Dataset data = load({{"data_batch_1.bin", {all.begin(), middle}},
                             {"data_batch_2.bin", {middle, all.end()}},
                             {"test_batch.bin", all},
                             {"readme.html", bytes_of("<html>")},
                             {"batches.meta.txt", bytes_of(names)}});
  EXPECT_FALSE(data.whole);
  EXPECT_EQ(digest(data.train), digest_of(colour()));
  EXPECT_EQ(digest(data.test), digest_of(colour()));
  EXPECT_EQ(data.class_names.size(), 10U);
  EXPECT_EQ(data.class_names[9], "truck");
  EXPECT_FALSE(data.numbered);
}

TEST(FormatCifar, HundredClassesByTheFineLabel) {
  const Dataset data = load({{"train.bin", test::cifar(colour(), true)},
                             {"test.bin.gz", gzipped(test::cifar(colour(), true))}});
  EXPECT_EQ(data.format, "cifar-100");
  EXPECT_EQ(digest(data.train), digest_of(colour()));
  EXPECT_EQ(digest(data.test), digest_of(colour()));
  EXPECT_EQ(data.class_names.size(), 100U);
}

TEST(FormatNames, ClassesTxtNamesNumberedClasses) {
  const Files files = {{"a", grey_idx()}, {"b", grey_labels()}};
  Files named = files;
  named.emplace_back("classes.txt", bytes_of("k\nj\ni\nh\ng\nf\r\ne\nd\nc\nb\n"));
  const Dataset data = load(named);
  EXPECT_THAT(data.class_names, ElementsAre("k", "j", "i", "h", "g", "f", "e", "d", "c", "b"));
  EXPECT_FALSE(data.numbered);
  named.back().second = bytes_of("one\ntwo\n");
  test::expect_error(ErrorCode::bad_input, {"classes.txt", "names 2", "up to 9"},
                     [&] { load(named); });
  named.back().second = bytes_of("one\none\n");
  test::expect_error(ErrorCode::bad_input, {"classes.txt", "line 2", "\"one\""},
                     [&] { load(named); });

  const TempFolder folder;
  folder.write("classes.txt", bytes_of("k\nj\ni\nh\ng\nf\ne\nd\nc\nb"));
  const auto file = folder.write("x.csv", bytes_of(csv_text(grey(), {})));
  EXPECT_EQ(load_dataset(file.string()).class_names[9], "b");
}

}  // namespace
}  // namespace weft
