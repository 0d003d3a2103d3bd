// What is not as it should be: every fault is an Error(bad_input) with the file, the place, the
// rule.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>
#include <cmath>
#include <limits>

#include "data/test_formats.hpp"
#include "weft/data.hpp"

namespace weft {
namespace {

using test::Bytes;
using test::bytes_of;
using test::gzipped;
using test::idx;
using test::npy;
using test::npy_of;
using test::TempFolder;
using test::zipped;

using Files = std::vector<std::pair<std::string, Bytes>>;

struct Fault {
  const char* what;
  Files files;                     // one: given itself, more: their folder
  std::vector<std::string> parts;  // of the message
};

void expect_faults(const std::vector<Fault>& faults, const LoadOptions& options = {}) {
  for (const Fault& fault : faults) {
    SCOPED_TRACE(fault.what);
    const TempFolder folder;
    for (const auto& [name, bytes] : fault.files) folder.write(name, bytes);
    const auto where =
        fault.files.size() == 1 ? folder.path() / fault.files[0].first : folder.path();
    test::expect_error(ErrorCode::bad_input, fault.parts,
                       [&] { load_dataset(where.string(), options); });
  }
}

Bytes without_end(Bytes bytes, std::size_t count) {
  bytes.resize(bytes.size() - count);
  return bytes;
}

template <class T>
Bytes floats(const std::vector<T>& values) {
  Bytes bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

// `from` replaced by `to`, of the same length, wherever it stands.
Bytes patched(Bytes bytes, const std::string& from, const std::string& to) {
  for (auto at = bytes.begin();;) {
    at = std::search(at, bytes.end(), from.begin(), from.end());
    if (at == bytes.end()) return bytes;
    at = std::copy(to.begin(), to.end(), at);
  }
}

const Bytes kFourPixels = idx({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
const Bytes kTwoLabels = idx({2}, {0, 1});
const std::string kRow = "1,7,9,3,200\n";
const std::string kRows = kRow + "0,5,6,7,8\n";

TEST(BadFormats, Files) {
  Bytes lying = gzipped(kFourPixels);
  lying[lying.size() - 2] ^= 1;
  const TempFolder folder;
  test::expect_error(ErrorCode::bad_input, {folder.path().string(), "holds no data"},
                     [&] { load_dataset(folder.path().string()); });
  expect_faults({
      {"empty", {{"empty.csv", {}}}, {"empty.csv", "byte 0", "is empty"}},
      {"empty among others", {{"a.csv", bytes_of(kRows)}, {"b", {}}}, {"/b", "is empty"}},
      {"empty gzip", {{"a.gz", gzipped({})}}, {"a.gz", "is empty"}},
      {"no format",
       {{"photo", {0x89, 'P', 'N', 'G', 0, 1, 2, 3}}},
       {"photo", "byte 0", "89 50 4e 47", "IDX", "CSV", "NPZ", "CIFAR"}},
      {"no format in a folder",
       {{"a.csv", bytes_of(kRows)}, {"weights.pt", {1, 2, 3, 0}}},
       {"weights.pt", "byte 0", "01 02 03 00"}},
      {"a note alone", {{"README", bytes_of("words")}}, {"README", "77 6f 72 64 73"}},
      {"notes alone",
       {{"README", bytes_of("words")}, {"b.json", bytes_of("{}")}},
       {"holds no data", "IDX, CSV, NPZ or CIFAR"}},
      {"two formats",
       {{"a.csv", bytes_of(kRows)}, {"b.idx", kFourPixels}},
       {"two formats at once", "a.csv is csv", "b.idx is idx"}},
      {"canonical names and another format",
       {{"train-images-idx3-ubyte", kFourPixels},
        {"train-labels-idx1-ubyte", kTwoLabels},
        {"t10k-images-idx3-ubyte", kFourPixels},
        {"t10k-labels-idx1-ubyte", kTwoLabels},
        {"train.csv", bytes_of(kRows)}},
       {"two formats at once", "train-images-idx3-ubyte is idx", "train.csv is csv"}},
      {"two parts in a name",
       {{"train_test.csv", bytes_of(kRows)}, {"b", bytes_of("note")}},
       {"train_test.csv", "both train and test"}},
      {"a part and none",
       {{"train.csv", bytes_of(kRows)}, {"more.csv", bytes_of(kRows)}},
       {"more.csv", "says no part"}},
      {"one part twice",
       {{"train.csv", bytes_of(kRows)}, {"my_train.csv", bytes_of(kRows)}},
       {"my_train.csv", "/train.csv", "both hold", "train part"}},
      {"cut gzip", {{"a.gz", without_end(gzipped(kFourPixels), 9)}}, {"a.gz", "cut short"}},
      {"lying trailer", {{"a.gz", lying}, {"b", kTwoLabels}}, {"a.gz", "member at byte 0"}},
  });
}

TEST(BadFormats, Idx) {
  expect_faults({
      {"alone", {{"a", kFourPixels}}, {"/a", "the folder"}},
      {"labels alone", {{"a", kTwoLabels}}, {"/a", "no IDX file of pictures"}},
      {"no labels", {{"a", kFourPixels}, {"n", bytes_of("n")}}, {"/a", "2 pictures", "no labels"}},
      {"two of pictures", {{"a", kFourPixels}, {"b", kFourPixels}}, {"/a", "/b", "pictures"}},
      {"lengths",
       {{"a", without_end(kFourPixels, 1)}, {"b", kTwoLabels}},
       {"/a", "byte 16", "8", "7"}},
      {"overflow",
       {{"a", idx({65536, 65536, 0xffffffffU}, {1})}, {"b", kTwoLabels}},
       {"/a", "63 bits"}},
      {"counts", {{"a", kFourPixels}, {"b", idx({3}, {0, 1, 1})}}, {"2 pictures", "3 labels"}},
      {"two sizes",
       {{"a_train", kFourPixels},
        {"b_train", kTwoLabels},
        {"a_test", idx({1, 2, 3}, Bytes(6))},
        {"b_test", idx({1}, {0})}},
       {"a_train", "1x2x2", "a_test", "1x2x3"}},
      {"label without a class",
       {{"a_train", kFourPixels},
        {"b_train", kTwoLabels},
        {"a_test", idx({1, 2, 2}, Bytes(4))},
        {"b_test", idx({1}, {2})}},
       {"b_test", "byte 8", "label 2", "below 2"}},
      {"rank 5", {{"a", idx({1, 1, 1, 1, 1}, {1})}, {"b", idx({1}, {1})}}, {"/a", "5 axes"}},
  });
}

TEST(BadFormats, Csv) {
  const auto csv = [](const std::string& text) { return Files{{"t.csv", bytes_of(text)}}; };
  expect_faults({
      {"short row", csv(kRows + "1,2,3,4\n"), {"t.csv", "row 3", "4 columns", "row 1 has 5"}},
      {"long row", csv(kRows + "1,2,3,4,5,6,7\n"), {"t.csv", "row 3", "7 columns", "has 5"}},
      {"unclosed",
       csv(kRows + "1,\"2,3,4,5\n" + kRows),
       {"t.csv", "row 3, column 2", "never closed"}},
      {"stray mark", csv(kRows + "1,2\"2,3,4,5\n"), {"t.csv", "row 3, column 2", "quotation"}},
      {"header alone", csv("label,a,b,c,d\n"), {"t.csv", "no rows of data"}},
      {"word", csv(kRows + "1,7,x,3,4\n"), {"t.csv", "row 3, column 3", "\"x\"", "0 to 255"}},
      {"empty pixel", csv(kRows + "1,7,,3,4\n"), {"t.csv", "row 3, column 3", "\"\""}},
      {"too large", csv(kRows + "1,7,256,3,4\n"), {"row 3, column 3", "\"256\""}},
      {"negative", csv(kRows + "1,7,-1,3,4\n"), {"row 3, column 3", "\"-1\""}},
      {"NaN", csv(kRows + "1,7,nan,3,4\n"), {"row 3, column 3", "\"nan\""}},
      {"infinite", csv(kRows + "1,7,inf,3,4\n"), {"row 3, column 3", "\"inf\""}},
      {"no square", csv("1,2,9,4,5,6,7\n"), {"t.csv", "7 columns", "s*s"}},
      {"no labels",
       csv("9,8,1,3,7,1,0,4,2\n9,8,1,3,7,1,0,4,2\n"),
       {"t.csv", "9 columns", "without labels"}},
      {"either column",
       csv("0,7,9,3,1\n1,7,9,3,0\n"),
       {"first and the last", "--label-column first"}},
      {"neither column", csv("200,7,9,3,250\n0,7,9,3,0\n"), {"neither", "--label-column"}},
      {"two names",
       csv("label,a,b,c,class\n1,2,3,4,5\n"),
       {"columns 1 and 5", "\"label\"", "\"class\""}},
      {"fraction of a label",
       csv("label,a,b,c,d\n1,2,3,4,5\n1.5,2,3,4,5\n"),
       {"t.csv", "row 3", "\"1.5\"", "whole numbers"}},
      {"negative label", csv("label,a,b,c,d\n-1,2,3,4,5\n"), {"row 2", "\"-1\""}},
      {"large label", csv("label,a,b,c,d\n65535,2,3,4,5\n"), {"row 2", "\"65535\"", "65534"}},
      {"empty label", csv("label,a,b,c,d\n1,2,3,4,5\n,2,3,4,5\n"), {"row 3, column 1", "empty"}},
      {"unknown class",
       {{"train.csv", bytes_of("label,a,b,c,d\ncat,1,2,3,9\ndog,1,2,3,9\n")},
        {"test.csv", bytes_of("label,a,b,c,d\ncow,1,2,3,9\n")}},
       {"test.csv", "row 2", "\"cow\"", "cat, dog"}},
      {"two scales",
       {{"train.csv", bytes_of("label,a,b,c,d\n1,1.0,2.5,3,9\n0,1,2,3,9\n")},
        {"test.csv", bytes_of("label,a,b,c,d\n1,0.5,0.2,0.1,0\n")}},
       {"test.csv", "0 to 1", "train.csv", "above 1"}},
  });
  test::expect_error(ErrorCode::usage, {"\"kind\"", "is called"}, [&] {
    const TempFolder folder;
    load_dataset(folder.write("x.csv", bytes_of("label,a,b,c,d\n1,2,3,4,5\n")).string(),
                 {.label_column = "kind"});
  });
}

// An archive whose pictures, or labels, are these.
Files pictures_npz(const Bytes& array) {
  return {{"a.npz", zipped({{"x.npy", array}, {"y.npy", npy("|u1", {1}, {0})}})}};
}
Files labels_npz(const Bytes& array) {
  return {{"a.npz", zipped({{"x.npy", npy("|u1", {2, 1, 1}, {0, 0})}, {"y.npy", array}})}};
}

TEST(BadFormats, NpyHeaders) {
  const auto dict = [](const std::string& text) { return pictures_npz(npy_of(text, {1})); };
  const std::string good = "'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 1)";
  Bytes wrong_version = npy("|u1", {1, 1, 1}, {1});
  wrong_version[6] = 4;
  expect_faults({
      {"code",
       dict("{'descr': '|u1', 'fortran_order': __import__('os').system('x'), 'shape': (1,)}"),
       {"a.npz: x.npy", "byte 44", "True or False", "__import__('os')"}},
      {"code as the size",
       dict("{'descr': '|u1', 'fortran_order': False, 'shape': (1+1,)}"),
       {"x.npy", "expected )", "+1"}},
      {"objects", pictures_npz(npy("|O", {1}, {1})), {"x.npy", "byte 20", "'|O'", "no objects"}},
      {"structure",
       dict("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}"),
       {"x.npy", "byte 20", "[('a', '<f4')]"}},
      {"complex", pictures_npz(npy("<c8", {1}, Bytes(8))), {"x.npy", "'<c8'"}},
      {"no order of bytes", pictures_npz(npy("|f4", {1}, Bytes(4))), {"x.npy", "'|f4'"}},
      {"twice", dict("{" + good + ", 'descr': '|u1'}"), {"x.npy", "each once"}},
      {"missing", dict("{'descr': '|u1', 'shape': (1, 1, 1)}"), {"x.npy", "all of"}},
      {"unknown key", dict("{" + good + ", 'a': 1}"), {"x.npy", "'a': 1"}},
      {"more after it", dict("{" + good + "} or 1"), {"x.npy", "nothing but spaces", "or 1"}},
      {"cut", dict("{" + good), {"x.npy", "expected }"}},
      {"control characters", dict("{\n\x1b[2J"), {"x.npy", "\\x1b"}},
      {"negative",
       dict("{'descr': '|u1', 'fortran_order': False, 'shape': (-1,)}"),
       {"x.npy", "a size", "-1"}},
      {"sizes",
       pictures_npz(npy("|u1", {2, 1, 1}, {1})),
       {"x.npy", "take 2 bytes, found 1", "cut"}},
      {"lengthy", pictures_npz(npy("|u1", {1, 1, 1}, {1, 2})), {"x.npy", "take 1 bytes, found 2"}},
      {"overflow",
       pictures_npz(npy("<f8", {std::size_t{1} << 62, 16, 1}, {1})),
       {"x.npy", "63 bits"}},
      {"huge", pictures_npz(npy("|u1", {std::size_t{1} << 50, 1, 1}, {1})), {"x.npy", "found 1"}},
      {"magic", pictures_npz(bytes_of("PK and so on")), {"x.npy", "byte 0", "50 4b"}},
      {"version", pictures_npz(wrong_version), {"x.npy", "byte 6", "version 4.0"}},
      {"empty", pictures_npz({}), {"x.npy", "byte 0", "nothing"}},
      {"header beyond the end",
       pictures_npz({0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 255, 255}),
       {"x.npy", "byte 8", "65535"}},
  });
}

TEST(BadFormats, NpyValues) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  const std::string f4 = std::endian::native == std::endian::little ? "<f4" : ">f4";
  const auto pixel = [&](float value) {
    return pictures_npz(npy(f4, {1, 1, 2}, floats<float>({0.5F, value})));
  };
  const auto label = [&](float value) {
    return labels_npz(npy(f4, {2}, floats<float>({1, value})));
  };
  const auto rows = [](const Bytes& values) { return labels_npz(npy("|u1", {2, 2}, values)); };
  expect_faults({
      {"NaN pixel", pixel(kNan), {"a.npz: x", "row 0", "nan"}},
      {"infinite pixel", pixel(HUGE_VALF), {"a.npz: x", "inf"}},
      {"negative pixel", pixel(-0.5F), {"a.npz: x", "-0.5"}},
      {"large pixel", pixel(256), {"a.npz: x", "256", "0 to 255"}},
      {"negative whole pixel",
       pictures_npz(npy("|i1", {1, 1, 1}, {255})),
       {"x.npy", "row 0", "-1"}},
      {"large whole pixel", pictures_npz(npy("<u2", {1, 1, 1}, {0, 1})), {"x.npy", "256"}},
      {"both axes",
       pictures_npz(npy("|u1", {1, 3, 2, 3}, Bytes(18))),
       {"x.npy", "1x3x2x3", "both"}},
      {"neither axis", pictures_npz(npy("|u1", {1, 2, 2, 2}, Bytes(8))), {"x.npy", "neither"}},
      {"no square", pictures_npz(npy("|u1", {1, 7}, Bytes(7))), {"x.npy", "7", "s*s"}},
      {"one axis", pictures_npz(npy("|u1", {1}, {1})), {"x.npy", "1 axes"}},
      {"no pixels", pictures_npz(npy("|u1", {1, 0, 4}, {})), {"x.npy", "1x0x4", "no pixels"}},
      {"NaN label", label(kNan), {"y.npy", "row 1", "nan", "65534"}},
      {"fraction", label(0.5F), {"y.npy", "row 1", "0.5"}},
      {"negative label", label(-1), {"y.npy", "row 1", "-1"}},
      {"large label", label(65535), {"y.npy", "row 1", "65535"}},
      {"two classes", rows({1, 0, 1, 1}), {"y.npy", "row 1", "2 of 2"}},
      {"no class", rows({0, 0, 0, 1}), {"y.npy", "row 0", "0 of 2"}},
      {"no one-hot", rows({1, 0, 0, 2}), {"y.npy", "row 1", "2"}},
      {"cube", labels_npz(npy("|u1", {2, 1, 1}, {0, 1})), {"y.npy", "2x1x1", "no labels"}},
      {"count", labels_npz(npy("|u1", {1}, {0})), {"2 pictures", "1 labels"}},
      {"two scales",
       {{"a.npz", zipped({{"x_train.npy", npy(f4, {1, 1, 2}, floats<float>({0.5F, 254}))},
                          {"y_train.npy", npy("|u1", {1}, {0})},
                          {"x_test.npy", npy(f4, {1, 1, 2}, floats<float>({0.5F, 1}))},
                          {"y_test.npy", npy("|u1", {1}, {0})}})}},
       {"x_test.npy", "0 to 1", "x_train.npy", "above 1"}},
  });
}

TEST(BadFormats, Archives) {
  const Bytes x = npy("|u1", {1, 1, 1}, {1});
  const Bytes y = npy("|u1", {1}, {0});
  const Bytes good = zipped({{"x.npy", x}, {"y.npy", y}});
  Bytes damaged = zipped({{"x.npy", x}, {"y.npy", y}}, false);
  const auto element = std::search(damaged.begin(), damaged.end(), x.begin(), x.end()) +
                       static_cast<std::ptrdiff_t>(x.size() - 1);
  *element ^= 1;
  expect_faults({
      {"path up", {{"a.npz", zipped({{"../x.npy", x}})}}, {"a.npz", "../x.npy", "\"..\""}},
      {"path from the root", {{"a.npz", zipped({{"/x.npy", x}})}}, {"a.npz", "\"/x.npy\""}},
      {"backslash", {{"a.npz", patched(good, "x.npy", "\\.npy")}}, {"a.npz", "\\x5c", "backslash"}},
      {"twice", {{"a.npz", patched(good, "y.npy", "x.npy")}}, {"a.npz", "two entries", "x.npy"}},
      {"encrypted", {{"a.npz", zipped({{"x.npy", x}}, true, true)}}, {"a.npz", "encrypted"}},
      {"cut", {{"a.npz", without_end(good, 10)}}, {"a.npz", "no whole zip archive"}},
      {"checksum", {{"a.npz", damaged}}, {"a.npz: x.npy", "damaged"}},
      {"no arrays", {{"a.npz", zipped({{"note.txt", x}})}}, {"a.npz", "none at all"}},
      {"other names", {{"a.npz", zipped({{"w.npy", x}, {"b.npy", x}})}}, {"w, b", "x_train"}},
      {"two of pictures",
       {{"a.npz", zipped({{"x_train.npy", x}, {"train_images.npy", x}})}},
       {"a.npz: x_train", "train_images"}},
      {"no labels", {{"a.npz", zipped({{"x.npy", x}})}}, {"a.npz: x", "no labels"}},
      {"bomb",
       {{"a.npz", zipped({{"x.npy", Bytes(std::size_t{80} << 20)}})}},
       {"a.npz: x.npy", "83886080", "67108864"}},
  });
}

TEST(BadFormats, Cifar) {
  const auto made = test::pictures(3, 32, 3);
  Bytes wrong = test::cifar(made);
  wrong[3073] = 10;
  expect_faults({
      {"label", {{"a.bin", wrong}}, {"a.bin", "byte 0", "CIFAR"}},
      {"cut", {{"a.bin", without_end(test::cifar(made), 1)}}, {"a.bin", "3073"}},
      {"ten and a hundred",
       {{"train.bin", test::cifar(made)}, {"test.bin", test::cifar(made, true)}},
       {"train.bin is cifar-10", "test.bin is cifar-100"}},
  });
}

TEST(BadFormats, WhatIsNotAskedForIsNotThere) {
  expect_faults({{"no test part",
                  {{"train.csv", bytes_of(kRows)}, {"n", bytes_of("note")}},
                  {"none of the parts", "test"}}},
                {.train = false, .val = false});
}

// A gigabyte of zeros in a megabyte, in sixteen members.
TEST(BadFormats, ABombIsRefusedEarly) {
  const Bytes member = gzipped(Bytes(std::size_t{64} << 20));
  Bytes bomb;
  for (int i = 0; i < 16; ++i) bomb.insert(bomb.end(), member.begin(), member.end());
  const TempFolder folder;
  const auto file = folder.write("bomb.csv.gz", bomb);
  const auto begin = std::chrono::steady_clock::now();
  test::expect_error(ErrorCode::bad_input, {"bomb.csv.gz", "more than the"},
                     [&] { load_dataset(file.string()); });
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  EXPECT_LT(seconds.count(), 5);  // under sanitizers too; without them, a twentieth of a second
}

}  // namespace
}  // namespace weft
