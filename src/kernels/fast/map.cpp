// The kernels of maps in vectors; contracts in map_kernels.hpp.
#include "kernels/fast/targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/fast/map.cpp"
#include <hwy/foreach_target.h>  // must come before highway.h

#include <hwy/highway.h>

#include "kernels/map_kernels.hpp"

HWY_BEFORE_NAMESPACE();
namespace weft::fast::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// No wider than the signals that are transformed at once, and the neighbours that rows are filled
// up to.
using Floats = hn::CappedTag<float, kSignals>;
using V = hn::Vec<Floats>;

std::size_t below(std::size_t count, const float* squares, const float* dots, float limit,
                  float* values, std::uint32_t* found) {
  const Floats d;
  const hn::RebindToUnsigned<Floats> places;
  const std::size_t lanes = hn::Lanes(d);
  const V minus_two = hn::Set(d, -2.0F), most = hn::Set(d, limit);
  std::size_t number = 0, i = 0;
  for (; i + lanes <= count; i += lanes) {
    const V value = hn::MulAdd(minus_two, hn::LoadU(d, dots + i), hn::LoadU(d, squares + i));
    const auto chosen = hn::Lt(value, most);
    if (hn::AllFalse(d, chosen)) continue;
    hn::CompressStore(hn::Iota(places, static_cast<std::uint32_t>(i)),
                      hn::RebindMask(places, chosen), places, found + number);
    number += hn::CompressStore(value, chosen, d, values + number);
  }
  for (; i < count; ++i) {
    const float value = squares[i] - 2 * dots[i];  // exact but for one rounding, as above
    if (!(value < limit)) continue;
    values[number] = value;
    found[number++] = static_cast<std::uint32_t>(i);
  }
  return number;
}

float squared_distance(std::size_t count, const float* a, const float* b) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  V sum0 = hn::Zero(d), sum1 = hn::Zero(d);
  std::size_t i = 0;
  for (; i + 2 * lanes <= count; i += 2 * lanes) {
    const V first = hn::Sub(hn::LoadU(d, a + i), hn::LoadU(d, b + i));
    const V second = hn::Sub(hn::LoadU(d, a + i + lanes), hn::LoadU(d, b + i + lanes));
    sum0 = hn::MulAdd(first, first, sum0);
    sum1 = hn::MulAdd(second, second, sum1);
  }
  float sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(sum0, sum1)));
  for (; i < count; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

void attract(std::size_t begin, std::size_t end, const std::size_t* starts,
             const std::uint32_t* neighbours, const float* weights, const float* places,
             float* forces) {
#if HWY_TARGET == HWY_SCALAR  // has nothing to take pairs apart with
  reference_map_kernels().attract(begin, end, starts, neighbours, weights, places, forces);
#else
  const Floats d;
  const hn::Repartition<double, Floats> pair;  // a place is fetched as one number of 64 bits
  const hn::RebindToSigned<decltype(pair)> wide;
  const hn::Rebind<std::int32_t, decltype(pair)> narrow;
  const std::size_t lanes = hn::Lanes(d), half = lanes / 2;
  const double* pairs = reinterpret_cast<const double*>(places);
  const auto* numbers = reinterpret_cast<const std::int32_t*>(neighbours);
  const V one = hn::Set(d, 1.0F);
  for (std::size_t i = begin; i < end; ++i) {
    const V x = hn::Set(d, places[2 * i]), y = hn::Set(d, places[2 * i + 1]);
    V force_x = hn::Zero(d), force_y = hn::Zero(d);
    for (std::size_t k = starts[i]; k < starts[i + 1]; k += lanes) {
      const auto low = hn::PromoteTo(wide, hn::LoadU(narrow, numbers + k));
      const auto high = hn::PromoteTo(wide, hn::LoadU(narrow, numbers + k + half));
      const V first = hn::BitCast(d, hn::GatherIndex(pair, pairs, low));
      const V second = hn::BitCast(d, hn::GatherIndex(pair, pairs, high));
      const V dx = hn::Sub(x, hn::ConcatEven(d, second, first));
      const V dy = hn::Sub(y, hn::ConcatOdd(d, second, first));
      const V strength =
          hn::Div(hn::LoadU(d, weights + k), hn::MulAdd(dx, dx, hn::MulAdd(dy, dy, one)));
      force_x = hn::MulAdd(strength, dx, force_x);
      force_y = hn::MulAdd(strength, dy, force_y);
    }
    forces[2 * i] = hn::GetLane(hn::SumOfLanes(d, force_x));
    forces[2 * i + 1] = hn::GetLane(hn::SumOfLanes(d, force_y));
  }
#endif
}

double repel(std::size_t n, const float* xs, const float* ys, std::size_t begin, std::size_t end,
             float* forces) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  const V one = hn::Set(d, 1.0F);
  double all = 0;
  for (std::size_t i = begin; i < end; ++i) {
    const V x = hn::Set(d, xs[i]), y = hn::Set(d, ys[i]);
    V sum = hn::Zero(d), force_x = hn::Zero(d), force_y = hn::Zero(d);
    std::size_t j = 0;
    for (; j + lanes <= n; j += lanes) {
      const V dx = hn::Sub(x, hn::LoadU(d, xs + j)), dy = hn::Sub(y, hn::LoadU(d, ys + j));
      const V similarity = hn::Div(one, hn::MulAdd(dx, dx, hn::MulAdd(dy, dy, one)));
      const V square = hn::Mul(similarity, similarity);
      sum = hn::Add(sum, similarity);
      force_x = hn::MulAdd(square, dx, force_x);
      force_y = hn::MulAdd(square, dy, force_y);
    }
    double similarities = double{hn::GetLane(hn::SumOfLanes(d, sum))} - 1;  // itself is among them
    float end_x = hn::GetLane(hn::SumOfLanes(d, force_x));
    float end_y = hn::GetLane(hn::SumOfLanes(d, force_y));
    for (; j < n; ++j) {
      const float dx = xs[i] - xs[j], dy = ys[i] - ys[j];
      const float similarity = 1 / (1 + dx * dx + dy * dy);
      similarities += double{similarity};
      end_x += similarity * similarity * dx;
      end_y += similarity * similarity * dy;
    }
    all += similarities;
    forces[2 * i] = end_x;
    forces[2 * i + 1] = end_y;
  }
  return all;
}

