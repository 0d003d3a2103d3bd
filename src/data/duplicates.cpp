#include "data/duplicates.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "base/threads.hpp"

namespace weft {
namespace {

constexpr std::size_t kSide = 8, kCells = kSide + 1;
// 200 of 3,068 photos of clothes, made 0.6 times as large and packed again: 9 bits at most differ,
// and for 97 in 100 the values by less than 8 and 0.2 of the contrast. Two striped shirts on red
// cloth came to 5 bits, 9.4 and 0.16.
constexpr int kMostBits = 12;
// Levels by which it must get lighter: plain backgrounds have none, and noise does not matter.
constexpr float kStep = 3;
constexpr double kMostDifference = 8, kMostOfContrast = 0.2;

// Two hashes that differ by 12 bits at most, scattered, are nearly always equal in one of eight
// bands: pictures are compared with those alone that share one.
constexpr std::size_t kBands = 8, kValues = 65536;

std::uint16_t band(const PictureHash& hash, std::size_t i) {
  const std::uint64_t half = i < kBands / 2 ? hash.across : hash.down;
  return static_cast<std::uint16_t>(half >> (i % (kBands / 2) * 16));
}

bool are_near(const PictureHash& a, const PictureHash& b) {
  return std::popcount(a.across ^ b.across) + std::popcount(a.down ^ b.down) <= kMostBits;
}

// Means of the luminance over 9 x 9 cells.
std::array<float, kCells * kCells> cells_of(const std::uint8_t* picture, std::size_t channels,
                                            std::size_t height, std::size_t width) {
  constexpr std::array<float, 3> kLuminance = {0.299F, 0.587F, 0.114F};
  std::array<float, kCells * kCells> cells{};
  const auto edges = [](std::size_t i, std::size_t size) {
    const std::size_t begin = i * size / kCells;
    return std::pair(begin, std::max(begin + 1, (i + 1) * size / kCells));
  };
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto [top, bottom] = edges(i / kCells, height);
    const auto [left, right] = edges(i % kCells, width);
    for (std::size_t c = 0; c < channels; ++c) {
      std::uint32_t sum = 0;
      for (std::size_t y = top; y < bottom; ++y) {
        const std::uint8_t* row = picture + (c * height + y) * width;
        for (std::size_t x = left; x < right; ++x) sum += row[x];
      }
      const auto mean =
          static_cast<float>(sum) / static_cast<float>((bottom - top) * (right - left));
      cells[i] += channels == 1 ? mean : kLuminance[c] * mean;
    }
  }
  return cells;
}

PictureHash hash_of(const std::uint8_t* picture, const Shape& shape) {
  const auto cells = cells_of(picture, shape[1], shape[2], shape[3]);
  PictureHash hash;
  for (std::size_t y = 0; y < kSide; ++y) {
    for (std::size_t x = 0; x < kSide; ++x) {
      const float here = cells[y * kCells + x] + kStep;
      const std::uint64_t bit = std::uint64_t{1} << (y * kSide + x);
      if (cells[y * kCells + x + 1] > here) hash.across |= bit;
      if (cells[(y + 1) * kCells + x] > here) hash.down |= bit;
    }
  }
  return hash;
}

// The rows of `hashes` by the value of one band.
struct Band {
  std::vector<std::uint32_t> begin = std::vector<std::uint32_t>(kValues + 1);
  std::vector<std::uint32_t> rows;

