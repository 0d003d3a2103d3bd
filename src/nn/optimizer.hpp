// Steps down the gradient, over the network's flat block of parameters.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/threads.hpp"
#include "kernels/kernels.hpp"
#include "nn/averaging.hpp"
#include "nn/layer.hpp"
#include "nn/orthogonalise.hpp"
#include "tensor/aligned.hpp"

namespace weft {

enum class OptimizerKind { sgd, adamw, muon };

// "sgd", "adamw", "muon"; parse throws Error(usage) naming them.
OptimizerKind parse_optimizer(const std::string& text);
const char* name_of(OptimizerKind kind);

struct OptimizerSettings {
  OptimizerKind kind = OptimizerKind::adamw;
  double momentum = 0;      // sgd, muon
  bool nesterov = false;    // sgd, muon
  double beta1 = 0.9;       // adamw
  double beta2 = 0.999;     // adamw
  double epsilon = 1e-8;    // adamw
  double weight_decay = 0;  // sgd: joins the gradient; adamw, muon: apart from it
  double l1 = 0;            // penalty l1 sum |w|: its gradient l1 sign(w) joins the gradient
  double l2 = 0;            // penalty l2 / 2 sum w^2: its gradient l2 w joins the gradient

  std::size_t newton_schulz_steps = 5;  // muon
  bool normalise = false;               // muon: keeps each matrix at the length sqrt(rows)
  double others_rate = 1;  // muon: the rate of what adamw moves, in rates of the matrices

  double clip_norm = 0;       // the gradient is made no longer than this; 0: left as it is
  std::size_t lookahead = 0;  // Lookahead's k; 0: none
  double lookahead_alpha = 0.5;
};

// Decay and penalties touch the parameters that say so: weights, not biases. What is not trained is
// not touched at all.
//
// muon (K. Jordan and others, 2024): each matrix, dense weights {out, in} and filters as {out, in
// kh kw}, moves by its momentum made orthogonal (nn/orthogonalise.hpp):
//   v = momentum v + g;  O = orthogonal(nesterov ? g + momentum v : v);
//   w -= rate (sqrt(max(1, rows / columns)) O + decay w)
// as github.com/KellerJordan/Muon has it: their moving average v is this one times a constant,
// which makes no difference to O. With `normalise`, w is first scaled to the length sqrt(rows), as
// in github.com/KellerJordan/cifar10-airbench, airbench94_muon: it is for filters that a batch norm
// follows, where a length means nothing but a learning rate. The last weights of the network, and
// all that is no matrix, go by adamw with others_rate times the rate, as Muon's authors advise;
// unlike the rates of their SGD in airbench, adamw's do not depend on the loss's scale.
template <class T>
class Optimizer {
 public:
  Optimizer(const OptimizerSettings& settings, const std::vector<Parameter>& parameters,
            std::size_t count, const Kernels<T>& kernels, ThreadPool& pool);

  // One step; gradients and weights: the whole block.
  void step(double rate, std::span<const T> gradients, std::span<T> weights);

  // What the next step depends on besides the weights: to be saved, and put back in another one of
  // the same settings. A block that the settings do not need is empty.
  std::size_t steps() const { return steps_; }
  void set_steps(std::size_t steps) { steps_ = steps; }
  std::span<T> first_moment() { return first_moment_; }
  std::span<T> second_moment() { return second_moment_; }
  std::span<T> slow_weights();  // Lookahead's

 private:
  // What a thread takes at a time: a matrix for muon, or a range that is moved number by number.
  struct Piece {
    std::size_t begin = 0, count = 0;
    bool decays = false;
    std::size_t rows = 0;  // of a matrix; 0: a range
    std::size_t columns() const { return count / rows; }
  };
  struct Scratch {  // a thread's
    Orthogonaliser<T> orthogonalise;
    AlignedVector<T> direction;
  };

  void add_pieces(const std::vector<Parameter>& parameters);
  // What the gradient is multiplied by so that it is no longer than clip_norm.
  T clipping(std::span<const T> gradients);
  // The piece's gradient, clipped and with the penalties': `gradient` itself where that is all.
  const T* adjusted(const Piece& piece, T clip, const T* gradient, const T* weights);
  void step_range(const Piece& piece, double rate, const T* gradient, T* weights);
  void step_matrix(const Piece& piece, double rate, const T* gradient, T* weights,
                   Scratch& scratch);

  OptimizerSettings settings_;
  const Kernels<T>& kernels_;
  ThreadPool& pool_;
  std::size_t steps_ = 0;
  std::vector<Piece> pieces_;
  AlignedVector<T> first_moment_,
      second_moment_;            // sgd and muon's matrices: the velocity, and none
  AlignedVector<T> adjusted_;    // gradients, where the settings change them
  std::vector<double> squares_;  // of the pieces' gradients
  std::vector<Scratch> scratch_;
  std::optional<Lookahead<T>> lookahead_;
};

}  // namespace weft
