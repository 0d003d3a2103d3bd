#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <numeric>

#include "base/error.hpp"
#include "base/random.hpp"
#include "weft/data.hpp"

namespace weft {
namespace {

constexpr std::size_t kMostRows = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kLabels = std::size_t{std::numeric_limits<Label>::max()} + 1;

using PerClass = std::array<std::size_t, kLabels>;

// How many to hold out of each class: the whole part of its share, and what is then missing one by
// one to the largest remainders (Hamilton's method). `held_out` is less than the sum of `sizes`.
PerClass shares(const PerClass& sizes, std::size_t held_out) {
  const std::size_t all = std::accumulate(sizes.begin(), sizes.end(), std::size_t{0});
  PerClass share{};
  PerClass remainder{};
  for (std::size_t c = 0; c < kLabels; ++c) {
    share[c] = held_out * sizes[c] / all;
    remainder[c] = held_out * sizes[c] % all;
  }
  PerClass order{};
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t c) { return remainder[c]; });
  const std::size_t given = std::accumulate(share.begin(), share.end(), std::size_t{0});
  for (std::size_t i = 0; i < held_out - given; ++i) ++share[order[i]];
  return share;
}

// The rows of each class, ascending.
std::array<std::vector<std::uint32_t>, kLabels> members_of(std::span<const Label> labels) {
  std::array<std::vector<std::uint32_t>, kLabels> members;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    members[labels[i]].push_back(static_cast<std::uint32_t>(i));
  }
  return members;
}

}  // namespace

Split stratified_split(std::span<const Label> labels, std::size_t held_out, std::uint64_t seed) {
  if (held_out >= labels.size() || labels.size() > kMostRows) {
    fail(ErrorCode::usage,
         "stratified_split: {} of {} rows held out: fewer than all, of at most {}", held_out,
         labels.size(), kMostRows);
  }
  auto members = members_of(labels);
  PerClass sizes{};
  std::ranges::transform(members, sizes.begin(), [](const auto& rows) { return rows.size(); });

  const PerClass share = shares(sizes, held_out);
  Split split;
  for (std::size_t c = 0; c < kLabels; ++c) {
    RandomStream random(seed, RandomPurpose::split, 0, static_cast<std::uint32_t>(c));
    shuffle(members[c], random);
    const auto middle = members[c].begin() + static_cast<std::ptrdiff_t>(share[c]);
    split.held_out.insert(split.held_out.end(), members[c].begin(), middle);
    split.train.insert(split.train.end(), middle, members[c].end());
  }
  std::ranges::sort(split.held_out);
  std::ranges::sort(split.train);
  return split;
}

std::vector<std::uint32_t> stratified_folds(std::span<const Label> labels, std::size_t folds,
                                            std::uint64_t seed) {
  if (folds < 2 || folds > labels.size() || labels.size() > kMostRows) {
    fail(ErrorCode::usage, "stratified_folds: {} folds of {} rows: 2 to as many as there are rows",
         folds, labels.size());
  }
  constexpr std::uint32_t kFolds = 1;  // stratified_split draws from 0
  auto members = members_of(labels);
  std::vector<std::uint32_t> fold(labels.size());
  std::size_t dealt = 0;
  for (std::size_t c = 0; c < kLabels; ++c) {
    RandomStream random(seed, RandomPurpose::split, kFolds, static_cast<std::uint32_t>(c));
    shuffle(members[c], random);
    for (const std::uint32_t row : members[c]) {
      fold[row] = static_cast<std::uint32_t>(dealt++ % folds);
    }
  }
  return fold;
}

Split article_split(std::size_t n) {
  if (n < 2 || n > kMostRows) {
    fail(ErrorCode::usage, "article_split: {} rows: between 2 and {} are needed", n, kMostRows);
  }
  NumpyRandom random(42);
  const auto rows = random.permutation(static_cast<std::uint32_t>(n));
  const auto middle = rows.begin() + static_cast<std::ptrdiff_t>((n + 4) / 5);
  return {.train = {middle, rows.end()}, .held_out = {rows.begin(), middle}};
}

}  // namespace weft
