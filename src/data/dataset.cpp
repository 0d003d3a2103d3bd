#include <algorithm>
#include <exception>
#include <filesystem>
#include <functional>
#include <optional>
#include <system_error>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/threads.hpp"
#include "data/download.hpp"
#include "data/fashion_mnist.hpp"
#include "data/gzip.hpp"
#include "data/idx.hpp"
#include "weft/data.hpp"

namespace weft {
namespace {

namespace fs = std::filesystem;

// Larger than any set in this format (EMNIST's by_class: 520 MiB of pictures), smaller than what
// brings a machine down.
constexpr std::size_t kMostImageBytes = std::size_t{1} << 30;
constexpr std::size_t kMostLabelBytes = std::size_t{16} << 20;

struct ImageFile {
  std::string file;
  Tensor images;
};

struct LabelFile {
  std::string file;
  std::string sha256;  // of the file's contents, unpacked; empty when it was not read
  std::vector<Label> labels;
};

struct PartFiles {
  ImageFile images;
  LabelFile labels;
};

struct Files {
  PartFiles train;
  PartFiles test;
};

fs::path require_file(const fs::path& folder, const CanonicalFile& file) {
  const auto found = find_file(folder, file);
  if (!found) {
    fail(ErrorCode::bad_input,
         "data: {} holds neither {} nor {}.gz: give the folder with the four IDX files "
         "(train-images-idx3-ubyte and so on), or \"fashion-mnist\"",
         folder.string(), file.name, file.name);
  }
  return *found;
}

ImageFile read_images(const fs::path& folder, const CanonicalFile& file) {
  const fs::path path = require_file(folder, file);
  const FileBytes bytes = read_unpacked(path, kMostImageBytes);
  const auto [shape, pixels] = parse_idx(bytes.span(), 3, path.string());
  if (pixels.empty()) {
    fail(ErrorCode::bad_input, "data: {}: sizes {} leave no pixels: at least one is needed",
         path.string(), shape.text());
  }
  Tensor images(DataType::u8, {shape[0], 1, shape[1], shape[2]});
  std::ranges::copy(pixels, images.as<std::uint8_t>().begin());
  return {path.string(), std::move(images)};
}

LabelFile read_labels(const fs::path& folder, const CanonicalFile& file) {
  const fs::path path = require_file(folder, file);
  const FileBytes bytes = read_unpacked(path, kMostLabelBytes);
  const auto labels = parse_idx(bytes.span(), 1, path.string()).elements;
  return {path.string(), sha256(bytes.span().data(), bytes.size()), {labels.begin(), labels.end()}};
}

// Runs every job, then throws what the first one that failed has thrown.
void run_all(const std::vector<std::function<void()>>& jobs) {
  std::vector<std::exception_ptr> thrown(jobs.size());
  const int threads = std::min(default_threads(), static_cast<int>(jobs.size()));
  parallel_for(threads, jobs.size(), [&](std::size_t i, int) {
    try {
      jobs[i]();
    } catch (...) {
      thrown[i] = std::current_exception();
    }
  });
  for (const auto& exception : thrown) {
    if (exception) std::rethrow_exception(exception);
  }
}

// The files of the parts that were asked for, and the training labels in any case: they say what
// classes there are.
Files read_files(const fs::path& folder, const LoadOptions& options) {
  Files files;
  PartFiles& train = files.train;
  PartFiles& test = files.test;
  std::vector<std::function<void()>> jobs;
  if (options.train) jobs.push_back([&] { train.images = read_images(folder, kTrainImages); });
  if (options.train || find_file(folder, kTrainLabels)) {
    jobs.push_back([&] { train.labels = read_labels(folder, kTrainLabels); });
  }
  if (options.test) {
    jobs.push_back([&] { test.images = read_images(folder, kTestImages); });
    jobs.push_back([&] { test.labels = read_labels(folder, kTestLabels); });
  }
  run_all(jobs);
  return files;
}

void check_count(const PartFiles& part) {
  if (part.images.images.rows() != part.labels.labels.size()) {
    fail(ErrorCode::bad_input, "data: {} has {} pictures, but {} has {} labels: one each is needed",
         part.images.file, part.images.images.rows(), part.labels.file, part.labels.labels.size());
  }
}

void check_same_size(const ImageFile& train, const ImageFile& test) {
  const auto sizes = [](const ImageFile& part) {
    return fmt::format("{}x{}", part.images.shape()[2], part.images.shape()[3]);
  };
  if (sizes(train) != sizes(test)) {
    fail(ErrorCode::bad_input,
         "data: the pictures of {} are {}, those of {} {}: one size is needed", train.file,
         sizes(train), test.file, sizes(test));
  }
}

void check_labels(const LabelFile& part, std::size_t classes, const std::string& why) {
  const auto wrong = std::ranges::find_if(part.labels, [&](Label l) { return l >= classes; });
  if (wrong == part.labels.end()) return;
  fail(ErrorCode::bad_input, "data: {}: byte {}: label {}, but {}: labels are below {}", part.file,
       idx_header_size(1) + static_cast<std::size_t>(wrong - part.labels.begin()), *wrong, why,
       classes);
}

// The label files are small, and no other set has these labels in this order: their digests tell
// Fashion-MNIST for a fraction of a millisecond, where the pictures' would take longer than reading
// them.
bool is_fashion_mnist(const LabelFile& train, const LabelFile& test) {
  return (train.sha256.empty() || train.sha256 == kTrainLabels.sha256) &&
         (test.sha256.empty() || test.sha256 == kTestLabels.sha256);
}

// Counted in the test part only where there are no training labels.
std::vector<std::string> numbered_classes(const LabelFile& train, const LabelFile& test) {
  const auto& labels = train.sha256.empty() ? test.labels : train.labels;
  const std::size_t classes =
      labels.empty() ? 0 : std::size_t{*std::ranges::max_element(labels)} + 1;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < classes; ++i) names.push_back(std::to_string(i));
  return names;
}

fs::path find_by_name(const LoadOptions& options) {
  std::vector<CanonicalFile> files;
  for (const CanonicalFile& file : {kTrainImages, kTrainLabels}) {
    if (options.train) files.push_back(file);
  }
  for (const CanonicalFile& file : {kTestImages, kTestLabels}) {
    if (options.test) files.push_back(file);
  }
  std::function<fs::path()> fetch;
  if (options.download) {
    fetch = [&] {
      fs::path cache = fashion_mnist_cache();
      download_fashion_mnist(cache, options.on_download);
      return cache;
    };
  }
  return find_fashion_mnist(fashion_mnist_folders(), files, fetch);
}

fs::path require_folder(const std::string& where) {
  std::error_code ignored;
  if (!fs::is_directory(where, ignored)) {
    fail(ErrorCode::bad_input,
         "data: \"{}\" is no folder: give the folder with the four IDX files, or \"fashion-mnist\"",
         where);
  }
  return where;
}

std::string name_of_folder(const fs::path& folder) {
  std::error_code ignored;
  const fs::path whole = fs::canonical(folder, ignored);
  return whole.has_filename() ? whole.filename().string() : folder.string();
}

}  // namespace

