#include "explore/copies.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/threads.hpp"

namespace weft {
namespace {

constexpr double kLikeness = 0.995;
// In place, where levels may have been cut off; moved. The second is the root of kLikeness: nothing
// else is asked of those of which nothing is cut off.
constexpr double kInPlace = 0.97, kMoved = 0.9974;
constexpr double kLeastFactor = 0.25, kMostFactor = 4;
constexpr std::size_t kLeastMoved = 8;

std::string_view text_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// For each picture the first equal one, itself if there is none.
std::vector<std::uint32_t> first_equals(const PictureRows& pictures) {
  std::unordered_map<std::string_view, std::uint32_t> known;
  std::vector<std::uint32_t> first(pictures.size());
  for (std::uint32_t i = 0; i < first.size(); ++i) {
    first[i] = known.try_emplace(text_of(pictures[i]), i).first->second;
  }
  return first;
}

bool is_plain(const Fingerprint& waves) {
  return std::ranges::all_of(waves, [](float wave) { return wave == 0; });
}

// A k-d tree of fingerprints by the waves that vary most: each node's box is halved where it is
// widest. What is looked at most stands closest together.
class Index {
 public:
  Index(const std::vector<Fingerprint>& all, const std::vector<std::uint32_t>& rows)
      : order_(order_of(all, rows)) {
    std::vector<Point> points;
    for (const std::uint32_t row : rows) points.push_back({head_of(all[row]), row});
    if (!points.empty()) build(points, 0);
    for (const Point& point : points) {
      heads_.push_back(first_of(point.head));
      rows_.push_back(point.row);
      waves_.push_back(all[point.row]);
    }
  }

  // Calls found(row) for every one before `below` that may correlate so much.
  template <class Found>
  void near(const Fingerprint& waves, std::uint32_t below, double correlation,
            const Found& found) const {
    constexpr double kRounding = 1e-4;
    const auto most = static_cast<float>(2 * (1 - correlation) + kRounding);
    const Head own = head_of(waves);
    const Block first = first_of(own);
    for (std::size_t at = 0; at < nodes_.size();) {
      const Node& node = nodes_[at];
      if (node.first_row >= below || gap(own, node) > most) {
        at = node.behind;
        continue;
      }
      if (node.behind == ++at) {
        for (std::uint32_t i = node.begin; i < node.end; ++i) {
          if (rows_[i] < below && apart(first, heads_[i]) <= most &&
              distance(waves, waves_[i]) <= most) {
            found(rows_[i]);
          }
        }
      }
    }
  }

 private:
  static constexpr std::size_t kBlock = 8, kHead = 2 * kBlock, kLeaf = 16;
  using Block = std::array<float, kBlock>;
  using Head = std::array<float, kHead>;

  struct Point {
    Head head;
    std::uint32_t row;
  };
  struct Node {
    Head low, high;            // of those in it
    std::uint32_t begin, end;  // among rows_
    std::uint32_t first_row;   // the lowest of theirs
    std::uint32_t behind;      // the node after it and all below it; at once after a leaf
  };

  void build(std::span<Point> points, std::uint32_t begin) {
    const std::size_t at = nodes_.size();
    const Point& any = points.front();
    Node node{any.head, any.head, begin, begin + static_cast<std::uint32_t>(points.size()),
              any.row,  0};
    for (const Point& point : points) {
      for (std::size_t i = 0; i < kHead; ++i) {
        node.low[i] = std::min(node.low[i], point.head[i]);
        node.high[i] = std::max(node.high[i], point.head[i]);
      }
      node.first_row = std::min(node.first_row, point.row);
    }
    nodes_.push_back(node);
    if (points.size() > kLeaf) {
      std::size_t widest = 0;
      for (std::size_t i = 1; i < kHead; ++i) {
        if (node.high[i] - node.low[i] > node.high[widest] - node.low[widest]) widest = i;
      }
      const std::size_t half = points.size() / 2;
      std::ranges::nth_element(points, points.begin() + static_cast<std::ptrdiff_t>(half), {},
                               [&](const Point& point) { return point.head[widest]; });
      build(points.first(half), begin);
      build(points.subspan(half), begin + static_cast<std::uint32_t>(half));
    }
    nodes_[at].behind = static_cast<std::uint32_t>(nodes_.size());
  }

