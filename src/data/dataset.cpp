#include <algorithm>
#include <filesystem>
#include <functional>
#include <system_error>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "data/download.hpp"
#include "data/fashion_mnist.hpp"
#include "data/source.hpp"
#include "weft/data.hpp"

namespace weft {
namespace {

namespace fs = std::filesystem;

fs::path find_by_name(const LoadOptions& options) {
  std::vector<CanonicalFile> files;
  for (const CanonicalFile& file : {kTrainImages, kTrainLabels}) {
    if (options.train || !options.test) files.push_back(file);
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

// The folder's name, or the file's without its endings.
std::string name_of(const fs::path& where, bool is_folder) {
  std::error_code ignored;
  if (is_folder) {
    const fs::path whole = fs::canonical(where, ignored);
    return whole.has_filename() ? whole.filename().string() : where.string();
  }
  const fs::path file = where.filename();
  return (file.extension() == ".gz" ? file.stem() : file).stem().string();
}

RawData read_where(const std::string& where, bool is_folder, const LoadOptions& options) {
  std::error_code ignored;
  if (is_folder) return read_folder(where, options);
  if (fs::exists(where, ignored)) return read_single(where, options);
  fail(
      ErrorCode::bad_input,
      "data: \"{}\" is neither a folder nor a file: give a folder of IDX, CSV, NPZ or CIFAR files, "
      "one such file, or \"fashion-mnist\"",
      where);
}

Dataset load_fashion_mnist(const LoadOptions& options) {
  const fs::path folder = find_by_name(options);
  Dataset dataset = assemble(read_folder(folder, options, true), options);
  if (!std::ranges::equal(dataset.class_names, kFashionMnistClasses)) {
    fail(ErrorCode::bad_input,
         "fashion-mnist: {} holds other labels than Fashion-MNIST's: give that folder itself if it "
         "is the data you mean, else take it out of the way",
         folder.string());
  }
  dataset.name = kFashionMnist;
  dataset.source = folder.string();
  return dataset;
}

}  // namespace

Dataset load_dataset(const std::string& where, const LoadOptions& options) {
  if (!options.train && !options.val && !options.test) {
    fail(ErrorCode::usage, "data: neither the training, the val nor the test part was asked for");
  }
  if (where == kFashionMnist) return load_fashion_mnist(options);
  std::error_code ignored;
  const bool is_folder = fs::is_directory(where, ignored);
  Dataset dataset = assemble(read_where(where, is_folder, options), options);
  dataset.name = name_of(where, is_folder);
  dataset.source = where;
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
  if (!part.labels.empty() && part.images.rows() != part.labels.size()) {
    fail(ErrorCode::usage, "gather: {} pictures but {} labels: one each, or none, is needed",
         part.images.rows(), part.labels.size());
  }
  LabelledImages picked{gather_rows(part.images, rows), {}};
  if (part.labels.empty()) return picked;
  picked.labels.resize(rows.size());
  std::ranges::transform(rows, picked.labels.begin(),
                         [&](std::uint32_t row) { return part.labels[row]; });
  return picked;
}

}  // namespace weft
