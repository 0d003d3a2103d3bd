#include "nn/optimizer.hpp"

#include <algorithm>
#include <cmath>

#include "base/names.hpp"
#include "base/threads.hpp"
#include "nn/norm.hpp"

namespace weft {

namespace {

constexpr Names<OptimizerKind, 3> kOptimizers{"optimizer",
                                              {{{OptimizerKind::sgd, "sgd"},
                                                {OptimizerKind::adamw, "adamw"},
                                                {OptimizerKind::muon, "muon"}}}};

bool is_matrix(const Parameter& parameter) {
  return parameter.trained && parameter.shape.rank() >= 2;
}

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
  add_pieces(parameters);
  squares_.resize(pieces_.size());
  const bool sgd = settings.kind == OptimizerKind::sgd;
  if (!sgd || settings.momentum != 0) first_moment_.resize(count);
  if (!sgd) second_moment_.resize(count);
  if (settings.l1 != 0 || settings.l2 != 0 || settings.clip_norm > 0) adjusted_.resize(count);
  if (settings.lookahead > 0) {
    lookahead_.emplace(settings.lookahead, settings.lookahead_alpha, parameters, count, pool);
  }
  if (settings.kind != OptimizerKind::muon) return;
  for (int i = 0; i < pool.threads(); ++i) scratch_.push_back({Orthogonaliser<T>(kernels), {}});
  for (const Piece& piece : pieces_) {
    if (piece.rows == 0) break;
    for (Scratch& scratch : scratch_) {
      scratch.orthogonalise.reserve(piece.rows, piece.columns());
      if (scratch.direction.size() < piece.count) scratch.direction.resize(piece.count);
    }
  }
}

// Matrices first, those with the most work before the others, so that no thread is left alone with
// a large one at the end.
template <class T>
void Optimizer<T>::add_pieces(const std::vector<Parameter>& parameters) {
  constexpr std::size_t kMostInRange = 8192;
  const auto last = std::find_if(parameters.rbegin(), parameters.rend(), is_matrix);
  for (const Parameter& parameter : parameters) {
    if (!parameter.trained) continue;
    const std::size_t count = parameter.shape.elements(), end = parameter.offset + count;
    if (settings_.kind == OptimizerKind::muon && is_matrix(parameter) && &parameter != &*last) {
      pieces_.push_back({parameter.offset, count, parameter.decays, parameter.shape[0]});
      continue;
    }
    for (std::size_t begin = parameter.offset; begin < end; begin += kMostInRange) {
      pieces_.push_back({begin, std::min(kMostInRange, end - begin), parameter.decays});
    }
  }
  const auto work = [](const Piece& piece) {
    return piece.rows == 0 ? 0 : piece.count * std::min(piece.rows, piece.columns());
  };
  std::ranges::stable_sort(pieces_, std::ranges::greater(), work);
}

template <class T>
std::span<T> Optimizer<T>::slow_weights() {
  return lookahead_ ? lookahead_->slow_weights() : std::span<T>();
}

template <class T>
void Optimizer<T>::step(double rate, std::span<const T> gradients, std::span<T> weights) {
  if (lookahead_ && steps_ == 0) lookahead_->start(weights);
  ++steps_;
  const T clip = clipping(gradients);
  pool_.for_each(pieces_.size(), [&](std::size_t i, int thread) {
    const Piece& piece = pieces_[i];
    T* w = weights.data() + piece.begin;
    const T* g = adjusted(piece, clip, gradients.data() + piece.begin, w);
    if (piece.rows == 0) {
      step_range(piece, rate, g, w);
    } else {
      step_matrix(piece, rate, g, w, scratch_[static_cast<std::size_t>(thread)]);
    }
  });
  if (lookahead_) lookahead_->after_step(steps_, weights);
}

// As torch.nn.utils.clip_grad_norm_; the sums of the pieces are added in their order.
template <class T>
T Optimizer<T>::clipping(std::span<const T> gradients) {
  if (settings_.clip_norm <= 0) return T(1);
  pool_.for_each(pieces_.size(), [&](std::size_t i, int) {
    squares_[i] = sum_of_squares(pieces_[i].count, gradients.data() + pieces_[i].begin);
  });
  double sum = 0;
  for (const double square : squares_) sum += square;
  const double norm = std::sqrt(sum);
  return norm > settings_.clip_norm ? static_cast<T>(settings_.clip_norm / (norm + 1e-6)) : T(1);
}

template <class T>
const T* Optimizer<T>::adjusted(const Piece& piece, T clip, const T* gradient, const T* weights) {
  const double l1 = piece.decays ? settings_.l1 : 0, l2 = piece.decays ? settings_.l2 : 0;
  if (clip == T(1) && l1 == 0 && l2 == 0) return gradient;
  T* sum = adjusted_.data() + piece.begin;
  for (std::size_t i = 0; i < piece.count; ++i) {
    const T w = weights[i];
    const T sign = w > 0 ? T(1) : w < 0 ? T(-1) : T(0);
    sum[i] = clip * gradient[i] + static_cast<T>(l1) * sign + static_cast<T>(l2) * w;
  }
  return sum;
}

template <class T>
void Optimizer<T>::step_range(const Piece& piece, double rate, const T* gradient, T* weights) {
  const OptimizerSettings& s = settings_;
  const T decay = piece.decays ? static_cast<T>(s.weight_decay) : T(0);
  T* first = first_moment_.empty() ? nullptr : first_moment_.data() + piece.begin;
  if (s.kind == OptimizerKind::sgd) {
    kernels_.sgd_step(piece.count, static_cast<T>(rate), static_cast<T>(s.momentum), s.nesterov,
                      decay, gradient, weights, first);
    return;
  }
  const auto correction = [&](double beta) {
    return static_cast<T>(1 - std::pow(beta, static_cast<double>(steps_)));
  };
  const bool muon = s.kind == OptimizerKind::muon;
  kernels_.adamw_step(piece.count,
                      {.rate = static_cast<T>(muon ? rate * s.others_rate : rate),
                       .beta1 = static_cast<T>(s.beta1),
                       .beta2 = static_cast<T>(s.beta2),
                       .epsilon = static_cast<T>(s.epsilon),
                       .decay = decay,
                       .correction1 = correction(s.beta1),
                       .correction2 = correction(s.beta2)},
                      gradient, weights, first, second_moment_.data() + piece.begin);
}

template <class T>
void Optimizer<T>::step_matrix(const Piece& piece, double rate, const T* gradient, T* weights,
                               Scratch& scratch) {
  const OptimizerSettings& s = settings_;
  const std::size_t count = piece.count;
  // The direction that SGD goes: its step from 0 at a rate of -1.
  T* direction = scratch.direction.data();
  std::fill_n(direction, count, T(0));
  kernels_.sgd_step(count, T(-1), static_cast<T>(s.momentum), s.nesterov, T(0), gradient, direction,
                    first_moment_.data() + piece.begin);
  scratch.orthogonalise(piece.rows, piece.columns(), s.newton_schulz_steps, direction);

  const auto rows = static_cast<double>(piece.rows);
  const double length = s.normalise ? std::sqrt(sum_of_squares(count, weights)) : 0;
  if (length > 0) {
    const T factor = static_cast<T>(std::sqrt(rows) / length);
    for (std::size_t i = 0; i < count; ++i) weights[i] *= factor;
  }
  const double scale = std::sqrt(std::max(1.0, rows / static_cast<double>(piece.columns())));
  const double decay = piece.decays ? s.weight_decay : 0;
  kernels_.sgd_step(count, static_cast<T>(rate * scale), T(0), false, static_cast<T>(decay / scale),
                    direction, weights, nullptr);
}

template class Optimizer<float>;
template class Optimizer<double>;

}  // namespace weft
