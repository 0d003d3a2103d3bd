#include "explore/tsne.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/random.hpp"
#include "base/threads.hpp"
#include "explore/affinities.hpp"
#include "explore/neighbours.hpp"
#include "explore/principal.hpp"
#include "explore/repulsion.hpp"
#include "kernels/map_kernels.hpp"
#include "tensor/aligned.hpp"

namespace weft {
namespace {

constexpr std::size_t kPoints = 256;  // that a thread takes at once
constexpr double kDeviation = 1e-4;   // of the start
constexpr double kExaggeration = 12;
constexpr std::size_t kExaggerated = 250;  // iterations, at most

void check(std::span<const float> points, std::size_t n, std::size_t size,
           const MapSettings& settings) {
  if (points.size() != n * size || size == 0) {
    fail(ErrorCode::usage, "map: {} numbers for {} points of {} each", points.size(), n, size);
  }
  if (!(settings.perplexity >= 1) || settings.perplexity >= static_cast<double>(n)) {
    fail(ErrorCode::usage,
         "map: a perplexity of {} for {} points: it is at least 1 and below their number; give a "
         "smaller one, or more points",
         settings.perplexity, n);
  }
  if (!std::ranges::all_of(points, [](float value) { return std::isfinite(value); })) {
    fail(ErrorCode::usage, "map: some of the points' numbers are not finite");
  }
}

AlignedVector<float> first_places(std::span<const float> points, std::size_t n, std::size_t size,
                                  const MapSettings& settings, ThreadPool& pool) {
  AlignedVector<float> places(2 * n);
  if (settings.start == MapStart::random) {
    RandomStream random(settings.seed, RandomPurpose::map, 1);
    for (float& place : places) place = static_cast<float>(kDeviation * random.normal());
    return places;
  }
  const std::vector<float> scores = principal_scores(points, n, size, settings.seed, pool);
  double squares = 0;  // their mean is 0
  for (std::size_t i = 0; i < n; ++i) squares += double{scores[2 * i]} * double{scores[2 * i]};
  const double deviation = std::sqrt(squares / static_cast<double>(n));
  const double scale = deviation > 0 ? kDeviation / deviation : 0;
  for (std::size_t i = 0; i < 2 * n; ++i) {
    places[i] = static_cast<float>(scale * double{scores[i]});
  }
  return places;
}

// Gradient descent with momentum, and with a gain for each coordinate, which grows while it goes on
// in its direction (Jacobs, 1988).
class Descent {
 public:
  Descent(const Affinities& affinities, AlignedVector<float> places, ThreadPool& pool)
      : affinities_(affinities),
        pool_(pool),
        repulsion_(pool),
        places_(std::move(places)),
        attractions_(places_.size()),
        repulsions_(places_.size()),
        rate_(static_cast<float>(std::max(static_cast<double>(size()) / kExaggeration / 4, 50.0))) {
    start_again();
  }

  void start_again() {
    steps_.assign(places_.size(), 0);
    gains_.assign(places_.size(), 1);
  }

  void step(float exaggeration, float momentum) {
    const double normaliser = repulsion_(size(), places_.data(), repulsions_.data());
    const auto share = static_cast<float>(1 / std::max(normaliser, 1e-30));
    for_each_block([&](std::size_t begin, std::size_t end) {
      fast_map_kernels().attract(begin, end, affinities_.starts.data(),
                                 affinities_.neighbours.data(), affinities_.weights.data(),
                                 places_.data(), attractions_.data());
    });
    for_each_block([&](std::size_t begin, std::size_t end) {
      for (std::size_t i = 2 * begin; i < 2 * end; ++i) {
        const float gradient = 4 * (exaggeration * attractions_[i] - share * repulsions_[i]);
        const bool goes_on = steps_[i] * gradient < 0;
        gains_[i] = std::max(goes_on ? gains_[i] + 0.2F : gains_[i] * 0.8F, 0.01F);
        steps_[i] = momentum * steps_[i] - rate_ * gains_[i] * gradient;
        places_[i] += steps_[i];
      }
    });
  }

  double divergence() {
    Repulsion exact(pool_, Repulsion::kSpacing, size());
    const double normaliser = exact(size(), places_.data(), repulsions_.data());
    return weft::divergence(affinities_, places_.data(), normaliser, pool_);
  }

  std::vector<float> places() const { return {places_.begin(), places_.end()}; }

 private:
  std::size_t size() const { return affinities_.size(); }

  template <class Body>
  void for_each_block(const Body& body) {
    pool_.for_each((size() + kPoints - 1) / kPoints, [&](std::size_t block, int) {
      body(block * kPoints, std::min((block + 1) * kPoints, size()));
    });
  }

  const Affinities& affinities_;
  ThreadPool& pool_;
  Repulsion repulsion_;
  AlignedVector<float> places_, attractions_, repulsions_, steps_, gains_;
  float rate_;
};

}  // namespace

PointMap map_points(std::span<const float> points, std::size_t n, std::size_t size,
                    const MapSettings& settings, const MapProgress& progress) {
  check(points, n, size, settings);
  ThreadPool pool(settings.threads > 0 ? settings.threads : default_threads());
  const auto told = [&](std::string_view stage, double share) {
    if (progress) progress(stage, share);
  };
  const std::size_t count = std::min(n - 1, static_cast<std::size_t>(3 * settings.perplexity + 1));
  const Affinities near =
      affinities(nearest_neighbours(points, n, size, count, pool,
                                    [&](double share) { told("neighbours", share); }),
                 std::min(settings.perplexity, static_cast<double>(count)), pool);
  Descent descent(near, first_places(points, n, size, settings, pool), pool);
  const std::size_t exaggerated = std::min(kExaggerated, settings.iterations / 4);
  for (std::size_t i = 0; i < settings.iterations; ++i) {
    if (i == exaggerated) descent.start_again();
    if (i < exaggerated) {
      descent.step(static_cast<float>(kExaggeration), 0.5F);
    } else {
      descent.step(1, 0.8F);
    }
    told("iterations", static_cast<double>(i + 1) / static_cast<double>(settings.iterations));
  }
  return {descent.places(), descent.divergence(), count};
}

}  // namespace weft
