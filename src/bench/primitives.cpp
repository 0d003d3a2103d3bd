#include "bench/primitives.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "bench/clock.hpp"

// Of the OpenMP library that oneDNN is built on.
extern "C" void omp_set_num_threads(int threads);
extern "C" int omp_get_max_threads();

namespace weft::bench {
namespace {

using dnnl::memory;
using dnnl::prop_kind;
using Dims = memory::dims;

std::int64_t dim(std::size_t value) {
  return static_cast<std::int64_t>(value);
}

Dims dims_of(const Shape& shape, std::size_t n) {
  Dims dims{dim(n)};
  for (const std::size_t size : shape.sizes()) dims.push_back(dim(size));
  return dims;
}

prop_kind forward_kind(const Passes& passes) {
  return passes.training ? prop_kind::forward_training : prop_kind::forward_inference;
}

// The order of a picture's values that convolutions ask for when they may choose.
memory::format_tag liked_order(const dnnl::engine& engine, memory::data_type type) {
  const Dims picture{1, 64, 8, 8};
  const memory::desc src(picture, type, memory::format_tag::any);
  const memory::desc weights({64, 64, 3, 3}, type, memory::format_tag::any);
  const dnnl::convolution_forward::primitive_desc pd(
      {prop_kind::forward_training, dnnl::algorithm::convolution_direct, src, weights, src,
       Dims{1, 1}, Dims{1, 1}, Dims{1, 1}},
      engine);
  for (const auto tag :
       {memory::format_tag::nChw16c, memory::format_tag::nChw8c, memory::format_tag::nhwc}) {
    if (pd.src_desc() == memory::desc(picture, type, tag)) return tag;
  }
  return memory::format_tag::nchw;
}

}  // namespace

bool primitives_take_bf16() {
  return has_bf16_instructions() &&
         dnnl::get_effective_cpu_isa() >= dnnl::cpu_isa::avx512_core_bf16;
}

OpenMpThreads::OpenMpThreads(int threads) : before_(omp_get_max_threads()) {
  omp_set_num_threads(threads);
}
OpenMpThreads::~OpenMpThreads() {
  omp_set_num_threads(before_);
}

void Primitive::run() {
  dnnl::stream stream(arguments_.begin()->second.get_engine());
  best_ = std::min(best_, seconds_of([&] {
                     primitive_.execute(stream, arguments_);
                     stream.wait();
                   }));
}

PrimitiveMaker::PrimitiveMaker(bool bf16)
    : bf16_(bf16),
      type_(bf16 ? memory::data_type::bf16 : memory::data_type::f32),
      engine_(dnnl::engine::kind::cpu, 0),
      blocks_(liked_order(engine_, type_)) {}

memory::desc PrimitiveMaker::any(const Dims& dims) const {
  return {dims, type_, memory::format_tag::any};
}

memory::desc PrimitiveMaker::activations(const Shape& shape, std::size_t n) const {
  if (shape.rank() == 3) return {dims_of(shape, n), type_, blocks_};
  return {{dim(n), dim(shape.elements())}, type_, memory::format_tag::nc};
}

memory PrimitiveMaker::shared(Role role, const memory::desc& desc) {
  waiting_.push_back({memory(desc, engine_, DNNL_MEMORY_NONE), role});
  return waiting_.back().array;
}

memory PrimitiveMaker::own(const memory::desc& desc) const {
  memory array(desc, engine_);
  fill(array);
  return array;
}

// Numbers that are neither zero nor denormal, all positive: a variance may be among them.
void PrimitiveMaker::fill(memory& array) const {
  const std::size_t bytes = array.get_desc().get_size();
  auto* to = static_cast<std::byte*>(array.get_data_handle());
  const auto value = [](std::size_t i) {
    return std::bit_cast<std::uint32_t>(0.25F +
                                        0.5F * static_cast<float>(i * 2654435761U % 1024) / 1024);
  };
  switch (array.get_desc().data_type()) {
    case memory::data_type::f32:
      for (std::size_t i = 0; i < bytes / 4; ++i)
        reinterpret_cast<std::uint32_t*>(to)[i] = value(i);
      break;
    case memory::data_type::bf16:
      for (std::size_t i = 0; i < bytes / 2; ++i) {
        reinterpret_cast<std::uint16_t*>(to)[i] = static_cast<std::uint16_t>(value(i) >> 16);
      }
      break;
    default:
      std::fill_n(to, bytes, std::byte{0});
  }
}

void PrimitiveMaker::allocate() {
  std::array<std::size_t, kRoles> bytes{};
  for (const Shared& shared : waiting_) {
    bytes[shared.role] = std::max(bytes[shared.role], shared.array.get_desc().get_size());
  }
  for (std::size_t role = 0; role < kRoles; ++role) {
    roles_[role].assign(bytes[role], std::byte{0});
    const memory::desc whole({dim(bytes[role] / (bf16_ ? 2 : 4))}, type_, memory::format_tag::a);
    if (bytes[role] == 0) continue;
    memory array(whole, engine_, roles_[role].data());
    fill(array);
  }
  for (Shared& shared : waiting_) shared.array.set_data_handle(roles_[shared.role].data());
  waiting_.clear();
}

memory::desc PrimitiveMaker::floats(std::size_t count) const {
  if (count == 0) return {};
  return {{dim(count)}, memory::data_type::f32, memory::format_tag::a};
}

template <class Forward, class DiffWeights, class DiffSrc>
PassPrimitives PrimitiveMaker::products(const typename Forward::desc& forward,
                                        const typename DiffWeights::desc& diff_weights,
                                        const typename DiffSrc::desc& diff_src,
                                        const memory::desc& bias, const Passes& passes) {
  PassPrimitives made;
  const typename Forward::primitive_desc pd(forward, engine_);
  Primitive::Arguments arguments{{DNNL_ARG_SRC, shared(source, pd.src_desc())},
                                 {DNNL_ARG_WEIGHTS, own(pd.weights_desc())},
                                 {DNNL_ARG_DST, shared(result, pd.dst_desc())}};
  const bool biased = bias.get_size() > 0;
  if (biased) arguments.emplace(DNNL_ARG_BIAS, own(bias));
  made.forward.emplace_back(Forward(pd), std::move(arguments));
  if (passes.diff_weights) {
    const typename DiffWeights::primitive_desc back(diff_weights, engine_, pd);
    arguments = {{DNNL_ARG_SRC, shared(source, back.src_desc())},
                 {DNNL_ARG_DIFF_DST, shared(second, back.diff_dst_desc())},
                 {DNNL_ARG_DIFF_WEIGHTS, own(back.diff_weights_desc())}};
    if (biased) arguments.emplace(DNNL_ARG_DIFF_BIAS, own(bias));
    made.backward.emplace_back(DiffWeights(back), std::move(arguments));
  }
  if (passes.diff_src) {
    const typename DiffSrc::primitive_desc back(diff_src, engine_, pd);
    arguments = {{DNNL_ARG_DIFF_DST, shared(second, back.diff_dst_desc())},
                 {DNNL_ARG_WEIGHTS, own(back.weights_desc())},
                 {DNNL_ARG_DIFF_SRC, shared(result, back.diff_src_desc())}};
    made.backward.emplace_back(DiffSrc(back), std::move(arguments));
  }
  return made;
}

PassPrimitives PrimitiveMaker::convolution(const Convolution& c, bool bias, const Passes& passes) {
  Dims taps{dim(c.out_channels / c.groups), dim(c.in_channels / c.groups), dim(c.kernel_height),
            dim(c.kernel_width)};
  if (c.groups > 1) taps.insert(taps.begin(), dim(c.groups));
  const auto src = any({dim(passes.n), dim(c.in_channels), dim(c.height), dim(c.width)});
  const auto dst =
      any({dim(passes.n), dim(c.out_channels), dim(c.out_height()), dim(c.out_width())});
  const auto weights = any(taps), bias_desc = floats(bias ? c.out_channels : 0);
  const memory::desc diff_weights(taps, memory::data_type::f32, memory::format_tag::any);
  const Dims strides{dim(c.stride), dim(c.stride)};
  const Dims dilations{dim(c.dilation - 1), dim(c.dilation - 1)};
  const Dims pads{dim(c.pad_height), dim(c.pad_width)};
  const auto direct = dnnl::algorithm::convolution_direct;
  return products<dnnl::convolution_forward, dnnl::convolution_backward_weights,
                  dnnl::convolution_backward_data>(
      {forward_kind(passes), direct, src, weights, bias_desc, dst, strides, dilations, pads, pads},
      {direct, src, diff_weights, bias_desc, dst, strides, dilations, pads, pads},
      {direct, src, weights, dst, strides, dilations, pads, pads}, bias_desc, passes);
}

PassPrimitives PrimitiveMaker::inner_product(const Shape& shape, std::size_t out, bool bias,
                                             const Passes& passes) {
  const auto src = any(dims_of(shape, passes.n)), weights = any(dims_of(shape, out));
  const auto dst = any({dim(passes.n), dim(out)}), bias_desc = floats(bias ? out : 0);
  const memory::desc diff_weights(dims_of(shape, out), memory::data_type::f32,
                                  memory::format_tag::any);
  return products<dnnl::inner_product_forward, dnnl::inner_product_backward_weights,
                  dnnl::inner_product_backward_data>(
      {forward_kind(passes), src, weights, bias_desc, dst}, {src, diff_weights, bias_desc, dst},
      {src, weights, dst}, bias_desc, passes);
}

PassPrimitives PrimitiveMaker::batch_normalization(const Shape& shape, bool relu,
                                                   const Passes& passes) {
  using dnnl::normalization_flags;
  // Of a vector every value is a channel, a picture of one pixel.
  const memory::desc data =
      activations(shape.rank() == 3 ? shape : Shape{shape.elements(), 1, 1}, passes.n);
  auto flags = normalization_flags::use_scale_shift;
  if (relu) flags |= normalization_flags::fuse_norm_relu;
  if (!passes.training) flags |= normalization_flags::use_global_stats;
  constexpr float kEpsilon = 1e-5F;

  PassPrimitives made;
  const dnnl::batch_normalization_forward::primitive_desc forward(
      {forward_kind(passes), data, kEpsilon, flags}, engine_);
  const memory mean = own(forward.mean_desc()), variance = own(forward.variance_desc());
  const memory scale_shift = own(forward.weights_desc());
  Primitive::Arguments arguments{{DNNL_ARG_SRC, shared(source, data)},
                                 {DNNL_ARG_DST, shared(result, data)},
                                 {DNNL_ARG_MEAN, mean},
                                 {DNNL_ARG_VARIANCE, variance},
                                 {DNNL_ARG_SCALE_SHIFT, scale_shift}};
  const bool remembers = relu && passes.training;
  const memory workspace = remembers ? own(forward.workspace_desc()) : memory();
  if (remembers) arguments.emplace(DNNL_ARG_WORKSPACE, workspace);
  made.forward.emplace_back(dnnl::batch_normalization_forward(forward), arguments);
  if (!passes.training || !(passes.diff_src || passes.diff_weights)) return made;

  const dnnl::batch_normalization_backward::primitive_desc pd(
      {prop_kind::backward, data, data, kEpsilon, flags}, engine_, forward);
  arguments = {{DNNL_ARG_SRC, shared(source, data)},
               {DNNL_ARG_DIFF_DST, shared(second, data)},
               {DNNL_ARG_DIFF_SRC, shared(result, data)},
               {DNNL_ARG_MEAN, mean},
               {DNNL_ARG_VARIANCE, variance},
               {DNNL_ARG_SCALE_SHIFT, scale_shift},
               {DNNL_ARG_DIFF_SCALE_SHIFT, own(pd.diff_weights_desc())}};
  if (remembers) arguments.emplace(DNNL_ARG_WORKSPACE, workspace);
  made.backward.emplace_back(dnnl::batch_normalization_backward(pd), std::move(arguments));
  return made;
}

PassPrimitives PrimitiveMaker::eltwise(dnnl::algorithm algorithm, float alpha, const Shape& shape,
                                       const Passes& passes) {
  const memory::desc data = activations(shape, passes.n);
  PassPrimitives made;
  const dnnl::eltwise_forward::primitive_desc forward(
      {forward_kind(passes), algorithm, data, alpha, 0}, engine_);
  made.forward.emplace_back(dnnl::eltwise_forward(forward),
                            Primitive::Arguments{{DNNL_ARG_SRC, shared(source, data)},
                                                 {DNNL_ARG_DST, shared(result, data)}});
  if (!passes.diff_src) return made;
  const dnnl::eltwise_backward::primitive_desc pd({algorithm, data, data, alpha, 0}, engine_,
                                                  forward);
  made.backward.emplace_back(dnnl::eltwise_backward(pd),
                             Primitive::Arguments{{DNNL_ARG_SRC, shared(source, data)},
                                                  {DNNL_ARG_DIFF_DST, shared(second, data)},
                                                  {DNNL_ARG_DIFF_SRC, shared(result, data)}});
  return made;
}

PassPrimitives PrimitiveMaker::pooling(const Pooling& pool, bool largest, const Passes& passes) {
  const memory::desc src = activations({pool.channels, pool.height, pool.width}, passes.n);
  const memory::desc dst =
      activations({pool.channels, pool.out_height(), pool.out_width()}, passes.n);
  const auto algorithm =
      largest ? dnnl::algorithm::pooling_max : dnnl::algorithm::pooling_avg_include_padding;
  const Dims strides{dim(pool.stride), dim(pool.stride)};
  const Dims kernel{dim(pool.kernel_height), dim(pool.kernel_width)};
  const Dims pads{dim(pool.pad), dim(pool.pad)};

  PassPrimitives made;
  const dnnl::pooling_forward::primitive_desc forward(
      {forward_kind(passes), algorithm, src, dst, strides, kernel, pads, pads}, engine_);
  Primitive::Arguments arguments{{DNNL_ARG_SRC, shared(source, src)},
                                 {DNNL_ARG_DST, shared(result, dst)}};
  const bool remembers = largest && passes.training;
  const memory workspace = remembers ? own(forward.workspace_desc()) : memory();
  if (remembers) arguments.emplace(DNNL_ARG_WORKSPACE, workspace);
  made.forward.emplace_back(dnnl::pooling_forward(forward), std::move(arguments));
  if (!passes.diff_src) return made;

  const dnnl::pooling_backward::primitive_desc pd(
      {algorithm, src, dst, strides, kernel, pads, pads}, engine_, forward);
  arguments = {{DNNL_ARG_DIFF_DST, shared(second, dst)}, {DNNL_ARG_DIFF_SRC, shared(result, src)}};
  if (remembers) arguments.emplace(DNNL_ARG_WORKSPACE, workspace);
  made.backward.emplace_back(dnnl::pooling_backward(pd), std::move(arguments));
  return made;
}

Primitive PrimitiveMaker::add(const Shape& shape, std::size_t n) {
  const memory::desc data = activations(shape, n);
  const dnnl::binary::primitive_desc pd({dnnl::algorithm::binary_add, data, data, data}, engine_);
  return {dnnl::binary(pd),
          {{DNNL_ARG_SRC_0, shared(source, data)},
           {DNNL_ARG_SRC_1, shared(second, data)},
           {DNNL_ARG_DST, shared(result, data)}}};
}

Primitive PrimitiveMaker::matmul(std::size_t side) {
  const Dims dims{dim(side), dim(side)};
  const memory::desc factor(dims, type_, memory::format_tag::ab);
  const memory::desc product(dims, memory::data_type::f32, memory::format_tag::ab);
  const dnnl::matmul::primitive_desc pd({factor, factor, product}, engine_);
  return {dnnl::matmul(pd),
          {{DNNL_ARG_SRC, shared(source, factor)},
           {DNNL_ARG_WEIGHTS, shared(second, factor)},
           {DNNL_ARG_DST, shared(result, product)}}};
}

}  // namespace weft::bench
