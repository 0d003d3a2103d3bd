#include "bench/machine.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <vector>

#include "base/error.hpp"
#include "base/threads.hpp"
#include "bench/clock.hpp"
#include "bench/primitives.hpp"

namespace weft::bench {
namespace {

// Channels and pixels of convolutions of 3x3 that keep their size.
constexpr std::array<std::array<std::size_t, 2>, 3> kShapes{{{64, 28}, {128, 14}, {256, 7}}};
constexpr std::size_t kSamples = 32;
constexpr std::size_t kSide = 1536;  // of the matrices
constexpr std::size_t kLeastRounds = 2;

struct Candidate {
  Primitive primitive;
  double flops;
  std::string where;

  double rate() const { return flops / primitive.best_seconds(); }
};

// Bytes of the largest cache, as the system describes it: "32768K".
std::size_t largest_cache() {
  std::ifstream file("/sys/devices/system/cpu/cpu0/cache/index3/size");
  std::size_t size = 0;
  char unit = 0;
  if (!(file >> size >> unit)) return 0;
  return size << (unit == 'M' ? 20 : 10);
}

// Copying between two arrays, each four times as large as the largest cache.
class Copy {
 public:
  explicit Copy(ThreadPool& pool) : pool_(pool) {
    constexpr std::size_t kLeast = std::size_t{128} << 20, kMost = std::size_t{1} << 30;
    from_.assign(std::clamp(4 * largest_cache(), kLeast, kMost),
                 std::byte{1});  // memory never written is not there
    to_.assign(from_.size(), std::byte{1});
  }

  void run() {
    const auto parts = static_cast<std::size_t>(pool_.threads());
    best_ = std::min(best_, seconds_of([&] {
                       pool_.for_each(parts, [&](std::size_t i, int) {
                         const std::size_t begin = from_.size() * i / parts;
                         const std::size_t end = from_.size() * (i + 1) / parts;
                         std::memcpy(to_.data() + begin, from_.data() + begin, end - begin);
                       });
                     }));
  }

  std::size_t bytes() const { return from_.size(); }
  double rate() const { return 2 * static_cast<double>(from_.size()) / best_; }

 private:
  ThreadPool& pool_;
  AlignedVector<std::byte> from_, to_;
  double best_ = std::numeric_limits<double>::infinity();
};

class Products {
 public:
  Products(bool bf16, int threads)
      : convolution_(bf16, threads), threads_(threads), maker_(bf16), matmul_(make()) {}

  void run() {
    convolution_.run();
    const OpenMpThreads all(threads_);
    matmul_.run();
  }

  Ceilings ceilings() const {
    const double side = kSide;
    return {.matmul = 2 * side * side * side / matmul_.best_seconds(),
            .convolution = convolution_.flops_per_second(),
            .convolution_where = convolution_.where()};
  }

 private:
  Primitive make() {
    const OpenMpThreads all(threads_);
    Primitive matmul = maker_.matmul(kSide);
    maker_.allocate();
    return matmul;
  }

  ConvolutionCeiling convolution_;
  int threads_;
  PrimitiveMaker maker_;
  Primitive matmul_;
};

}  // namespace

struct ConvolutionCeiling::State {
  int threads;
  PrimitiveMaker maker;
  std::vector<Candidate> candidates;

  const Candidate& best() const {
    return *std::ranges::max_element(candidates, {}, &Candidate::rate);
  }
};

ConvolutionCeiling::ConvolutionCeiling(bool bf16, int threads) try {
  const OpenMpThreads all(threads);
  state_ = std::make_unique<State>(State{threads, PrimitiveMaker(bf16), {}});
  for (const auto& [channels, size] : kShapes) {
    const Convolution c{.in_channels = channels,
                        .out_channels = channels,
                        .height = size,
                        .width = size,
                        .kernel_height = 3,
                        .kernel_width = 3,
                        .pad_height = 1,
                        .pad_width = 1};
    PassPrimitives made =
        state_->maker.convolution(c, false, {.n = kSamples, .training = true, .diff_src = true});
    const double flops = 2.0 * static_cast<double>(kSamples * c.weights() * size * size);
    const std::string shape = fmt::format("{0} to {0}, 3x3 at {1}x{1}, ", channels, size);
    const auto add = [&](Primitive& primitive, const char* pass) {
      state_->candidates.push_back({std::move(primitive), flops, shape + pass});
    };
    add(made.forward.front(), "forward");
    add(made.backward.front(), "backward to the data");
  }
  state_->maker.allocate();
} catch (const dnnl::error& error) {
  fail(ErrorCode::failed, "bench: oneDNN makes no convolution to measure: {}", error.what());
}

ConvolutionCeiling::~ConvolutionCeiling() = default;

void ConvolutionCeiling::run() {
  const OpenMpThreads all(state_->threads);
  for (Candidate& candidate : state_->candidates) candidate.primitive.run();
}

double ConvolutionCeiling::flops_per_second() const {
  return state_->best().rate();
}

std::string ConvolutionCeiling::where() const {
  return state_->best().where;
}

MachineRates measure_machine(int threads, double seconds) try {
  const auto start = Clock::now();
  Products f32(false, threads);
  std::optional<Products> bf16;
  if (measures_bf16()) bf16.emplace(true, threads);
  ThreadPool pool(threads);
  Copy copy(pool);
  for (std::size_t round = 0; round < kLeastRounds || seconds_since(start) < seconds; ++round) {
    f32.run();
    if (bf16) bf16->run();
    copy.run();
  }
  MachineRates rates{.f32 = f32.ceilings(), .copy = copy.rate(), .copied = copy.bytes()};
  if (bf16) rates.bf16 = bf16->ceilings();
  return rates;
} catch (const dnnl::error& error) {
  fail(ErrorCode::failed, "bench: oneDNN makes no product to measure: {}", error.what());
}

bool measures_bf16() {
  return primitives_take_bf16();
}

std::size_t peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::strtoull(line.c_str() + 6, nullptr, 10) * 1024;
  }
  return 0;
}

}  // namespace weft::bench
