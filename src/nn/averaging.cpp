#include "nn/averaging.hpp"

#include <algorithm>

namespace weft {
namespace {

// to += part (from - to), in pieces for the threads.
template <class T>
void approach(T part, std::span<const T> from, std::span<T> to, ThreadPool& pool) {
  constexpr std::size_t kPiece = 8192;
  pool.for_each((to.size() + kPiece - 1) / kPiece, [&](std::size_t piece, int) {
    const std::size_t end = std::min(to.size(), (piece + 1) * kPiece);
    for (std::size_t i = piece * kPiece; i < end; ++i) to[i] += part * (from[i] - to[i]);
  });
}

}  // namespace

template <class T>
Lookahead<T>::Lookahead(std::size_t k, double alpha, const std::vector<Parameter>& parameters,
                        std::size_t count, ThreadPool& pool)
    : k_(k), alpha_(alpha), pool_(pool), slow_(count) {
  for (const Parameter& parameter : parameters) {
    if (parameter.trained) trained_.emplace_back(parameter.offset, parameter.shape.elements());
  }
}

template <class T>
void Lookahead<T>::start(std::span<const T> weights) {
  std::ranges::copy(weights, slow_.begin());
}

template <class T>
void Lookahead<T>::after_step(std::size_t step, std::span<T> weights) {
  if (step % k_ != 0) return;
  approach<T>(static_cast<T>(alpha_), weights, slow_, pool_);
  for (const auto& [begin, count] : trained_) {
    std::copy_n(slow_.data() + begin, count, weights.data() + begin);
  }
}

template <class T>
WeightAverage<T>::WeightAverage(double decay, std::size_t count, ThreadPool& pool)
    : decay_(decay), pool_(pool), average_(count) {}

template <class T>
void WeightAverage<T>::start(std::span<const T> weights) {
  std::ranges::copy(weights, average_.begin());
}

template <class T>
void WeightAverage<T>::after_step(std::size_t step, std::span<const T> weights) {
  const auto before = static_cast<double>(step - 1);
  const double decay = std::min(decay_, (1 + before) / (10 + before));
  approach<T>(static_cast<T>(1 - decay), weights, average_, pool_);
}

template class Lookahead<float>;
template class Lookahead<double>;
template class WeightAverage<float>;
template class WeightAverage<double>;

}  // namespace weft
