#include "kernels/fast/onednn.hpp"

#include <dnnl.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "base/error.hpp"
#include "kernels/fast/pictures.hpp"

// Of the OpenMP library that oneDNN is built on: each of our threads computes what it is given
// alone.
extern "C" void omp_set_num_threads(int threads);

namespace weft::fast {
namespace {

using dnnl::memory;
using Dims = memory::dims;

constexpr std::size_t kLine = 64;

std::size_t round_up(std::size_t bytes) {
  return (bytes + kLine - 1) / kLine * kLine;
}

std::int64_t dim(std::size_t value) {
  return static_cast<std::int64_t>(value);
}

// To the nearest, ties to even, as the processor's instructions do; NaN stays NaN.
float to_bf16(float x) {
  if (x != x) return x;
  auto bits = std::bit_cast<std::uint32_t>(x);
  bits += 0x7FFF + (bits >> 16 & 1);
  return std::bit_cast<float>(bits & 0xFFFF0000);
}

void round_to_bf16(float* values, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes / sizeof(float); ++i) values[i] = to_bf16(values[i]);
}

memory::format_tag pictures(std::size_t block) {
  return block == 1   ? memory::format_tag::nchw
         : block == 8 ? memory::format_tag::nChw8c
                      : memory::format_tag::nChw16c;
}

memory::desc floats(const Dims& dims, memory::format_tag tag) {
  return {dims, memory::data_type::f32, tag};
}

// Memory in the caller's scratch, taken piece by piece.
class Scratch {
 public:
  explicit Scratch(void* memory) : next_(static_cast<std::byte*>(memory)) {}
  void* take(std::size_t bytes) {
    std::byte* piece = next_;
    next_ += round_up(bytes);
    return piece;
  }

 private:
  std::byte* next_;
};

// A primitive and the layouts that it likes.
struct Pass {
  dnnl::primitive primitive;
  memory::desc in, other, out, scratchpad;  // of its arguments, in the order of the call
  std::string implementation;

  std::size_t bytes() const {
    return round_up(in.get_size()) + round_up(other.get_size()) + round_up(out.get_size()) +
           round_up(scratchpad.get_size());
  }
};

class OneDnnConvolution final : public ConvolutionKernel<float> {
 public:
  OneDnnConvolution(const Convolution& conv, bool bf16)
      : c_(conv), engine_(dnnl::engine::kind::cpu, 0), bf16_(bf16) {
    omp_set_num_threads(1);  // what a primitive splits its work over is fixed when it is made
    native_bf16_ = bf16 && dnnl::get_effective_cpu_isa() >= dnnl::cpu_isa::avx512_core_bf16;
    weights_ = weights(memory::data_type::f32,
                       c_.groups == 1 ? memory::format_tag::oihw : memory::format_tag::goihw);
    forward_ = make_forward();
    for (std::size_t i = 0; i < kChunks.size(); ++i) weights_passes_[i] = make_weights(kChunks[i]);
    data_ = make_data();
  }

  std::string name() const override {
    return "onednn " + forward_.implementation + (bf16_ && !native_bf16_ ? " (bf16 emulated)" : "");
  }
  std::size_t forward_bytes() const override { return forward_.other.get_size(); }
  std::size_t backward_bytes() const override { return data_.other.get_size(); }
  void pack_forward(const float* weights, void* packed) const override {
    pack(forward_.other, weights, packed);
  }
  void pack_backward(const float* weights, void* packed) const override {
    pack(data_.other, weights, packed);
  }

  std::size_t scratch_bytes(std::size_t rows) const override {
    std::size_t bytes = std::max(forward_.bytes(), data_.bytes());
    for (std::size_t i = 0; i < kChunks.size(); ++i) {
      if (kChunks[i] <= rows) bytes = std::max(bytes, weights_passes_[i].bytes());
    }
    return bytes + round_up(weights_.get_size());
  }