Dataset load_dataset(const std::string& where, const LoadOptions& options) {
  if (!options.train && !options.test) {
    fail(ErrorCode::usage, "data: neither the training part nor the test part was asked for");
  }
  const bool by_name = where == kFashionMnist;
  const fs::path folder = by_name ? find_by_name(options) : require_folder(where);

  auto [train, test] = read_files(folder, options);
  if (options.train) check_count(train);
  if (options.test) check_count(test);
  if (options.train && options.test) check_same_size(train.images, test.images);
  const bool fashion = is_fashion_mnist(train.labels, test.labels);
  if (by_name && !fashion) {
    fail(ErrorCode::bad_input,
         "fashion-mnist: {} holds other labels than Fashion-MNIST's: give that folder itself if it "
         "is the data you mean, else take it out of the way",
         folder.string());
  }

  Dataset dataset;
  dataset.name = by_name ? kFashionMnist : name_of_folder(folder);
  dataset.format = "idx";
  dataset.source = folder.string();
  if (fashion) {
    dataset.class_names.assign(kFashionMnistClasses.begin(), kFashionMnistClasses.end());
  } else {
    dataset.class_names = numbered_classes(train.labels, test.labels);
    check_labels(
        test.labels, dataset.class_names.size(),
        fmt::format("the largest in the training part is {}", dataset.class_names.size() - 1));
  }
  if (options.train)
    dataset.train = {std::move(train.images.images), std::move(train.labels.labels)};
  if (options.test) dataset.test = {std::move(test.images.images), std::move(test.labels.labels)};
  return dataset;
}

std::string digest(const LabelledImages& part) {
  const auto pixels = part.images.as<std::uint8_t>();
  const std::string shape = part.images.shape().text() + "\n";
  Sha256 sum;
  sum.update(shape.data(), shape.size());
  sum.update(pixels.data(), pixels.size());
  sum.update(part.labels.data(), part.labels.size() * sizeof(Label));
  return sum.hexadecimal();
}

LabelledImages gather(const LabelledImages& part, std::span<const std::uint32_t> rows) {
  if (part.images.rows() != part.labels.size()) {
    fail(ErrorCode::usage, "gather: {} pictures but {} labels: one each is needed",
         part.images.rows(), part.labels.size());
  }
  LabelledImages picked{gather_rows(part.images, rows), std::vector<Label>(rows.size())};
  std::ranges::transform(rows, picked.labels.begin(),
                         [&](std::uint32_t row) { return part.labels[row]; });
  return picked;
}

}  // namespace weft
