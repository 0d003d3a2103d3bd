// The kernels of maps as loops to be read; contracts in map_kernels.hpp.
#include <complex>
#include <vector>

#include "kernels/map_kernels.hpp"

namespace weft {
namespace {

std::size_t below(std::size_t count, const float* squares, const float* dots, float limit,
                  float* values, std::uint32_t* found) {
  std::size_t number = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const float value = squares[i] - 2 * dots[i];
    if (!(value < limit)) continue;
    values[number] = value;
    found[number++] = static_cast<std::uint32_t>(i);
  }
  return number;
}

float squared_distance(std::size_t count, const float* a, const float* b) {
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double difference = double{a[i]} - double{b[i]};
    sum += difference * difference;
  }
  return static_cast<float>(sum);
}

void attract(std::size_t begin, std::size_t end, const std::size_t* starts,
             const std::uint32_t* neighbours, const float* weights, const float* places,
             float* forces) {
  for (std::size_t i = begin; i < end; ++i) {
    double x = 0, y = 0;
    for (std::size_t k = starts[i]; k < starts[i + 1]; ++k) {
      const std::size_t j = neighbours[k];
      const double dx = double{places[2 * i]} - double{places[2 * j]};
      const double dy = double{places[2 * i + 1]} - double{places[2 * j + 1]};
      const double strength = double{weights[k]} / (1 + dx * dx + dy * dy);
      x += strength * dx;
      y += strength * dy;
    }
    forces[2 * i] = static_cast<float>(x);
    forces[2 * i + 1] = static_cast<float>(y);
  }
}

double repel(std::size_t n, const float* xs, const float* ys, std::size_t begin, std::size_t end,
             float* forces) {
  double all = 0;
  for (std::size_t i = begin; i < end; ++i) {
    double x = 0, y = 0;
    for (std::size_t j = 0; j < n; ++j) {
      const double dx = double{xs[i]} - double{xs[j]}, dy = double{ys[i]} - double{ys[j]};
      const double similarity = 1 / (1 + dx * dx + dy * dy);
      if (j != i) all += similarity;
      x += similarity * similarity * dx;
      y += similarity * similarity * dy;
    }
    forces[2 * i] = static_cast<float>(x);
    forces[2 * i + 1] = static_cast<float>(y);
  }
  return all;
}

void fourier(const FourierPlan& plan, float* re, float* im, float* /*spare_re*/,
             float* /*spare_im*/) {
  const std::size_t length = plan.length;
  std::vector<std::complex<double>> dst(length);
  for (std::size_t s = 0; s < kSignals; ++s) {
    for (std::size_t f = 0; f < length; ++f) {
      dst[f] = 0;
      for (std::size_t t = 0; t < length; ++t) {
        const std::size_t k = f * t % length;
        dst[f] += std::complex<double>(re[t * kSignals + s], im[t * kSignals + s]) *
                  std::complex<double>(plan.cosines[k], plan.sines[k]);
      }
    }
    for (std::size_t f = 0; f < length; ++f) {
      re[f * kSignals + s] = static_cast<float>(dst[f].real());
      im[f * kSignals + s] = static_cast<float>(dst[f].imag());
    }
  }
}

}  // namespace

const MapKernels& reference_map_kernels() {
  static const MapKernels kernels{below, squared_distance, attract, repel, fourier};
  return kernels;
}

}  // namespace weft
