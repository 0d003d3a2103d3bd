#include "data/cifar.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace weft {
namespace {

constexpr std::size_t kCoarseClasses = 20;

std::size_t records(const CifarFile& file, const CifarKind& kind) {
  const std::size_t size = file.bytes.size();
  if (size == 0 || size % kind.record() != 0) {
    fail(ErrorCode::bad_input,
         "cifar-{}: {}: {} bytes, but a record takes {}: the last one is cut short: fetch the file "
         "again",
         kind.classes, file.name, size, kind.record());
  }
  return size / kind.record();
}

// The first byte that is no label of its kind.
std::optional<std::size_t> wrong_label(std::span<const std::uint8_t> bytes, const CifarKind& kind) {
  for (std::size_t place = 0; place + kind.label_bytes <= bytes.size(); place += kind.record()) {
    const std::size_t fine = place + kind.label_bytes - 1;
    if (fine > place && bytes[place] >= kCoarseClasses) return place;
    if (bytes[fine] >= kind.classes) return fine;
  }
  return std::nullopt;
}

}  // namespace

std::optional<CifarKind> cifar_kind(std::span<const std::uint8_t> bytes) {
  for (const CifarKind& kind : {kCifar10, kCifar100}) {
    if (!bytes.empty() && bytes.size() % kind.record() == 0 && !wrong_label(bytes, kind)) {
      return kind;
    }
  }
  return std::nullopt;
}

CifarRecords parse_cifar(const std::vector<CifarFile>& files, const CifarKind& kind) {
  std::size_t all = 0;
  for (const CifarFile& file : files) {
    all += records(file, kind);
    if (const auto place = wrong_label(file.bytes, kind)) {
      fail(ErrorCode::bad_input, "cifar-{}: {}: byte {}: label {}: labels are below {}",
           kind.classes, file.name, *place, file.bytes[*place],
           kind.label_bytes == 2 && *place % kind.record() == 0 ? kCoarseClasses : kind.classes);
    }
  }
  const std::size_t pixels = kind.record() - kind.label_bytes;
  CifarRecords result{FileBytes(all * pixels), {}};
  result.labels.reserve(all);
  std::uint8_t* dst = result.pixels.data();
  for (const CifarFile& file : files) {
    for (std::size_t place = 0; place < file.bytes.size(); place += kind.record()) {
      result.labels.push_back(file.bytes[place + kind.label_bytes - 1]);
      dst = std::ranges::copy(file.bytes.subspan(place + kind.label_bytes, pixels), dst).out;
    }
  }
  return result;
}

}  // namespace weft
