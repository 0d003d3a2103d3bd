#include "nn/optimizer.hpp"

#include <algorithm>
#include <cmath>

#include "base/names.hpp"
#include "base/threads.hpp"

namespace weft {

namespace {

constexpr Names<OptimizerKind, 2> kOptimizers{
    "optimizer", {{{OptimizerKind::sgd, "sgd"}, {OptimizerKind::adamw, "adamw"}}}};

}  // namespace

OptimizerKind parse_optimizer(const std::string& text) {
  return kOptimizers.parse(text);
}
const char* name_of(OptimizerKind value) {
  return kOptimizers.name_of(value);
}

template <class T>
Optimizer<T>::Optimizer(const OptimizerSettings& settings, const std::vector<Parameter>& parameters,
                        std::size_t count, const Kernels<T>& kernels, ThreadPool& pool)
    : settings_(settings), kernels_(kernels), pool_(pool) {
  constexpr std::size_t kMostInRange = 8192;
  for (const Parameter& parameter : parameters) {
    const std::size_t end = parameter.offset + parameter.shape.elements();
    for (std::size_t begin = parameter.offset; begin < end; begin += kMostInRange) {
      ranges_.push_back({begin, std::min(kMostInRange, end - begin), parameter.decays});
    }
  }
  const bool adamw = settings.kind == OptimizerKind::adamw;
  if (adamw || settings.momentum != 0) first_moment_.resize(count);
  if (adamw) second_moment_.resize(count);
  if (settings.l1 != 0 || settings.l2 != 0) penalised_.resize(count);
}

template <class T>
void Optimizer<T>::step(double rate, std::span<const T> gradients, std::span<T> weights) {
  ++steps_;
  pool_.for_each(ranges_.size(),
                 [&](std::size_t i, int) { step_range(ranges_[i], rate, gradients, weights); });
}

template <class T>
void Optimizer<T>::step_range(const Range& range, double rate, std::span<const T> gradients,
                              std::span<T> weights) {
  const OptimizerSettings& s = settings_;
  const T* g = gradients.data() + range.begin;
  T* w = weights.data() + range.begin;
  if (range.decays && !penalised_.empty()) {
    T* sum = penalised_.data() + range.begin;
    for (std::size_t i = 0; i < range.count; ++i) {
      const T sign = w[i] > 0 ? T(1) : w[i] < 0 ? T(-1) : T(0);
      sum[i] = g[i] + static_cast<T>(s.l1) * sign + static_cast<T>(s.l2) * w[i];
    }
    g = sum;
  }
  const T decay = range.decays ? static_cast<T>(s.weight_decay) : T(0);
  T* first = first_moment_.empty() ? nullptr : first_moment_.data() + range.begin;
  if (s.kind == OptimizerKind::sgd) {
    kernels_.sgd_step(range.count, static_cast<T>(rate), static_cast<T>(s.momentum), s.nesterov,
                      decay, g, w, first);
    return;
  }
  const auto correction = [&](double beta) {
    return static_cast<T>(1 - std::pow(beta, static_cast<double>(steps_)));
  };
  kernels_.adamw_step(range.count,
                      {.rate = static_cast<T>(rate),
                       .beta1 = static_cast<T>(s.beta1),
                       .beta2 = static_cast<T>(s.beta2),
                       .epsilon = static_cast<T>(s.epsilon),
                       .decay = decay,
                       .correction1 = correction(s.beta1),
                       .correction2 = correction(s.beta2)},
                      g, w, first, second_moment_.data() + range.begin);
}

template class Optimizer<float>;
template class Optimizer<double>;

}  // namespace weft
