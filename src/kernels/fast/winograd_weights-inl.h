// Weights on their way to Winograd's domain, and their gradient on its way back.
//
// Included once for each instruction set.

#if defined(WEFT_WINOGRAD_WEIGHTS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef WEFT_WINOGRAD_WEIGHTS_INL_H
#undef WEFT_WINOGRAD_WEIGHTS_INL_H
#else
#define WEFT_WINOGRAD_WEIGHTS_INL_H
#endif

#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <cstddef>

#include "kernels/fast/winograd_transforms-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weft::fast::HWY_NAMESPACE {
namespace {

// Weights in the domain lie in kPlanes planes of panels, as the products want them: a panel has the
// rows of two vectors of output channels, the last perhaps of one, and begins at its first channel
// times `in`.
struct WeightPlanes {
  std::size_t in, out;  // channels
  std::size_t out_row;  // out, padded to whole vectors
  std::size_t plane;    // from one plane to the next

  std::size_t size() const { return kPlanes * plane; }
};

// How far ahead planes are prefetched: 36 streams are more than the processor follows by itself.
constexpr std::size_t kAhead = 8 * kLanes;

// The taps of some input channels for a panel's output channels, between the order in which a
// network keeps them and vectors: tap k of the i-th input channel, output channel `lane` of the
// panel, is at values[i][k][lane].
struct TapGroup {
  static constexpr std::size_t kChannels = 8;  // two lines of the cache, for every output channel
  static constexpr std::size_t kWidth = 2 * kLanes;

  HWY_ALIGN float values[kChannels][9][kWidth];
};

// tap(o, i) is where a filter's 9 taps begin; they are taken from the last to the first when
// `turned`.
template <class Tap>
void pack_weights(const WeightPlanes& p, bool turned, const Tap& tap, float* HWY_RESTRICT packed) {
  const F32 d;
  TapGroup group = {};
  for (std::size_t panel = 0; panel < p.out_row; panel += TapGroup::kWidth) {
    const std::size_t width = HWY_MIN(TapGroup::kWidth, p.out_row - panel);
    const std::size_t outputs = HWY_MIN(TapGroup::kWidth, p.out - HWY_MIN(panel, p.out));
    for (std::size_t begin = 0; begin < p.in; begin += TapGroup::kChannels) {
      const std::size_t inputs = HWY_MIN(TapGroup::kChannels, p.in - begin);
      for (std::size_t lane = 0; lane < width; ++lane) {
        for (std::size_t i = 0; i < inputs; ++i) {
          const float* from = lane < outputs ? tap(panel + lane, begin + i) : nullptr;
          for (std::size_t k = 0; k < 9; ++k) {
            group.values[i][k][lane] = from ? from[turned ? 8 - k : k] : 0.0F;
          }
        }
      }
      for (std::size_t i = 0; i < inputs; ++i) {
        for (std::size_t lane = 0; lane < width; lane += kLanes) {
          Vector half[3][kSide];
          for (std::size_t column = 0; column < 3; ++column) {
            Vector x[3];
            for (std::size_t row = 0; row < 3; ++row) {
              x[row] = hn::Load(d, &group.values[i][row * 3 + column][lane]);
            }
            tap_transform(x, half[column]);
          }
          float* to = packed + panel * p.in + (begin + i) * width + lane;
          for (std::size_t row = 0; row < kSide; ++row) {
            const Vector x[3] = {half[0][row], half[1][row], half[2][row]};
            Vector y[kSide];
            tap_transform(x, y);
            for (std::size_t c = 0; c < kSide; ++c, to += p.plane) {
              hn::StoreU(y[c], d, to);
            }
          }
        }
      }
    }
  }
}

// From the sums in the domain to the gradient of the weights.
void finish_weights(const WeightPlanes& p, const float* HWY_RESTRICT sums, bool accumulate,
                    float* HWY_RESTRICT diff_weights) {
  const F32 d;
  TapGroup group;
  for (std::size_t panel = 0; panel < p.out; panel += TapGroup::kWidth) {
    const std::size_t width = HWY_MIN(TapGroup::kWidth, p.out_row - panel);
    const std::size_t outputs = HWY_MIN(TapGroup::kWidth, p.out - panel);
    for (std::size_t begin = 0; begin < p.in; begin += TapGroup::kChannels) {
      const std::size_t inputs = HWY_MIN(TapGroup::kChannels, p.in - begin);
      for (std::size_t i = 0; i < inputs; ++i) {
        for (std::size_t lane = 0; lane < width; lane += kLanes) {
          const float* from = sums + panel * p.in + (begin + i) * width + lane;
          Vector half[kSide][3];
          for (std::size_t column = 0; column < kSide; ++column) {
            Vector x[kSide];
            for (std::size_t row = 0; row < kSide; ++row) {
              const float* value = from + (row * kSide + column) * p.plane;
              x[row] = hn::LoadU(d, value);
              hwy::Prefetch(value + kAhead);
            }
            tap_gradient_transform(x, half[column]);
          }
          for (std::size_t row = 0; row < 3; ++row) {
            Vector x[kSide], y[3];
            for (std::size_t column = 0; column < kSide; ++column) x[column] = half[column][row];
            tap_gradient_transform(x, y);
            for (std::size_t c = 0; c < 3; ++c) {
              hn::Store(y[c], d, &group.values[i][row * 3 + c][lane]);
            }
          }
        }
      }
      for (std::size_t lane = 0; lane < outputs; ++lane) {
        for (std::size_t i = 0; i < inputs; ++i) {
          float* to = diff_weights + ((panel + lane) * p.in + begin + i) * 9;
          for (std::size_t k = 0; k < 9; ++k) {
            to[k] = group.values[i][k][lane] + (accumulate ? to[k] : 0.0F);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace weft::fast::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