struct Complex {
  V re, im;
};

HWY_INLINE Complex add(Complex a, Complex b) {
  return {hn::Add(a.re, b.re), hn::Add(a.im, b.im)};
}
HWY_INLINE Complex subtract(Complex a, Complex b) {
  return {hn::Sub(a.re, b.re), hn::Sub(a.im, b.im)};
}
HWY_INLINE Complex times_minus_i(Complex a) {
  return {a.im, hn::Neg(a.re)};
}
HWY_INLINE Complex times(Complex a, V re, V im) {
  return {hn::NegMulAdd(a.im, im, hn::Mul(a.re, re)), hn::MulAdd(a.re, im, hn::Mul(a.im, re))};
}

// Transforms of 2, 3 and 4 numbers, in place.
HWY_INLINE void butterfly(Complex (&x)[2]) {
  const Complex first = x[0];
  x[0] = add(first, x[1]);
  x[1] = subtract(first, x[1]);
}
HWY_INLINE void butterfly(Complex (&x)[3]) {
  const Floats d;
  const V half = hn::Set(d, -0.5F), sine = hn::Set(d, 0.866025403784F);
  const Complex sum = add(x[1], x[2]), difference = times_minus_i(subtract(x[1], x[2]));
  const Complex middle{hn::MulAdd(half, sum.re, x[0].re), hn::MulAdd(half, sum.im, x[0].im)};
  const Complex side{hn::Mul(sine, difference.re), hn::Mul(sine, difference.im)};
  x[0] = add(x[0], sum);
  x[1] = add(middle, side);
  x[2] = subtract(middle, side);
}
HWY_INLINE void butterfly(Complex (&x)[4]) {
  const Complex even = add(x[0], x[2]), even_rest = subtract(x[0], x[2]);
  const Complex odd = add(x[1], x[3]), odd_rest = times_minus_i(subtract(x[1], x[3]));
  x[0] = add(even, odd);
  x[1] = add(even_rest, odd_rest);
  x[2] = subtract(even, odd);
  x[3] = subtract(even_rest, odd_rest);
}

struct Signals {
  float *re, *im;
};

// One stage of Stockham's transform, in which what is read in order is written in order: `left` is
// the length still to be transformed, `done` the product of the radices before.
template <std::size_t kRadix>
void stage(const FourierPlan& plan, std::size_t left, std::size_t done, Signals src, Signals dst) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  const std::size_t part = left / kRadix, width = done * kSignals;
  for (std::size_t p = 0; p < part; ++p) {
    V cosine[kRadix], sine[kRadix];
    for (std::size_t k = 1; k < kRadix; ++k) {
      const std::size_t root = p * k * done;  // below the length, as p k < left
      cosine[k] = hn::Set(d, plan.cosines[root]);
      sine[k] = hn::Set(d, plan.sines[root]);
    }
    for (std::size_t q = 0; q < width; q += lanes) {
      Complex x[kRadix];
      for (std::size_t k = 0; k < kRadix; ++k) {
        const std::size_t at = (p + k * part) * width + q;
        x[k] = {hn::Load(d, src.re + at), hn::Load(d, src.im + at)};
      }
      butterfly(x);
      for (std::size_t k = 0; k < kRadix; ++k) {
        const std::size_t at = (kRadix * p + k) * width + q;
        const Complex value = k == 0 ? x[0] : times(x[k], cosine[k], sine[k]);
        hn::Store(value.re, d, dst.re + at);
        hn::Store(value.im, d, dst.im + at);
      }
    }
  }
}

void fourier(const FourierPlan& plan, float* re, float* im, float* spare_re, float* spare_im) {
  Signals src{re, im}, dst{spare_re, spare_im};
  std::size_t left = plan.length, done = 1;
  for (const std::size_t radix : plan.radices) {
    if (radix == 4) stage<4>(plan, left, done, src, dst);
    if (radix == 3) stage<3>(plan, left, done, src, dst);
    if (radix == 2) stage<2>(plan, left, done, src, dst);
    left /= radix;
    done *= radix;
    const Signals last = src;
    src = dst;
    dst = last;
  }
  if (src.re == re) return;
  const Floats d;
  for (std::size_t i = 0; i < plan.length * kSignals; i += hn::Lanes(d)) {
    hn::Store(hn::Load(d, src.re + i), d, re + i);
    hn::Store(hn::Load(d, src.im + i), d, im + i);
  }
}

MapKernels map_table() {
  return {below, squared_distance, attract, repel, fourier};
}

}  // namespace
}  // namespace weft::fast::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft {
namespace fast {

HWY_EXPORT(map_table);
MapKernels best_map_kernels() {
  return HWY_DYNAMIC_DISPATCH(map_table)();
}

}  // namespace fast

const MapKernels& fast_map_kernels() {
  static const MapKernels kernels = fast::best_map_kernels();
  return kernels;
}

}  // namespace weft
#endif
