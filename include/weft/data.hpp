// Labelled pictures: where they come from, how they are split and scaled.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "weft/tensor.hpp"

namespace weft {

// One part of a data set. images: u8, {n, channels, height, width}; labels: n.
struct LabelledImages {
  Tensor images;
  std::vector<Label> labels;

  std::size_t size() const { return labels.size(); }
};

// SHA-256 in hexadecimal of the shape, the pixels and the labels: equal for equal contents,
// whatever file format they came from.
std::string digest(const LabelledImages& part);

LabelledImages gather(const LabelledImages& part, std::span<const std::uint32_t> rows);

struct Dataset {
  std::string name;    // "fashion-mnist", or the folder's name
  std::string format;  // "idx"
  std::string source;  // the folder that was read
  std::vector<std::string> class_names;
  LabelledImages train;
  LabelledImages test;
};

struct LoadOptions {
  bool train = true;  // which parts to read; the other stays empty
  bool test = true;
  bool download = true;  // may the data be fetched when it is nowhere on this machine?
  // Called while downloading with the file's name, the bytes so far and in all (0: not known).
  std::function<void(const std::string& file, std::uint64_t done, std::uint64_t all)> on_download =
      {};
};

// `where` is "fashion-mnist" (looked for in $WEFT_DATA, Debian's, Keras', torchvision's and weft's
// own folders, else downloaded) or a folder that holds the four canonical IDX files, gzipped or
// not. The classes of a folder are Fashion-MNIST's when its label files are, else "0", "1" ... up
// to the largest training label. Throws Error(bad_input) when a file is not what it should be;
// Error(failed) when there is none and it cannot be downloaded: the message names the Debian
// package.
Dataset load_dataset(const std::string& where, const LoadOptions& options = {});

// Two disjoint sets of positions.
struct Split {
  std::vector<std::uint32_t> train;
  std::vector<std::uint32_t> held_out;
};

// Holds out `held_out` rows, each class in proportion to its size (largest remainders first, ties
// to the lower class), drawn by seed; both parts are in ascending order. Throws Error(usage) when
// held_out >= labels.size().
Split stratified_split(std::span<const Label> labels, std::size_t held_out, std::uint64_t seed);

// scikit-learn's train_test_split(test_size=0.2, random_state=42), as the article uses it: the
// first fifth (rounded up) of RandomState(42).permutation(n) is held out, the rest trains, both in
// permuted order. Throws Error(usage) when n < 2.
Split article_split(std::size_t n);

// sklearn.preprocessing.scale: each column minus its mean, divided by its standard deviation
// (population; 1 where a column is constant: its deviation is below 10 epsilon). x: u8 or f64, {n,
// ...}; the result has type f32 or f64, the same shape. The statistics are of x itself and in f64:
// what the article does to both of its parts.
Tensor scale_columns(const Tensor& x, DataType result);

// Mean and population standard deviation of all pixels / 255, a pair per channel; deviation 1 where
// a channel is constant.
struct PixelStatistics {
  std::vector<float> mean;
  std::vector<float> deviation;
};
PixelStatistics pixel_statistics(const Tensor& images);

}  // namespace weft
