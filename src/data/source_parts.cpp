// The parts in files of each format.

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "data/cifar.hpp"
#include "data/csv.hpp"
#include "data/idx.hpp"
#include "data/npz.hpp"
#include "data/source.hpp"

namespace weft {
namespace {

[[noreturn]] void fail_two(Part part, const char* what, const std::string& first,
                           const std::string& second) {
  fail(ErrorCode::bad_input,
       "data: {} and {} both hold the {} of {}: one file is needed: give their names the words "
       "train, val and test, or take one away",
       first, second, what,
       part == Part::whole ? "the data" : fmt::format("the {} part", name_of(part)));
}

// The part's place among those found, new where there is none yet.
RawPart& place_of(Part part, std::vector<RawPart>& parts) {
  const auto found = std::ranges::find(parts, part, &RawPart::part);
  if (found != parts.end()) return *found;
  return parts.emplace_back(RawPart{part, std::nullopt, std::nullopt});
}

// Canonical names say what they hold; others are taken as they are.
void check_rank(const SourceFile& file, bool labels, const Shape& shape) {
  if (!file.canonical) return;
  const bool is_images = file.path.filename().string().find("images") != std::string::npos;
  if (is_images != labels) return;
  fail(ErrorCode::bad_input,
       "idx: {}: byte 3: expected {} dimensions, found {}: were the files of pictures (3) and "
       "labels (1) swapped?",
       file.name(), is_images ? 3 : 1, shape.rank());
}

void add_idx(SourceFile& file, const LoadOptions& options, std::vector<RawPart>& parts) {
  Array array = parse_idx(file.bytes.span(), file.name());
  const bool labels = is_column(array.shape);
  check_rank(file, labels, array.shape);
  if (!labels && !is_wanted(*file.part, options)) return;
  RawPart& part = place_of(*file.part, parts);
  if (labels) {
    if (part.labels) fail_two(part.part, "labels", part.labels->file, file.name());
    const LabelPlaces places{"byte", idx_header_size(array.shape.rank()), size_of(array.type)};
    part.labels = RawLabels{file.name(), to_labels(array), {}, places};
  } else {
    if (part.images) fail_two(part.part, "pictures", part.images->file, file.name());
    part.images = RawImages{file.name(), std::move(file.bytes), std::move(array)};
  }
}

// An array's name for pictures, the name of their labels, and the part. The last four are the
// archive's only part, read when there is none of the others.
struct NpzNames {
  const char* images;
  const char* labels;
  Part part;
};
constexpr std::array<NpzNames, 10> kNpzNames = {{{"x_train", "y_train", Part::train},
                                                 {"train_images", "train_labels", Part::train},
                                                 {"x_val", "y_val", Part::val},
                                                 {"val_images", "val_labels", Part::val},
                                                 {"x_test", "y_test", Part::test},
                                                 {"test_images", "test_labels", Part::test},
                                                 {"images", "labels", Part::whole},
                                                 {"x", "y", Part::whole},
                                                 {"X", "y", Part::whole},
                                                 {"data", "labels", Part::whole}}};

// As many as a data set's pictures may have as bytes; NPZ may hold them as doubles.
constexpr std::size_t kMostArrayBytes = std::size_t{32} << 30;

std::vector<NpzNames> names_in(const Npz& npz, const std::string& file) {
  std::vector<NpzNames> found;
  std::ranges::copy_if(kNpzNames, std::back_inserter(found),
                       [&](const NpzNames& names) { return npz.has(names.images); });
  if (!found.empty() && found[0].part != Part::whole) {
    std::erase_if(found, [](const NpzNames& names) { return names.part == Part::whole; });
  }
  for (std::size_t i = 1; i < found.size(); ++i) {
    if (found[i].part != found[i - 1].part) continue;
    fail_two(found[i].part, "pictures", file + ": " + found[i - 1].images,
             file + ": " + found[i].images);
  }
  if (!found.empty()) return found;
  fail(ErrorCode::bad_input,
       "npz: {}: none of the arrays is called as pictures are: x_train, x_val, x_test; "
       "train_images, val_images, test_images; images, x, X or data: there are {}",
       file, npz.names().empty() ? "none at all" : fmt::format("{}", fmt::join(npz.names(), ", ")));
}

void add_npz(const SourceFile& file, const LoadOptions& options, std::vector<RawPart>& parts) {
  const Npz npz(file.bytes.span(), file.name());
  for (const NpzNames& names : names_in(npz, file.name())) {
    // An archive without parts has its part by its own name.
    const Part part = names.part == Part::whole ? *file.part : names.part;
    const bool wanted = is_wanted(part, options);
    if (!wanted && part != Part::train) continue;
    RawPart& place = place_of(part, parts);
    if (place.images || place.labels) {
      fail_two(part, "pictures", place.images ? place.images->file : place.labels->file,
               file.name());
    }
    if (wanted) {
      auto [bytes, array] = npz.read(names.images, kMostArrayBytes);
      place.images =
          RawImages{file.name() + ": " + names.images, std::move(bytes), std::move(array)};
    }
    if (npz.has(names.labels)) {
      const auto entry = npz.read(names.labels, kMostArrayBytes);
      place.labels = RawLabels{
          file.name() + ": " + names.labels, to_labels(entry.array), {}, {"element", 0, 1}};
    }
  }
}

// Puts the table's contents into the part; tells where the labels were.
std::optional<CsvColumns> read_csv(SourceFile& file, const LoadOptions& options,
                                   const std::optional<CsvColumns>& like, RawPart& part) {
  const bool wanted = is_wanted(part.part, options);
  CsvTable table = parse_csv(file.bytes.span(), file.name(),
                             {options.label_column, options.labels, wanted, like});
  file.bytes = {};
  if (wanted) {
    part.images->bytes = std::move(table.bytes);
    part.images->array = std::move(table.images);
  } else {
    part.images.reset();
  }
  if (!table.labelled) return std::nullopt;
  part.labels = RawLabels{
      file.name(), std::move(table.labels), std::move(table.texts), {"row", table.first_row, 1}};
  return table.columns;
}

}  // namespace

std::vector<RawPart> idx_parts(std::vector<SourceFile>& files, const LoadOptions& options) {
  std::vector<RawPart> parts;
  for (SourceFile& file : files) add_idx(file, options, parts);
  for (const RawPart& part : parts) {
    if (part.images || !is_wanted(part.part, options)) continue;
    fail(ErrorCode::bad_input,
         "data: {}: labels, but no IDX file of pictures of the same part is beside them",
         part.labels->file);
  }
  return parts;
}

std::vector<RawPart> csv_parts(std::vector<SourceFile>& files, const LoadOptions& options) {
  std::vector<RawPart> parts;
  for (const SourceFile& file : files) {
    RawPart& part = place_of(*file.part, parts);
    if (part.images) fail_two(part.part, "pictures", part.images->file, file.name());
    part.images = RawImages{file.name(), {}, {}};
  }
  // The training part first: where its labels are, those of the others are.
  std::optional<CsvColumns> like;
  std::vector<std::function<void()>> jobs;
  for (SourceFile& file : files) {
    RawPart& part = place_of(*file.part, parts);
    if (part.part == Part::train) {
      like = read_csv(file, options, std::nullopt, part);
    } else {
      jobs.push_back([&] { read_csv(file, options, like, part); });
    }
  }
  run_all(jobs);
  return parts;
}

std::vector<RawPart> npz_parts(std::vector<SourceFile>& files, const LoadOptions& options) {
  std::vector<RawPart> parts;
  for (SourceFile& file : files) {
    add_npz(file, options, parts);
    file.bytes = {};
  }
  return parts;
}

std::vector<RawPart> cifar_parts(std::vector<SourceFile>& files, const LoadOptions& options) {
  const CifarKind kind = files[0].format == Format::cifar10 ? kCifar10 : kCifar100;
  std::map<Part, std::vector<CifarFile>> sources;
  for (const SourceFile& file : files) {
    if (is_wanted(*file.part, options)) {
      sources[*file.part].push_back({file.name(), file.bytes.span()});
    }
  }
  std::vector<RawPart> parts;
  for (const auto& [part, all] : sources) {
    auto [pixels, labels] = parse_cifar(all, kind);
    Array array{.name = "cifar: " + all[0].name,
                .shape = {labels.size(), 3, 32, 32},
                .bytes = pixels.span()};
    RawPart& place = place_of(part, parts);
    place.images = RawImages{all[0].name, std::move(pixels), std::move(array)};
    place.labels = RawLabels{all[0].name, std::move(labels), {}, {"record", 0, 1}};
  }
  return parts;
}

}  // namespace weft