  void forward(std::size_t n, const float* src, const float*, const void* packed,
               const Finish<float>& finish, float* dst, void* scratch) const override {
    for (std::size_t s = 0; s < n; ++s) {
      Scratch pieces(scratch);
      const memory in = input(src + s * c_.src_elements(), given_src(1), forward_.in, pieces);
      const memory w(forward_.other, engine_, const_cast<void*>(packed));
      Output out(*this, dst + s * c_.dst_elements(), given_dst(1), forward_.out, pieces);
      execute(forward_, {{DNNL_ARG_SRC, in}, {DNNL_ARG_WEIGHTS, w}, {DNNL_ARG_DST, out.memory()}},
              pieces);
      out.deliver();
      float* const values = dst + s * c_.dst_elements();
      if (finish.bias) add_bias(finish.bias, values);
      apply_gate(finish.gate, finish.slope, c_.dst_elements(), values);
    }
  }

  void backward_data(std::size_t n, const float* diff_dst, const float*, const void* packed,
                     float* diff_src, void* scratch) const override {
    for (std::size_t s = 0; s < n; ++s) {
      Scratch pieces(scratch);
      const memory in = input(diff_dst + s * c_.dst_elements(), given_dst(1), data_.in, pieces);
      const memory w(data_.other, engine_, const_cast<void*>(packed));
      Output out(*this, diff_src + s * c_.src_elements(), given_src(1), data_.out, pieces);
      execute(data_,
              {{DNNL_ARG_DIFF_DST, in}, {DNNL_ARG_WEIGHTS, w}, {DNNL_ARG_DIFF_SRC, out.memory()}},
              pieces);
      out.deliver();
    }
  }

  void backward_weights(std::size_t n, const float* src, const float* diff_dst, bool accumulate,
                        float* diff_weights, float* diff_bias, void* scratch) const override {
    std::size_t done = 0;
    for (std::size_t i = kChunks.size(); i-- > 0;) {
      const Pass& pass = weights_passes_[i];
      for (; n - done >= kChunks[i]; done += kChunks[i], accumulate = true) {
        Scratch pieces(scratch);
        const memory in =
            input(src + done * c_.src_elements(), given_src(kChunks[i]), pass.in, pieces);
        const memory diff =
            input(diff_dst + done * c_.dst_elements(), given_dst(kChunks[i]), pass.other, pieces);
        auto* sum = static_cast<float*>(pieces.take(weights_.get_size()));
        Output out(*this, sum, weights_, pass.out, pieces);
        execute(
            pass,
            {{DNNL_ARG_SRC, in}, {DNNL_ARG_DIFF_DST, diff}, {DNNL_ARG_DIFF_WEIGHTS, out.memory()}},
            pieces);
        out.deliver();
        for (std::size_t w = 0; w < c_.weights(); ++w) {
          diff_weights[w] = accumulate ? diff_weights[w] + sum[w] : sum[w];
        }
        if (diff_bias) {
          sum_bias(kChunks[i], diff_dst + done * c_.dst_elements(), accumulate, diff_bias);
        }
      }
    }
  }

 private:
  // Samples that the weights' gradient is summed over at once.
  static constexpr std::array<std::size_t, 3> kChunks{1, 4, 16};

  // What a primitive assigns: the caller's memory, or a piece of scratch that is brought there.
  class Output {
   public:
    Output(const OneDnnConvolution& owner, float* to, const memory::desc& wanted,
           const memory::desc& made, Scratch& pieces)
        : owner_(owner), wanted_(wanted, owner.engine_, to), made_(wanted_) {
      if (made == wanted) return;
      made_ = dnnl::memory(made, owner.engine_, pieces.take(made.get_size()));
    }
    const dnnl::memory& memory() const { return made_; }
    void deliver() {
      if (made_.get_data_handle() != wanted_.get_data_handle()) owner_.reorder(made_, wanted_);
    }

   private:
    const OneDnnConvolution& owner_;
    dnnl::memory wanted_, made_;
  };

  // As callers have them.
  memory::desc given_src(std::size_t n) const {
    return floats(src_dims(n), pictures(c_.src_block));
  }
  memory::desc given_dst(std::size_t n) const {
    return floats(dst_dims(n), pictures(c_.dst_block));
  }