  // The waves that vary most.
  static std::array<std::size_t, kHead> order_of(const std::vector<Fingerprint>& all,
                                                 const std::vector<std::uint32_t>& rows) {
    std::array<double, Fingerprint{}.size()> sums{}, squares{};
    for (const std::uint32_t row : rows) {
      for (std::size_t i = 0; i < sums.size(); ++i) {
        sums[i] += all[row][i];
        squares[i] += double{all[row][i]} * all[row][i];
      }
    }
    std::array<std::size_t, Fingerprint{}.size()> order{};
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto n = static_cast<double>(std::max<std::size_t>(1, rows.size()));
    std::ranges::stable_sort(order, std::greater{}, [&](std::size_t i) {
      return squares[i] / n - sums[i] / n * (sums[i] / n);
    });
    std::array<std::size_t, kHead> most{};
    std::copy_n(order.begin(), kHead, most.begin());
    return most;
  }
  Head head_of(const Fingerprint& waves) const {
    Head head{};
    for (std::size_t i = 0; i < kHead; ++i) head[i] = waves[order_[i]];
    return head;
  }
  static Block first_of(const Head& head) {
    Block block{};
    std::copy_n(head.begin(), kBlock, block.begin());
    return block;
  }
  static float sum_of(const Block& values) {
    return ((values[0] + values[4]) + (values[1] + values[5])) +
           ((values[2] + values[6]) + (values[3] + values[7]));
  }
  // Squared distances: of two; of one from a box.
  static float apart(const Block& a, const Block& b) {
    Block squares{};
    for (std::size_t i = 0; i < kBlock; ++i) squares[i] = (a[i] - b[i]) * (a[i] - b[i]);
    return sum_of(squares);
  }
  static float gap(const Head& own, const Node& node) {
    Block squares{};
    for (std::size_t block = 0; block < kHead; block += kBlock) {
      for (std::size_t j = 0; j < kBlock; ++j) {
        const std::size_t i = block + j;
        const float under = std::max(node.low[i] - own[i], 0.0F);
        const float over = std::max(own[i] - node.high[i], 0.0F);
        squares[j] += under * under + over * over;
      }
    }
    return sum_of(squares);
  }

  std::array<std::size_t, kHead> order_;
  std::vector<Block> heads_;
  std::vector<std::uint32_t> rows_;
  std::vector<Fingerprint> waves_;
  std::vector<Node> nodes_;  // each before those below it
};

// Values side by side, and sums over them.
struct Sums {
  double n = 0, a = 0, b = 0, aa = 0, ab = 0, bb = 0;

  double variance_a() const { return aa - a * a / n; }
  double variance_b() const { return bb - b * b / n; }
  double covariance() const { return ab - a * b / n; }
};

template <class Use>
void for_each_pair(std::span<const std::uint8_t> original, std::span<const std::uint8_t> copy,
                   const Shape& picture, int dy, int dx, std::size_t border, const Use& use) {
  const std::size_t height = picture[1], width = picture[2];
  const auto moved = [](std::size_t at, int by) {
    return static_cast<std::size_t>(static_cast<std::ptrdiff_t>(at) + by);
  };
  for (std::size_t c = 0; c < picture[0]; ++c) {
    for (std::size_t y = border; y < height - border; ++y) {
      const std::uint8_t* a = &original[(c * height + moved(y, dy)) * width + moved(border, dx)];
      const std::uint8_t* b = &copy[(c * height + y) * width + border];
      use(a, b, width - 2 * border);
    }
  }
}

Sums sums_of(std::span<const std::uint8_t> original, std::span<const std::uint8_t> copy,
             const Shape& picture, int dy, int dx, std::size_t border) {
  Sums all;
  for_each_pair(original, copy, picture, dy, dx, border,
                [&](const std::uint8_t* a, const std::uint8_t* b, std::size_t n) {
                  std::uint32_t sa = 0, sb = 0, saa = 0, sab = 0, sbb = 0;
                  for (std::size_t i = 0; i < n; ++i) {
                    const std::uint32_t va = a[i], vb = b[i];
                    sa += va;
                    sb += vb;
                    saa += va * va;
                    sab += va * vb;
                    sbb += vb * vb;
                  }
                  all.n += static_cast<double>(n);
                  all.a += sa;
                  all.b += sb;
                  all.aa += saa;
                  all.ab += sab;
                  all.bb += sbb;
                });
  return all;
}

std::uint64_t dot(const std::uint8_t* a, const std::uint8_t* b, std::size_t n) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += std::uint32_t{a[i]} * b[i];
  return sum;
}

// The correlation of a picture with one whose middle has these sums.
double correlation(std::span<const std::uint8_t> moved, const Sums& own,
                   std::span<const std::uint8_t> middle, const Sums& other, const Shape& picture,
                   int dy, int dx, std::size_t border) {
  std::uint64_t products = 0;
  for_each_pair(moved, middle, picture, dy, dx, border,
                [&](const std::uint8_t* a, const std::uint8_t* b, std::size_t n) {
                  products += dot(a, b, n);
                });
  const double covariance = static_cast<double>(products) - own.a * other.a / own.n;
  return covariance / std::sqrt(own.variance_a() * other.variance_a());
}

// Of the first picture as the second is moved against it.
struct Place {
  int dy, dx;
};

Place place_of(std::size_t i, std::size_t reach) {
  const auto side = static_cast<int>(2 * reach + 1), r = static_cast<int>(reach);
  const auto at = static_cast<int>(i);
  return {at / side - r, at % side - r};
}

}  // namespace

