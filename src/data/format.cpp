#include "data/format.hpp"

#include "base/error.hpp"
#include "data/cifar.hpp"
#include "data/csv.hpp"
#include "data/idx.hpp"
#include "data/npz.hpp"
#include "data/text.hpp"

namespace weft {
namespace {

bool is_whole_idx(std::span<const std::uint8_t> bytes) {
  if (!is_idx(bytes)) return false;
  try {
    parse_idx(bytes, "");
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

const char* name_of(Format format) {
  switch (format) {
    case Format::idx:
      return "idx";
    case Format::csv:
      return "csv";
    case Format::npz:
      return "npz";
    case Format::cifar10:
      return "cifar-10";
    case Format::cifar100:
      return "cifar-100";
  }
  return "";
}

// CIFAR has no magic number, and a dark picture of an airplane may begin as IDX does: then the
// sizes decide.
std::optional<Format> format_of(std::span<const std::uint8_t> bytes) {
  if (is_zip(bytes)) return Format::npz;
  if (is_whole_idx(bytes)) return Format::idx;
  if (const auto kind = cifar_kind(bytes)) {
    return kind->label_bytes == 1 ? Format::cifar10 : Format::cifar100;
  }
  if (is_idx(bytes)) return Format::idx;
  if (is_csv(bytes)) return Format::csv;
  return std::nullopt;
}

bool is_note(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t kMost = std::size_t{1} << 20;
  return !bytes.empty() && bytes.size() <= kMost && is_readable(as_text(bytes));
}

void fail_format(const std::string& file, std::span<const std::uint8_t> bytes) {
  if (bytes.empty()) {
    fail(ErrorCode::bad_input, "data: {}: byte 0: the file is empty: fetch it again", file);
  }
  fail(ErrorCode::bad_input,
       "data: {}: byte 0: {} {} begins no format that is read: IDX (00 00 08 ...), CSV (a line of "
       "numbers and commas), NPZ (50 4b 03 04), CIFAR's binary version (records of 3073 or 3074 "
       "bytes), each gzipped or not",
       file, hexadecimal(bytes), excerpt(as_text(bytes), 8));
}

}  // namespace weft