  memory::desc weights(memory::data_type type, memory::format_tag tag) const {
    const auto height = dim(c_.kernel_height), width = dim(c_.kernel_width);
    const auto in = dim(c_.in_channels / c_.groups), out = dim(c_.out_channels / c_.groups);
    if (c_.groups == 1) return {{out, in, height, width}, type, tag};
    return {{dim(c_.groups), out, in, height, width}, type, tag};
  }

  Dims src_dims(std::size_t n) const {
    return {dim(n), dim(c_.in_channels), dim(c_.height), dim(c_.width)};
  }
  Dims dst_dims(std::size_t n) const {
    return {dim(n), dim(c_.out_channels), dim(c_.out_height()), dim(c_.out_width())};
  }

  memory::data_type factor_type() const {
    return native_bf16_ ? memory::data_type::bf16 : memory::data_type::f32;
  }

  static dnnl::primitive_attr attributes() {
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return attributes;
  }

  // Plain pictures are taken as the primitive likes them.
  static memory::desc asked(const Dims& dims, memory::data_type type, std::size_t block) {
    return {dims, type, block == 1 ? memory::format_tag::any : pictures(block)};
  }
  memory::desc asked_src(std::size_t n, memory::data_type type) const {
    return asked(src_dims(n), type, c_.src_block);
  }
  memory::desc asked_dst(std::size_t n, memory::data_type type) const {
    return asked(dst_dims(n), type, c_.dst_block);
  }
  Dims strides() const { return {dim(c_.stride), dim(c_.stride)}; }
  Dims dilations() const { return {dim(c_.dilation - 1), dim(c_.dilation - 1)}; }
  Dims pad_before() const { return {dim(c_.pad_height), dim(c_.pad_width)}; }

  // Zeros below and to the right: what the last place of a filter needs of them.
  Dims pad_after() const {
    const auto after = [&](std::size_t out, std::size_t size, std::size_t kernel, std::size_t pad) {
      return dim((out - 1) * c_.stride + (kernel - 1) * c_.dilation + 1) - dim(size + pad);
    };
    return {after(c_.out_height(), c_.height, c_.kernel_height, c_.pad_height),
            after(c_.out_width(), c_.width, c_.kernel_width, c_.pad_width)};
  }

  dnnl::convolution_forward::primitive_desc forward_desc(std::size_t n) const {
    const dnnl::convolution_forward::desc d(
        dnnl::prop_kind::forward_training, dnnl::algorithm::convolution_direct,
        asked_src(n, factor_type()), weights(factor_type(), memory::format_tag::any),
        asked_dst(n, memory::data_type::f32), strides(), dilations(), pad_before(), pad_after());
    return {d, attributes(), engine_};
  }

  Pass make_forward() const {
    const auto pd = forward_desc(1);
    return {dnnl::convolution_forward(pd), pd.src_desc(),     pd.weights_desc(), pd.dst_desc(),
            pd.scratchpad_desc(),          pd.impl_info_str()};
  }

  Pass make_data() const {
    const dnnl::convolution_backward_data::desc d(
        dnnl::algorithm::convolution_direct, asked_src(1, memory::data_type::f32),
        weights(factor_type(), memory::format_tag::any), asked_dst(1, factor_type()), strides(),
        dilations(), pad_before(), pad_after());
    const dnnl::convolution_backward_data::primitive_desc pd(d, attributes(), engine_,
                                                             forward_desc(1));
    return {dnnl::convolution_backward_data(pd),
            pd.diff_dst_desc(),
            pd.weights_desc(),
            pd.diff_src_desc(),
            pd.scratchpad_desc(),
            pd.impl_info_str()};
  }