  Band(const std::vector<PictureHash>& hashes, std::size_t i) : rows(hashes.size()) {
    for (const PictureHash& hash : hashes) ++begin[band(hash, i) + std::size_t{1}];
    for (std::size_t v = 0; v < kValues; ++v) begin[v + 1] += begin[v];
    std::vector<std::uint32_t> next(begin.begin(), begin.end() - 1);
    for (std::uint32_t row = 0; row < hashes.size(); ++row) {
      rows[next[band(hashes[row], i)]++] = row;
    }
  }
};

// The mean distance of the values from their mean.
double contrast_of(std::span<const std::uint8_t> picture) {
  std::uint64_t sum = 0, distance = 0;
  for (const std::uint8_t value : picture) sum += value;
  const int mean = static_cast<int>(sum / picture.size());
  for (const std::uint8_t value : picture)
    distance += static_cast<unsigned>(std::abs(value - mean));
  return static_cast<double>(distance) / static_cast<double>(picture.size());
}

// Do they differ by `most` in the sum? Looks no further than it takes to tell.
bool are_close(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b,
               std::uint64_t most) {
  constexpr std::size_t kStretch = 512;
  std::uint64_t sum = 0;
  for (std::size_t begin = 0; begin < a.size(); begin += kStretch) {
    const std::size_t end = std::min(a.size(), begin + kStretch);
    std::uint32_t part = 0;
    for (std::size_t i = begin; i < end; ++i) part += static_cast<unsigned>(std::abs(a[i] - b[i]));
    sum += part;
    if (sum > most) return false;
  }
  return true;
}

class Search {
 public:
  Search(const Tensor& first, const std::vector<PictureHash>& first_hashes, const Tensor& second,
         const std::vector<PictureHash>& second_hashes)
      : first_(first.as<std::uint8_t>()),
        second_(second.as<std::uint8_t>()),
        size_(second.row_elements()),
        first_hashes_(first_hashes),
        second_hashes_(second_hashes) {
    for (std::size_t i = 0; i < kBands; ++i) bands_.emplace_back(first_hashes, i);
  }

  std::optional<std::uint32_t> twin_of(std::size_t row) const {
    const PictureHash& hash = second_hashes_[row];
    const auto picture = second_.subspan(row * size_, size_);
    std::optional<std::uint64_t> most;  // not before it is needed
    for (std::size_t i = 0; i < kBands; ++i) {
      const std::uint16_t value = band(hash, i);
      for (std::uint32_t at = bands_[i].begin[value]; at < bands_[i].begin[value + 1]; ++at) {
        const std::uint32_t other = bands_[i].rows[at];
        if (!are_near(hash, first_hashes_[other]) || met_before(hash, first_hashes_[other], i)) {
          continue;
        }
        if (!most) most = most_difference(picture);
        if (are_close(picture, first_.subspan(other * size_, size_), *most)) return other;
      }
    }
    return std::nullopt;
  }

 private:
  static bool met_before(const PictureHash& a, const PictureHash& b, std::size_t i) {
    for (std::size_t before = 0; before < i; ++before) {
      if (band(a, before) == band(b, before)) return true;
    }
    return false;
  }
  std::uint64_t most_difference(std::span<const std::uint8_t> picture) const {
    const double most = std::min(kMostDifference, kMostOfContrast * contrast_of(picture));
    return static_cast<std::uint64_t>(most * static_cast<double>(size_));
  }

  std::span<const std::uint8_t> first_, second_;
  std::size_t size_;
  const std::vector<PictureHash>& first_hashes_;
  const std::vector<PictureHash>& second_hashes_;
  std::vector<Band> bands_;
};

}  // namespace

std::vector<PictureHash> hashes_of(const Tensor& images) {
  std::vector<PictureHash> hashes(images.rows());
  const auto bytes = images.as<std::uint8_t>();
  const std::size_t size = images.row_elements();
  parallel_for(default_threads(), hashes.size(), [&](std::size_t i, int) {
    hashes[i] = hash_of(bytes.data() + i * size, images.shape());
  });
  return hashes;
}

std::vector<Twins> near_duplicates(const Tensor& first,
                                   const std::vector<PictureHash>& first_hashes,
                                   const Tensor& second,
                                   const std::vector<PictureHash>& second_hashes) {
  if (first.rows() == 0 || second.rows() == 0) return {};
  const Search search(first, first_hashes, second, second_hashes);
  std::vector<std::optional<std::uint32_t>> found(second.rows());
  parallel_for(default_threads(), found.size(),
               [&](std::size_t i, int) { found[i] = search.twin_of(i); });
  std::vector<Twins> twins;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i]) twins.push_back({*found[i], static_cast<std::uint32_t>(i)});
  }
  return twins;
}

}  // namespace weft
