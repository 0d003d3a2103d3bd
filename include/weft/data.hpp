// Labelled pictures: where they come from, how they are split and scaled.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "weft/tensor.hpp"

namespace weft {

// One part of a data set. images: u8, {n, channels, height, width}; labels: n, or none where the
// data has none.
struct LabelledImages {
  Tensor images;
  std::vector<Label> labels;
  std::vector<std::string> files = {};  // each photo's, from the data's folder on; else none
  std::string known_digest = {};        // digest() of this part, where it need not be computed

  std::size_t size() const { return images.rows(); }
};

// SHA-256 in hexadecimal of the shape, the pixels and the labels: equal for equal contents,
// whatever file format they came from.
std::string digest(const LabelledImages& part);

LabelledImages gather(const LabelledImages& part, std::span<const std::uint32_t> rows);

struct Dataset {
  std::string name;    // "fashion-mnist", or the folder's or file's name without its ending
  std::string format;  // "idx", "csv", "npz", "cifar-10", "cifar-100", "photos"
  std::string source;  // the folder or file that was read
  std::vector<std::string> class_names;
  bool numbered = false;  // are the class names only the labels' numbers, "0", "1" ...?
  bool whole = false;     // has the data no parts? Then all of it stands in `train`
  std::vector<std::string> warnings = {};  // what the user should know of the photos
  LabelledImages train;  // a part that is not there, or was not asked for, has size 0
  LabelledImages val;
  LabelledImages test;
};

struct LoadOptions {
  bool train = true;  // which parts to read; data that has no parts is read with any of them
  bool val = true;
  bool test = true;
  bool labels = true;  // must there be labels?
  std::string label_column =
      {};                // of CSV: its name in the header, "first" or "last"; empty: found out
  bool download = true;  // may the data be fetched when it is nowhere on this machine?
  // Called while downloading with the file's name, the bytes so far and in all (0: not known).
  std::function<void(const std::string& file, std::uint64_t done, std::uint64_t all)> on_download =
      {};

  // Of photos, which have files of their own and any size. The side that they are made to, 8 to
  // 224, 64 unless given.
  std::optional<std::size_t> image_size = {};
  // {channels, height, width} as a model takes them; image_size goes before its sides. Without it
  // photos have one channel when all are grey, else three.
  std::optional<Shape> like = {};
  bool strict = false;  // is a photo that cannot be read an error, or passed over with a warning?
  // Called now and then while photos are decoded, by one thread at a time. What it throws ends
  // that.
  std::function<void(std::size_t done, std::size_t all)> on_photo = {};
};

// `where` is "fashion-mnist" (looked for in $WEFT_DATA, Debian's, Keras', torchvision's and weft's
// own folders, else downloaded), a folder of IDX, CSV, NPZ or CIFAR files, or one such file,
// gzipped or not, or a folder of photos, or a CSV file of their paths and labels:
// docs/data-formats.md says what each may hold. The classes are those of the training labels: texts
// in the order of their bytes, or numbers up to the largest, named by classes.txt, by CIFAR's own
// lists, or as Fashion-MNIST's when the labels are its own. Photos are kept decoded in the cache
// folder, and looked at there: such a part may be larger than the memory. Throws
// Error(bad_input) when a file is not what it should be, when pictures have no labels though
// options.labels asks for them, or when none of the parts asked for is there; Error(failed) when
// Fashion-MNIST is nowhere and cannot be downloaded: the message names the Debian package;
// Error(usage) when no part is asked for, options.label_column is not in the header, or
// options.image_size is given for what is no photos.
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

// Which of `folds` parts each row is in, from 0. The rows of each class, in an order drawn by seed,
// are dealt out one to each part in turn, and the next class goes on where the one before ended:
// parts, and their shares of a class, differ by one row at most. Throws Error(usage) unless folds
// is 2 or more, and no more than there are rows.
std::vector<std::uint32_t> stratified_folds(std::span<const Label> labels, std::size_t folds,
                                            std::uint64_t seed);

// scikit-learn's train_test_split(test_size=0.2, random_state=42), as the article uses it: the
// first fifth (rounded up) of RandomState(42).permutation(n) is held out, the rest trains, both in
// permuted order. Throws Error(usage) when n < 2.
Split article_split(std::size_t n);

// sklearn.preprocessing.scale: each column minus its mean, divided by its standard deviation
// (population; 1 where a column is constant: its deviation is below 10 epsilon). x: u8 or f64, {n,
// ...}; the result has type f32 or f64, the same shape. The statistics are of x itself and in f64:
// what the article does to both of its parts.
Tensor scale_columns(const Tensor& x, DataType result);

// How a stored byte becomes the number that a network takes.
enum class ScalerKind {
  none,      // the byte, 0 to 255
  unit,      // byte / 255
  standard,  // (byte / 255 - mean) / deviation, a pair for each value of a picture
  channel,   // the same, a pair for each channel
};

// "none", "unit", "standard", "channel"; parse throws Error(usage) naming the four.
ScalerKind parse_scaler(const std::string& text);
const char* name_of(ScalerKind kind);

// mean, deviation: none for none and unit; {channels, height, width} for standard; {channels} for
// channel. The deviation is the population's, 1 where the values are constant.
struct Scaler {
  ScalerKind kind = ScalerKind::channel;
  std::vector<float> mean;
  std::vector<float> deviation;
};

// The statistics of these pictures: u8, {n, channels, height, width}, all above 0; else throws
// Error(usage).
Scaler fit_scaler(ScalerKind kind, const Tensor& images);

}  // namespace weft
