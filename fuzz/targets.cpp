#include "targets.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "base/memory.hpp"
#include "cli/config.hpp"
#include "cli/map_file.hpp"
#include "cli/train_options.hpp"
#include "data/array.hpp"
#include "data/augmentation.hpp"
#include "data/cifar.hpp"
#include "data/csv.hpp"
#include "data/fixes.hpp"
#include "data/gzip.hpp"
#include "data/idx.hpp"
#include "data/npy.hpp"
#include "data/npz.hpp"
#include "data/photo_list.hpp"
#include "data/picture_cache.hpp"
#include "image/decode.hpp"
#include "kernels/kernels.hpp"
#include "model/safetensors.hpp"
#include "nn/network.hpp"
#include "train/checkpoint.hpp"
#include "train/tune.hpp"
#include "weft/error.hpp"
#include "weft/predictor.hpp"

namespace weft::fuzz {
namespace {

using View = std::span<const std::uint8_t>;

constexpr std::size_t kMostBytes = std::size_t{1} << 22;

std::string text_of(View bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The bytes as a file that exists in memory alone.
class MemoryFile {
 public:
  explicit MemoryFile(View bytes) : descriptor_(::memfd_create("fuzz", MFD_CLOEXEC)) {
    if (::write(descriptor_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
      std::abort();
    }
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

// As labels, else as pictures.
void use(const Array& array) {
  try {
    to_labels(array);
  } catch (const Error&) {
    to_images(array, choose_scale({&array}));
  }
}

void gzip(View bytes) {
  gunzip(bytes, kMostBytes, "file");
}
void idx(View bytes) {
  use(parse_idx(bytes, "file"));
}
void map_csv(View bytes) {
  const cli::MapFile map = cli::parse_map(bytes, "file", 30);
  for (const std::uint32_t index : map.index) {
    if (index >= 30) std::abort();
  }
}

void csv(View bytes) {
  // The first byte chooses what is asked for.
  if (bytes.empty()) return;
  constexpr const char* kColumns[] = {"", "", "first", "last", "label"};
  const CsvOptions options{.label_column = kColumns[bytes[0] % 5], .labels = bytes[0] / 5 % 2 == 0};
  const CsvTable table = parse_csv(bytes.subspan(1), "file", options);
  to_images(table.images, choose_scale({&table.images}));
}
void npy(View bytes) {
  use(parse_npy(bytes, "file"));
}
void npz(View bytes) {
  const Npz archive(bytes, "file");
  for (const std::string& name : archive.names()) {
    const auto entry = archive.read(name, kMostBytes);
    try {
      use(entry.array);
    } catch (const Error&) {
    }
  }
}
void cifar(View bytes) {
  parse_cifar({{"file", bytes}}, cifar_kind(bytes).value_or(kCifar100));
}
// Of the first byte's bits: are labels needed, is the column named?
void photo_table(View bytes) {
  if (bytes.empty() || !is_photo_table(bytes.subspan(1))) return;
  list_photo_table(
      bytes.subspan(1), "nowhere/list.csv",
      {.labels = (bytes[0] & 1) == 0, .label_column = (bytes[0] & 2) == 0 ? "" : "label"});
}
// A cache file of three photos.
void pictures(View bytes) {
  std::shared_ptr<std::byte> file(static_cast<std::byte*>(allocate(bytes.size())), Release());
  std::ranges::copy(bytes, reinterpret_cast<std::uint8_t*>(file.get()));
  const FittedPhotos photos = parse_cached(file, bytes.size(), 3, "file");
  unsigned sum = 0;
  for (const FittedPart& part : photos.parts) {
    const std::size_t size = part.count * photos.picture.elements();
    for (std::size_t i = 0; i < size; ++i) {
      sum += std::to_integer<unsigned>(photos.pixels.get()[part.begin + i]);
    }
  }
  if (sum > bytes.size() * 255) std::abort();
}
void dataset(View bytes) {
  const MemoryFile file(bytes);
  ::setenv("WEFT_CACHE_SIZE", "0", 1);  // a table of photos may name some that are there
  load_dataset(file.path(), {.labels = false, .download = false});
}
void safetensors(View bytes) {
  const MemoryFile file(bytes);
  read_safetensors(file.path());
}
void model(View bytes) {
  const MemoryFile file(bytes);
  const Model loaded = load_model(file.path());
  Predictor predictor(loaded, 1);
  const Shape& input = loaded.input;
  if (input.elements() > 4096) return;
  predictor.probabilities(Tensor(DataType::u8, {1, input[0], input[1], input[2]}));
}
void checkpoint(View bytes) {
  const MemoryFile file(bytes);
  load_checkpoint(file.path());
}
void network(View bytes) {
  const Architecture<double> architecture(text_of(bytes), {1, 28, 28}, reference_kernels<double>());
  // Its own text means the same network.
  const Architecture<double> again(architecture.text(), {1, 28, 28}, reference_kernels<double>());
  if (again.text() != architecture.text()) std::abort();
}
void augmentation(View bytes) {
  const Augmentation read = parse_augmentation(text_of(bytes));
  if (parse_augmentation(text_of(read)) != read) std::abort();
}
void views(View bytes) {
  parse_views(text_of(bytes));
}
void search(View bytes) {
  const Search read = parse_search(text_of(bytes), "file");
  if (as_json(parse_search(as_json(read).dump(), "again")) != as_json(read)) std::abort();
  ranking(read);
}
// For ten pictures of two classes.
void fixes(View bytes) {
  LabelledImages train{Tensor(DataType::u8, {10, 1, 2, 2}), std::vector<Label>(10)};
  const Fixes read = parse_fixes(bytes, "file", train, {"a", "b, \"c\""});
  apply_fixes(read, {}, train);
  if (train.size() != 10 - read.left_out()) std::abort();
}
void configuration(View bytes) {
  // One command for all inputs: making it takes ten times as long as reading a configuration.
  static cli::TrainOptions options;
  static const auto command = [] {
    auto made = std::make_unique<CLI::App>("", "train");
    cli::add_options(*made, options);
    return made;
  }();
  command->clear();
  try {
    cli::apply_config(*command, text_of(bytes), "file", {"config", "out"});
  } catch (const CLI::ParseError&) {  // a value that an option does not take
  }
}

void image(View bytes) {
  // The length chooses what is asked for, so that every file is one as it is.
  constexpr std::size_t kSides[] = {0, 1, 5, 16};
  const DecodeOptions options{.max_bytes = kMostBytes,
                              .max_pixels = std::size_t{1} << 18,
                              .longest_side = kSides[bytes.size() % 4],
                              .background = {10, 200, 30}};
  const Picture picture = decode(std::as_bytes(bytes), "file", options);
  const std::size_t longest = options.longest_side;
  if (picture.pixels.size() != picture.height * picture.width * picture.channels ||
      (longest > 0 && std::max(picture.height, picture.width) > longest)) {
    std::abort();
  }
}

}  // namespace

const std::vector<Target>& targets() {
  static const std::vector<Target> all{{"gzip", gzip},
                                       {"idx", idx},
                                       {"csv", csv},
                                       {"map", map_csv},
                                       {"npy", npy},
                                       {"npz", npz},
                                       {"cifar", cifar},
                                       {"photo_table", photo_table},
                                       {"pictures", pictures},
                                       {"dataset", dataset},
                                       {"safetensors", safetensors},
                                       {"model", model},
                                       {"checkpoint", checkpoint},
                                       {"network", network},
                                       {"configuration", configuration},
                                       {"image", image},
                                       {"augmentation", augmentation},
                                       {"views", views},
                                       {"fixes", fixes},
                                       {"search", search}};
  return all;
}

}  // namespace weft::fuzz