double explained(std::span<const std::uint8_t> original, std::span<const std::uint8_t> copy,
                 const Shape& picture, int dy, int dx, std::size_t border) {
  const Sums all = sums_of(original, copy, picture, dy, dx, border);
  if (all.variance_a() <= 0 || all.variance_b() <= 0) return 0;
  // The line goes through pixels that were not cut off; where few are left, through all.
  Sums kept;
  for_each_pair(original, copy, picture, dy, dx, border,
                [&](const std::uint8_t* a, const std::uint8_t* b, std::size_t n) {
                  for (std::size_t i = 0; i < n; ++i) {
                    if (b[i] == 0 || b[i] == 255) continue;
                    const double va = a[i], vb = b[i];
                    kept.n += 1;
                    kept.a += va;
                    kept.b += vb;
                    kept.aa += va * va;
                    kept.ab += va * vb;
                    kept.bb += vb * vb;
                  }
                });
  const bool enough = kept.n >= all.n / 16 && kept.variance_a() > kept.n;
  const Sums& fitted = enough ? kept : all;
  const double factor = fitted.covariance() / fitted.variance_a();
  if (!(factor >= kLeastFactor && factor <= kMostFactor)) return 0;
  const double summand = (fitted.b - factor * fitted.a) / fitted.n;
  std::array<double, 256> becomes{};
  for (std::size_t v = 0; v < becomes.size(); ++v) {
    becomes[v] = std::clamp(factor * static_cast<double>(v) + summand, 0.0, 255.0);
  }
  double residual = 0;
  for_each_pair(original, copy, picture, dy, dx, border,
                [&](const std::uint8_t* a, const std::uint8_t* b, std::size_t n) {
                  for (std::size_t i = 0; i < n; ++i) {
                    const double d = b[i] - becomes[a[i]];
                    residual += d * d;
                  }
                });
  return std::max(0.0, 1 - residual / all.variance_b());
}

std::vector<Copy> find_copies(const PictureRows& pictures, int threads) {
  if (pictures.size() < 2) return {};
  const Shape& shape = pictures.shape();
  const std::size_t reach = std::min(shape[1], shape[2]) >= kLeastMoved ? 1 : 0;
  const Fingerprints fingerprints(shape, reach);
  const std::vector<std::uint32_t> first = first_equals(pictures);
  std::vector<Fingerprint> middle(pictures.size());
  std::vector<std::uint32_t> single;  // those that are looked at
  parallel_for(threads, pictures.size(),
               [&](std::size_t i, int) { middle[i] = fingerprints.middle(pictures[i]); });
  for (std::uint32_t i = 0; i < first.size(); ++i) {
    if (first[i] == i && !is_plain(middle[i])) single.push_back(i);
  }
  const Index index(middle, single);
  std::vector<Sums> sums(pictures.size());  // of the middle, as the first of two
  parallel_for(threads, single.size(), [&](std::size_t at, int) {
    const auto picture = pictures[single[at]];
    sums[single[at]] = sums_of(picture, picture, shape, 0, 0, reach);
  });

  std::vector<Copy> best(pictures.size());
  parallel_for(threads, single.size(), [&](std::size_t at, int) {
    const std::uint32_t second = single[at];
    Copy& copy = best[second];
    std::vector<Fingerprint> places(fingerprints.places());
    fingerprints.of(pictures[second], places);
    for (std::size_t p = 0; p < places.size(); ++p) {
      const Place place = place_of(p, reach);
      const auto b = pictures[second];
      const Sums own = sums_of(b, b, shape, place.dy, place.dx, reach);
      const double least = place.dy == 0 && place.dx == 0 ? kInPlace : kMoved;
      index.near(places[p], second, least, [&](std::uint32_t row) {
        // The first's middle against the second, moved; and the other way round.
        const auto a = pictures[row];
        if (!(correlation(b, own, a, sums[row], shape, place.dy, place.dx, reach) >= least)) {
          return;
        }
        const double likeness = std::max(explained(b, a, shape, place.dy, place.dx, reach),
                                         explained(a, b, shape, -place.dy, -place.dx, reach));
        if (likeness < kLikeness || likeness < copy.likeness) return;
        if (likeness == copy.likeness && row > copy.first) return;
        copy = {row, second, false, likeness};
      });
    }
  });
  std::vector<Copy> copies;
  for (std::uint32_t i = 0; i < first.size(); ++i) {
    if (first[i] != i) {
      copies.push_back({first[i], i, true, 1});
    } else if (best[i].likeness > 0) {
      copies.push_back(best[i]);
    }
  }
  return copies;
}

}  // namespace weft
