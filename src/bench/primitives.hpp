// Single primitives of oneDNN on whole batches, as the peer that a network's step is held against.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <dnnl.hpp>
#include <limits>
#include <string>
#include <unordered_map>
#include <vector>

#include "kernels/kernels.hpp"
#include "tensor/aligned.hpp"

namespace weft::bench {

// Has oneDNN instructions for bfloat16 on this processor?
bool primitives_take_bf16();

// While one lives, oneDNN splits primitives over this many OpenMP threads: those it makes, and
// those it runs. Networks leave it at one.
class OpenMpThreads {
 public:
  explicit OpenMpThreads(int threads);
  ~OpenMpThreads();
  OpenMpThreads(const OpenMpThreads&) = delete;
  OpenMpThreads& operator=(const OpenMpThreads&) = delete;

 private:
  int before_;
};

// A primitive with all that it reads and writes, timed alone.
class Primitive {
 public:
  using Arguments = std::unordered_map<int, dnnl::memory>;

  Primitive(dnnl::primitive primitive, Arguments arguments)
      : primitive_(std::move(primitive)), arguments_(std::move(arguments)) {}

  void run();  // under OpenMpThreads
  double best_seconds() const { return best_; }

 private:
  dnnl::primitive primitive_;
  Arguments arguments_;
  double best_ = std::numeric_limits<double>::infinity();
};

// Which passes over how many samples.
struct Passes {
  std::size_t n = 1;
  bool training = false;  // else the forward pass as it is in use, and nothing else
  bool diff_src = false, diff_weights = false;
};

struct PassPrimitives {
  std::vector<Primitive> forward, backward;
};

// Makes primitives in the layouts that oneDNN likes best, pictures in blocks of channels. In bf16
// all activations, their gradients and weights are bfloat16, the gradients of weights float32. The
// arrays of activations are shared between all primitives: what is computed from them does not
// matter, only how long it takes. Make all, allocate(), then run each forward primitive before its
// backward ones. Every function throws dnnl::error where oneDNN has no such primitive.
class PrimitiveMaker {
 public:
  using Dims = dnnl::memory::dims;

  explicit PrimitiveMaker(bool bf16);

  PassPrimitives convolution(const Convolution& c, bool bias, const Passes& passes);
  // shape: of one sample of src, {values} or {channels, height, width}.
  PassPrimitives inner_product(const Shape& shape, std::size_t out, bool bias,
                               const Passes& passes);
  PassPrimitives batch_normalization(const Shape& shape, bool relu, const Passes& passes);
  PassPrimitives eltwise(dnnl::algorithm algorithm, float alpha, const Shape& shape,
                         const Passes& passes);
  PassPrimitives pooling(const Pooling& pool, bool largest, const Passes& passes);
  Primitive add(const Shape& shape, std::size_t n);
  Primitive matmul(std::size_t side);

  void allocate();

 private:
  enum Role : std::size_t { source, second, result };
  static constexpr std::size_t kRoles = 3;

  dnnl::memory::desc any(const Dims& dims) const;
  dnnl::memory::desc floats(std::size_t count) const;                       // none: no such array
  dnnl::memory::desc activations(const Shape& shape, std::size_t n) const;  // in blocks
  // Of a layer with weights, from what each of its passes takes; diff_weights are float32.
  template <class Forward, class DiffWeights, class DiffSrc>
  PassPrimitives products(const typename Forward::desc& forward,
                          const typename DiffWeights::desc& diff_weights,
                          const typename DiffSrc::desc& diff_src, const dnnl::memory::desc& bias,
                          const Passes& passes);
  dnnl::memory shared(Role role, const dnnl::memory::desc& desc);
  dnnl::memory own(const dnnl::memory::desc& desc) const;
  void fill(dnnl::memory& array) const;

  bool bf16_;
  dnnl::memory::data_type type_;
  dnnl::engine engine_;
  dnnl::memory::format_tag blocks_;
  struct Shared {
    dnnl::memory array;
    Role role = source;
  };
  std::vector<Shared> waiting_;
  std::array<AlignedVector<std::byte>, kRoles> roles_;
};

}  // namespace weft::bench
