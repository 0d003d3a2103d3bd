// What this processor reaches: the rates that others are shares of.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace weft::bench {

// The rate of oneDNN's direct convolutions of a few shapes that suit it, forward and backward to
// the data, on all threads. To be measured in turn with something else, a round at a time.
class ConvolutionCeiling {
 public:
  // bf16: only where the processor has such instructions. Throws Error(failed) where oneDNN cannot.
  ConvolutionCeiling(bool bf16, int threads);
  ~ConvolutionCeiling();
  ConvolutionCeiling(const ConvolutionCeiling&) = delete;
  ConvolutionCeiling& operator=(const ConvolutionCeiling&) = delete;

  void run();  // every one once
  double flops_per_second() const;
  std::string where() const;  // it was reached: "64 to 64, 3x3 at 28x28, forward"

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct Ceilings {
  double matmul, convolution;  // floating-point operations a second
  std::string convolution_where;
};

struct MachineRates {
  Ceilings f32{};
  std::optional<Ceilings> bf16{};  // where the processor has such instructions
  double copy = 0;                 // bytes read and written a second, from memory to memory
  std::size_t copied = 0;          // bytes, far more than the caches hold
};

// The best of several rounds of everything in turn, in about so many seconds. Throws Error(failed)
// where oneDNN cannot.
MachineRates measure_machine(int threads, double seconds);

// Has the processor instructions for bf16 that oneDNN takes too?
bool measures_bf16();

// The most memory that this process has had, in bytes; 0 where that is not known.
std::size_t peak_memory();

}  // namespace weft::bench