  Pass make_weights(std::size_t n) const {
    const dnnl::convolution_backward_weights::desc d(
        dnnl::algorithm::convolution_direct, asked_src(n, factor_type()),
        weights(memory::data_type::f32, memory::format_tag::any), asked_dst(n, factor_type()),
        strides(), dilations(), pad_before(), pad_after());
    const dnnl::convolution_backward_weights::primitive_desc pd(d, attributes(), engine_,
                                                                forward_desc(n));
    return {dnnl::convolution_backward_weights(pd),
            pd.src_desc(),
            pd.diff_dst_desc(),
            pd.diff_weights_desc(),
            pd.scratchpad_desc(),
            pd.impl_info_str()};
  }

  void reorder(memory from, memory to) const {
    omp_set_num_threads(1);
    dnnl::stream stream(engine_);
    dnnl::reorder(from, to).execute(stream, from, to);
  }

  void pack(const memory::desc& to, const float* weights, void* packed) const {
    reorder(memory(weights_, engine_, const_cast<float*>(weights)), memory(to, engine_, packed));
    if (bf16_ && !native_bf16_) round_to_bf16(static_cast<float*>(packed), to.get_size());
  }

  // An argument in the layout that the primitive takes.
  memory input(const float* values, const memory::desc& given, const memory::desc& taken,
               Scratch& pieces) const {
    memory from(given, engine_, const_cast<float*>(values));
    const bool emulated = bf16_ && !native_bf16_;
    if (given == taken && !emulated) return from;
    memory to(taken, engine_, pieces.take(taken.get_size()));
    if (given == taken) {
      std::memcpy(to.get_data_handle(), values, given.get_size());
    } else {
      reorder(from, to);
    }
    if (emulated) round_to_bf16(static_cast<float*>(to.get_data_handle()), taken.get_size());
    return to;
  }

  void execute(const Pass& pass, std::unordered_map<int, memory> arguments, Scratch& pieces) const {
    omp_set_num_threads(1);
    arguments.emplace(DNNL_ARG_SCRATCHPAD,
                      memory(pass.scratchpad, engine_, pieces.take(pass.scratchpad.get_size())));
    dnnl::stream stream(engine_);
    pass.primitive.execute(stream, arguments);
  }

  template <class Body>
  void for_each_channel(std::size_t n, const Body& body) const {
    const std::size_t pixels = c_.out_height() * c_.out_width();
    for (std::size_t s = 0; s < n; ++s) {
      for (std::size_t o = 0; o < c_.out_channels; ++o) {
        const std::size_t first =
            s * c_.dst_elements() + o / c_.dst_block * pixels * c_.dst_block + o % c_.dst_block;
        body(o, first, pixels);
      }
    }
  }

  void add_bias(const float* bias, float* dst) const {
    for_each_channel(1, [&](std::size_t o, std::size_t first, std::size_t pixels) {
      for (std::size_t i = 0; i < pixels; ++i) dst[first + i * c_.dst_block] += bias[o];
    });
  }

  void sum_bias(std::size_t n, const float* diff_dst, bool accumulate, float* diff_bias) const {
    if (!accumulate) std::fill_n(diff_bias, c_.out_channels, 0.0F);
    for_each_channel(n, [&](std::size_t o, std::size_t first, std::size_t pixels) {
      float sum = 0;
      for (std::size_t i = 0; i < pixels; ++i) sum += diff_dst[first + i * c_.dst_block];
      diff_bias[o] += sum;
    });
  }

  Convolution c_;
  dnnl::engine engine_;
  bool bf16_, native_bf16_ = false;
  memory::desc weights_;  // as callers have them
  Pass forward_, data_;
  std::array<Pass, kChunks.size()> weights_passes_;
};

}  // namespace

std::unique_ptr<ConvolutionKernel<float>> make_onednn_convolution(const Convolution& conv,
                                                                  bool bf16) try {
  return std::make_unique<OneDnnConvolution>(conv, bf16);
} catch (const dnnl::error& error) {
  fail(ErrorCode::failed, "convolution {}x{}, {} to {} channels of {}x{}: oneDNN says: {}",
       conv.kernel_height, conv.kernel_width, conv.in_channels, conv.out_channels, conv.height,
       conv.width, error.what());
}

}  // namespace weft::fast
