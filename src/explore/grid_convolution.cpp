#include "explore/grid_convolution.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/error.hpp"

namespace weft {
namespace {

// Distances wrap around at the grid's double length, with a kink there, which the splines' inverse
// carries on over some nodes, a quarter as strong at each.
constexpr std::size_t kMargin = 16;

std::size_t blocks_of(std::size_t signals) {
  return (signals + kSignals - 1) / kSignals;
}

}  // namespace

void GridConvolution::Tile::resize(std::size_t length) {
  re.assign(length * kSignals, 0);
  im.assign(length * kSignals, 0);
}

void GridConvolution::transform(Tile& tile, Space& space, bool back) {
  float *re = tile.re.data(), *im = tile.im.data();
  if (back) std::swap(re, im);
  fast_map_kernels().fourier(*plan_, re, im, space.spare.re.data(), space.spare.im.data());
}

void GridConvolution::prepare(std::size_t nodes, double spacing, double constant) {
  if (nodes == 0 || nodes % (2 * kSignals) != 0) {
    fail(ErrorCode::usage, "grid convolution: {} nodes on a side: it must be a multiple of {}",
         nodes, 2 * kSignals);
  }
  const std::size_t length = fourier_length(2 * nodes + kMargin);
  nodes_ = nodes;
  if (!plan_ || plan_->length != length) {
    plan_.emplace(length);
    spaces_.resize(static_cast<std::size_t>(pool_.threads()));
    for (Space& space : spaces_) {
      space.tile.resize(length);
      space.spare.resize(length);
    }
  }
  rows_.resize(nodes / (2 * kSignals));
  for (Tile& tile : rows_) tile.resize(length);

  // Along the first axis, for every distance on the second: even functions, so the transforms are
  // real.
  const std::size_t count = frequencies(), blocks = blocks_of(count);
  std::vector<AlignedVector<float>> half(blocks, AlignedVector<float>(count * kSignals));
  const auto squared = [&](std::size_t step) {
    const double distance = spacing * static_cast<double>(std::min(step, length - step));
    return distance * distance;
  };
  pool_.for_each(blocks, [&](std::size_t block, int thread) {
    Space& space = spaces_[static_cast<std::size_t>(thread)];
    for (std::size_t x = 0; x < length; ++x) {
      for (std::size_t s = 0; s < kSignals; ++s) {
        const double square = squared(x) + squared(std::min(block * kSignals + s, length / 2));
        space.tile.re[x * kSignals + s] = static_cast<float>(
            constant == 1 ? -square / (1 + square) : 1 / (1 + square) - constant);
      }
    }
    std::ranges::fill(space.tile.im, 0.0F);
    transform(space.tile, space);
    std::copy_n(space.tile.re.begin(), count * kSignals, half[block].begin());
  });

  // The splines' own transform, which is divided out twice, and what the transforms leave to divide
  // by; half of it, as taking two rows apart leaves out a division.
  std::vector<double> spline;
  for (std::size_t f = 0; f < length; ++f) {
    const double angle =
        2 * std::numbers::pi * static_cast<double>(f) / static_cast<double>(length);
    spline.push_back(std::pow((4 + 2 * std::cos(angle)) / 6, 2));
  }
  const double scale = 0.5 / (static_cast<double>(length) * static_cast<double>(length));
  spectrum_.assign(blocks, AlignedVector<float>(count * kSignals));
  pool_.for_each(blocks, [&](std::size_t block, int thread) {
    Space& space = spaces_[static_cast<std::size_t>(thread)];
    for (std::size_t y = 0; y < length; ++y) {
      const std::size_t step = std::min(y, length - y);
      for (std::size_t s = 0; s < kSignals; ++s) {
        const std::size_t f = std::min(block * kSignals + s, count - 1);
        space.tile.re[y * kSignals + s] = half[step / kSignals][f * kSignals + step % kSignals];
      }
    }
    std::ranges::fill(space.tile.im, 0.0F);
    transform(space.tile, space);
    for (std::size_t g = 0; g < count; ++g) {
      for (std::size_t s = 0; s < std::min(kSignals, count - block * kSignals); ++s) {
        spectrum_[block][g * kSignals + s] =
            static_cast<float>(double{space.tile.re[g * kSignals + s]} * scale /
                               (spline[block * kSignals + s] * spline[g]));
      }
    }
  });
}

void GridConvolution::convolve(const float* charges, float* potentials) {
  transform_rows(charges);
  transform_columns();
  transform_rows_back(potentials);
}

void GridConvolution::transform_rows(const float* charges) {
  const std::size_t half = nodes_ / 2, filled = nodes_ * kSignals;
  pool_.for_each(rows_.size(), [&](std::size_t block, int thread) {
    Tile& tile = rows_[block];
    for (std::size_t x = 0; x < nodes_; ++x) {
      const float* row = charges + x * nodes_ + block * kSignals;
      std::copy_n(row, kSignals, tile.re.data() + x * kSignals);
      std::copy_n(row + half, kSignals, tile.im.data() + x * kSignals);
    }
    std::fill(tile.re.begin() + static_cast<std::ptrdiff_t>(filled), tile.re.end(), 0.0F);
    std::fill(tile.im.begin() + static_cast<std::ptrdiff_t>(filled), tile.im.end(), 0.0F);
    transform(tile, spaces_[static_cast<std::size_t>(thread)]);
  });
}

void GridConvolution::transform_columns() {
  pool_.for_each(spectrum_.size(), [&](std::size_t block, int thread) {
    column(block, spaces_[static_cast<std::size_t>(thread)]);
  });
}

// kSignals frequencies of the first axis, along the second. Two real signals a, b were transformed
// as a + ib: then a's transform is (z_f + conj z_-f) / 2 and b's is (z_f - conj z_-f) / 2i.
void GridConvolution::column(std::size_t block, Space& space) {
  const std::size_t length = plan_->length, half = nodes_ / 2;
  const std::size_t first = block * kSignals, signals = std::min(kSignals, frequencies() - first);
  float *re = space.tile.re.data(), *im = space.tile.im.data();
  for (std::size_t t = 0; t < rows_.size(); ++t) {
    const Tile& tile = rows_[t];
    for (std::size_t s = 0; s < signals; ++s) {
      const std::size_t f = (first + s) * kSignals, g = mirrored(first + s) * kSignals;
      float* to_re = re + t * kSignals * kSignals + s;
      float* to_im = im + t * kSignals * kSignals + s;
      for (std::size_t y = 0; y < kSignals; ++y) {
        const float zr = tile.re[f + y], zi = tile.im[f + y];
        const float yr = tile.re[g + y], yi = tile.im[g + y];
        to_re[y * kSignals] = zr + yr;
        to_im[y * kSignals] = zi - yi;
        to_re[(half + y) * kSignals] = zi + yi;
        to_im[(half + y) * kSignals] = yr - zr;
      }
    }
  }
  std::fill(re + nodes_ * kSignals, re + length * kSignals, 0.0F);
  std::fill(im + nodes_ * kSignals, im + length * kSignals, 0.0F);
  transform(space.tile, space);
  const AlignedVector<float>& spectrum = spectrum_[block];
  for (std::size_t g = 0; g < length; ++g) {
    const float* factor = spectrum.data() + std::min(g, length - g) * kSignals;
    for (std::size_t s = 0; s < kSignals; ++s) {
      re[g * kSignals + s] *= factor[s];
      im[g * kSignals + s] *= factor[s];
    }
  }
  transform(space.tile, space, true);
  for (std::size_t t = 0; t < rows_.size(); ++t) {
    Tile& tile = rows_[t];
    for (std::size_t s = 0; s < signals; ++s) {
      const std::size_t f = (first + s) * kSignals, g = mirrored(first + s) * kSignals;
      const float* from_re = re + t * kSignals * kSignals + s;
      const float* from_im = im + t * kSignals * kSignals + s;
      for (std::size_t y = 0; y < kSignals; ++y) {
        const float ar = from_re[y * kSignals], ai = from_im[y * kSignals];
        const float br = from_re[(half + y) * kSignals], bi = from_im[(half + y) * kSignals];
        tile.re[g + y] = ar + bi;
        tile.im[g + y] = br - ai;
        tile.re[f + y] = ar - bi;
        tile.im[f + y] = br + ai;
      }
    }
  }
}

void GridConvolution::transform_rows_back(float* potentials) {
  const std::size_t half = nodes_ / 2;
  pool_.for_each(rows_.size(), [&](std::size_t block, int thread) {
    Tile& tile = rows_[block];
    transform(tile, spaces_[static_cast<std::size_t>(thread)], true);
    for (std::size_t x = 0; x < nodes_; ++x) {
      float* row = potentials + x * nodes_ + block * kSignals;
      std::copy_n(tile.re.data() + x * kSignals, kSignals, row);
      std::copy_n(tile.im.data() + x * kSignals, kSignals, row + half);
    }
  });
}

}  // namespace weft
