// Sums and products over the channels of pictures: the parts of batch normalisation.
#pragma once

#include <cstddef>

#include "kernels/kernels.hpp"
#include "kernels/reference/activations.hpp"

namespace weft::reference {

// Calls body(channel, first) for every channel of every sample: its values stand at first, first +
// block, and so on.
template <class Body>
void for_each_plane(std::size_t n, const Planes& p, const Body& body) {
  for (std::size_t s = 0; s < n; ++s) {
    for (std::size_t c = 0; c < p.padded(); ++c) {
      body(c, s * p.elements() + c / p.block * p.pixels * p.block + c % p.block);
    }
  }
}

template <class T>
void channel_sums(std::size_t n, const Planes& p, const T* src, Sum<T>* sums) {
  for_each_plane(n, p, [&](std::size_t c, std::size_t first) {
    for (std::size_t i = 0; i < p.pixels; ++i) {
      const auto x = static_cast<Sum<T>>(src[first + i * p.block]);
      sums[c] += x;
      sums[p.padded() + c] += x * x;
    }
  });
}

template <class T>
void scale_shift(std::size_t n, const Planes& p, Gate gate, T slope, const T* src, const T* scale,
                 const T* shift, T* dst) {
  for_each_plane(n, p, [&](std::size_t c, std::size_t first) {
    for (std::size_t i = 0; i < p.pixels; ++i) {
      const std::size_t at = first + i * p.block;
      dst[at] = open_gate(gate, slope, scale[c] * src[at] + shift[c]);
    }
  });
}

template <class T>
void scale_shift_sums(std::size_t n, const Planes& p, Gate gate, T slope, const T* src,
                      const T* scale, const T* shift, const T* mean, T* diff, Sum<T>* sums) {
  for_each_plane(n, p, [&](std::size_t c, std::size_t first) {
    for (std::size_t i = 0; i < p.pixels; ++i) {
      const std::size_t at = first + i * p.block;
      diff[at] = through_gate(gate, slope, scale[c] * src[at] + shift[c], diff[at]);
      sums[c] += diff[at];
      sums[p.padded() + c] += diff[at] * (src[at] - mean[c]);
    }
  });
}

template <class T>
void combine(std::size_t n, const Planes& p, const T* src, const T* a, const T* b, const T* c,
             T* diff) {
  for_each_plane(n, p, [&](std::size_t channel, std::size_t first) {
    for (std::size_t i = 0; i < p.pixels; ++i) {
      const std::size_t at = first + i * p.block;
      diff[at] = a[channel] * diff[at] + b[channel] * src[at] + c[channel];
    }
  });
}

template <class T>
void to_blocks(std::size_t n, const Planes& p, const T* src, T* dst) {
  for_each_plane(n, p, [&](std::size_t c, std::size_t first) {
    const std::size_t sample = first / p.elements();
    for (std::size_t i = 0; i < p.pixels; ++i) {
      dst[first + i * p.block] =
          c < p.channels ? src[(sample * p.channels + c) * p.pixels + i] : T(0);
    }
  });
}

template <class T>
void from_blocks(std::size_t n, const Planes& p, const T* src, T* dst) {
  for_each_plane(n, p, [&](std::size_t c, std::size_t first) {
    if (c >= p.channels) return;
    const std::size_t sample = first / p.elements();
    for (std::size_t i = 0; i < p.pixels; ++i) {
      dst[(sample * p.channels + c) * p.pixels + i] = src[first + i * p.block];
    }
  });
}

template <class T>
void add(std::size_t count, const T* a, const T* b, T* dst) {
  for (std::size_t i = 0; i < count; ++i) dst[i] = a[i] + b[i];
}

}  // namespace weft::reference
