#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <system_error>

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/mapped_file.hpp"
#include "data/cache_folder.hpp"
#include "data/download.hpp"
#include "data/fashion_mnist.hpp"
#include "data/photos.hpp"
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

// Looks at the beginning alone: a file of another format may be large.
std::optional<PhotoList> photo_table(const fs::path& file, const LoadOptions& options) {
  constexpr std::size_t kHead = 65536, kMostBytes = std::size_t{1} << 30;
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return std::nullopt;
  std::vector<char> head(kHead);
  std::ifstream stream(file, std::ios::binary);
  stream.read(head.data(), static_cast<std::streamsize>(head.size()));
  const auto read = static_cast<std::size_t>(stream.gcount());
  if (!is_photo_table({reinterpret_cast<const std::uint8_t*>(head.data()), read})) {
    return std::nullopt;
  }
  return list_photo_table(read_file(file, kMostBytes).span(), file, options);
}

std::optional<PhotoList> find_photos(const std::string& where, bool is_folder,
                                     const LoadOptions& options) {
  std::error_code ignored;
  if (!is_folder) {
    return fs::exists(where, ignored) ? photo_table(where, options) : std::nullopt;
  }
  if (!holds_photos(where)) return std::nullopt;
  return list_photo_folder(where, options);
}

Dataset read_where(const std::string& where, bool is_folder, const LoadOptions& options) {
  if (auto list = find_photos(where, is_folder, options)) {
    return load_photos(std::move(*list), options);
  }
  if (options.image_size) {
    fail(ErrorCode::usage,
         "data: --image-size is for photos, and {} holds none: its pictures have the size that "
         "they have",
         where);
  }
  std::error_code ignored;
  if (is_folder) return assemble(read_folder(where, options), options);
  if (fs::exists(where, ignored)) return assemble(read_single(where, options), options);
  fail(ErrorCode::bad_input,
       "data: \"{}\" is neither a folder nor a file: give a folder of photos, of IDX, CSV, NPZ or "
       "CIFAR files, one such file, or \"fashion-mnist\"",
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

// As gather_rows; what takes more than a quarter of the machine's memory stands in a file.
Tensor gather_large(const Tensor& src, std::span<const std::uint32_t> rows) {
  std::vector<std::size_t> sizes = src.shape().sizes();
  sizes.at(0) = rows.size();
  const Shape shape(std::move(sizes));
  const std::size_t bytes = shape.elements() * size_of(src.type());
  const fs::path folder = pictures_folder();
  if (bytes <= physical_memory() / 4 || folder.empty()) return gather_rows(src, rows);
  Tensor dst(src.type(), shape, scratch_memory(bytes, folder));
  gather_rows(src, rows, dst);
  return dst;
}

}  // namespace

Dataset load_dataset(const std::string& where, const LoadOptions& options) {
  if (!options.train && !options.val && !options.test) {
    fail(ErrorCode::usage, "data: neither the training, the val nor the test part was asked for");
  }
  if (where == kFashionMnist) {
    if (options.image_size) {
      fail(ErrorCode::usage, "data: --image-size is for photos: {}'s pictures are 28 x 28", where);
    }
    return load_fashion_mnist(options);
  }
  std::error_code ignored;
  const bool is_folder = fs::is_directory(where, ignored);
  Dataset dataset = read_where(where, is_folder, options);
  dataset.name = name_of(where, is_folder);
  dataset.source = where;
  return dataset;
}

std::string digest(const LabelledImages& part) {
  if (!part.known_digest.empty()) return part.known_digest;
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
  LabelledImages picked{gather_large(part.images, rows), {}};
  if (!part.files.empty()) {
    for (const std::uint32_t row : rows) picked.files.push_back(part.files[row]);
  }
  if (part.labels.empty()) return picked;
  picked.labels.resize(rows.size());
  std::ranges::transform(rows, picked.labels.begin(),
                         [&](std::uint32_t row) { return part.labels[row]; });
  return picked;
}

}  // namespace weft
