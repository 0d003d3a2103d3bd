// Functions of one vector. Included once for each instruction set.

#if defined(WEFT_FUNCTIONS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef WEFT_FUNCTIONS_INL_H
#undef WEFT_FUNCTIONS_INL_H
#else
#define WEFT_FUNCTIONS_INL_H
#endif

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include "kernels/kernels.hpp"

HWY_BEFORE_NAMESPACE();
namespace weft::fast::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// Highway's functions and its Min need not give NaN for NaN; a run that goes astray must be seen
// to.
template <class V>
HWY_INLINE V keep_nan(V x, V result) {
  return hn::IfThenElse(hn::IsNaN(x), x, result);
}

template <class D, class V>
HWY_INLINE V exponential(D d, V x) {
  return keep_nan(x, hn::Exp(d, x));
}

template <class D, class V>
HWY_INLINE V sigmoid(D d, V x) {
  const V one = hn::Set(d, 1.0F);
  // e^-x would overflow below -88; there the result rounds to less than the smallest normal number
  // anyway.
  const V result = hn::Div(one, hn::Add(one, hn::Exp(d, hn::Min(hn::Neg(x), hn::Set(d, 88.0F)))));
  return keep_nan(x, result);
}

// phi(x) = e^(-x^2 / 2) / sqrt(2 pi)
template <class D, class V>
HWY_INLINE V normal_density(D d, V x) {
  const V exponent = hn::Mul(hn::Mul(x, x), hn::Set(d, -0.5F));
  return hn::Mul(hn::Exp(d, hn::Max(exponent, hn::Set(d, -87.0F))), hn::Set(d, 0.3989422804F));
}

// Phi(x) from phi(x), by Abramowitz and Stegun's formula 26.2.17 for x >= 0: 1 - phi(x) p(t), t = 1
// / (1 + 0.2316419 x), p of degree 5; its error is below 7.5e-8. Phi(-x) = 1 - Phi(x).
template <class D, class V>
HWY_INLINE V normal_integral(D d, V x, V density) {
  const V one = hn::Set(d, 1.0F);
  const V t = hn::Div(one, hn::MulAdd(hn::Set(d, 0.2316419F), hn::Abs(x), one));
  V p = hn::Set(d, 1.330274429F);
  p = hn::MulAdd(p, t, hn::Set(d, -1.821255978F));
  p = hn::MulAdd(p, t, hn::Set(d, 1.781477937F));
  p = hn::MulAdd(p, t, hn::Set(d, -0.356563782F));
  p = hn::MulAdd(p, t, hn::Set(d, 0.319381530F));
  const V tail = hn::Mul(hn::Mul(p, t), density);
  return hn::IfThenElse(hn::Lt(x, hn::Zero(d)), tail, hn::Sub(one, tail));
}

template <class D, class V>
HWY_INLINE V gelu(D d, V x) {
  return keep_nan(x, hn::Mul(x, normal_integral(d, x, normal_density(d, x))));
}

// diff (Phi + x phi)
template <class D, class V>
HWY_INLINE V gelu_gradient(D d, V x, V diff) {
  const V density = normal_density(d, x);
  return keep_nan(x, hn::Mul(diff, hn::MulAdd(x, density, normal_integral(d, x, density))));
}

template <class D, class V>
HWY_INLINE V silu(D d, V x) {
  return hn::Mul(x, sigmoid(d, x));
}

// diff s (1 + x (1 - s))
template <class D, class V>
HWY_INLINE V silu_gradient(D d, V x, V diff) {
  const V one = hn::Set(d, 1.0F), s = sigmoid(d, x);
  return hn::Mul(hn::Mul(diff, s), hn::MulAdd(x, hn::Sub(one, s), one));
}

template <Gate gate, class V>
HWY_INLINE V open_gate(float slope, V x) {
  const hn::DFromV<V> d;
  if constexpr (gate == Gate::relu) return hn::IfThenZeroElse(hn::Lt(x, hn::Zero(d)), x);
  if constexpr (gate == Gate::leaky) {
    return hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Mul(x, hn::Set(d, slope)), x);
  }
  if constexpr (gate == Gate::gelu) return gelu(d, x);
  if constexpr (gate == Gate::silu) return silu(d, x);
  return x;
}

// diff gate'(x)
template <Gate gate, class V>
HWY_INLINE V through_gate(float slope, V x, V diff) {
  const hn::DFromV<V> d;
  if constexpr (gate == Gate::relu) return hn::IfThenElseZero(hn::Gt(x, hn::Zero(d)), diff);
  if constexpr (gate == Gate::leaky) {
    return hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Mul(diff, hn::Set(d, slope)), diff);
  }
  if constexpr (gate == Gate::gelu) return gelu_gradient(d, x, diff);
  if constexpr (gate == Gate::silu) return silu_gradient(d, x, diff);
  return diff;
}

}  // namespace
}  // namespace weft::fast::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
