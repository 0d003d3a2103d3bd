// Where the time of a network's passes goes.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <vector>

namespace weft {

// Seconds, summed over threads and passes: what is left of `whole` when all others are taken away,
// threads have waited for each other or for work.
struct Profile {
  explicit Profile(std::size_t nodes = 0) : forward(nodes), backward(nodes) {}

  std::vector<double> forward, backward;  // of each node, with what a batch layer gathers, settles
  double fetch = 0;                       // rows made into numbers
  double loss = 0;
  double pack = 0;    // copies of weights for the passes
  double reduce = 0;  // lanes of gradients summed
  double whole = 0;   // the passes, as long as they took, times the threads

  Profile& operator+=(const Profile& other) {
    std::ranges::transform(forward, other.forward, forward.begin(), std::plus<>());
    std::ranges::transform(backward, other.backward, backward.begin(), std::plus<>());
    fetch += other.fetch;
    loss += other.loss;
    pack += other.pack;
    reduce += other.reduce;
    whole += other.whole;
    return *this;
  }
};

// Adds the time from here to the end of the scope to a sum, `threads` times; none: does nothing.
class Timed {
 public:
  explicit Timed(double* sum, int threads = 1) : sum_(sum), threads_(threads) {
    if (sum_) start_ = Clock::now();
  }
  ~Timed() {
    if (sum_) *sum_ += threads_ * std::chrono::duration<double>(Clock::now() - start_).count();
  }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

 private:
  using Clock = std::chrono::steady_clock;
  double* sum_;
  int threads_;
  Clock::time_point start_;
};

}  // namespace weft
