// CIFAR-10's and CIFAR-100's binary versions: https://www.cs.toronto.edu/~kriz/cifar.html
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/gzip.hpp"
#include "weft/tensor.hpp"

namespace weft {

// A record is the label bytes and 3 x 32 x 32 pixels, one channel after the other.
struct CifarKind {
  std::size_t classes = 10;
  std::size_t label_bytes = 1;  // CIFAR-100 has two, the coarse label (below 20) before the fine

  std::size_t record() const { return label_bytes + 3 * 32 * 32; }
};

inline constexpr CifarKind kCifar10{10, 1};
inline constexpr CifarKind kCifar100{100, 2};

// Which of the two has records of this size with such labels; none for other bytes.
std::optional<CifarKind> cifar_kind(std::span<const std::uint8_t> bytes);

struct CifarRecords {
  FileBytes pixels;  // n x 3 x 32 x 32
  std::vector<Label> labels;
};

// The records of several files, one after the other: whole ones, with labels below `classes`.
// Throws Error(bad_input) naming the file and the byte.
struct CifarFile {
  std::string name;
  std::span<const std::uint8_t> bytes;
};
CifarRecords parse_cifar(const std::vector<CifarFile>& files, const CifarKind& kind);

}  // namespace weft
