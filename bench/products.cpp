// The matrix products of the article's classifier: 48,000 rows of 784 values, 50 hidden units, 10
// outputs, 25 batches an epoch. In turn: oneDNN's inner product primitives alone, on whole batches;
// weft's kernels alone, in tiles; and an epoch of weft's training loop, with everything that
// training needs besides.
#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include <oneapi/dnnl/dnnl.hpp>

#include "base/threads.hpp"
#include "kernels/kernels.hpp"
#include "tensor/aligned.hpp"
#include "weft/classifier.hpp"

namespace {

constexpr std::size_t kBatch = 1920, kBatches = 25, kTile = 60;

struct Shape {
  std::size_t in, out;
};
constexpr Shape kLayers[] = {{784, 50}, {50, 10}};

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

using Values = weft::AlignedVector<float>;

Values values(std::size_t count) {
  Values v(count);
  for (std::size_t i = 0; i < count; ++i)
    v[i] = static_cast<float>(std::sin(static_cast<double>(i)));
  return v;
}

// One epoch: forward and weight gradient of both layers, data gradient of the second.
class WeftProducts {
 public:
  WeftProducts(const weft::Kernels<float>& kernels, int threads, const float* x)
      : k_(kernels), pool_(threads), x_(x) {
    for (const Shape& s : kLayers) {
      weights_.push_back(values(s.in * s.out));
      packed_.emplace_back(k_.dense_packed_bytes(s.in, s.out));
      diff_.emplace_back(static_cast<std::size_t>(threads), Values(s.in * s.out));
      dst_.emplace_back(values(kBatch * s.out));
    }
  }

  void epoch() {
    for (std::size_t batch = 0; batch < kBatches; ++batch) {
      for (std::size_t l = 0; l < 2; ++l) {
        k_.dense_pack(kLayers[l].in, kLayers[l].out, weights_[l].data(), packed_[l].data());
      }
      pool_.for_each(kBatch / kTile, [&](std::size_t tile, int thread) {
        const auto t = static_cast<std::size_t>(thread);
        const auto& [first, second] = kLayers;
        const float* x = x_ + (batch * kBatch + tile * kTile) * first.in;
        float* hidden = dst_[0].data() + tile * kTile * first.out;
        float* output = dst_[1].data() + tile * kTile * second.out;
        k_.dense_forward(kTile, first.in, first.out, x, weights_[0].data(), packed_[0].data(),
                         nullptr, hidden);
        k_.dense_forward(kTile, second.in, second.out, hidden, weights_[1].data(),
                         packed_[1].data(), nullptr, output);
        k_.dense_backward_weights(kTile, second.in, second.out, hidden, output, true,
                                  diff_[1][t].data(), nullptr);
        k_.dense_backward_data(kTile, second.in, second.out, output, weights_[1].data(), hidden);
        k_.dense_backward_weights(kTile, first.in, first.out, x, hidden, true, diff_[0][t].data(),
                                  nullptr);
      });
    }
  }

 private:
  const weft::Kernels<float>& k_;
  weft::ThreadPool pool_;
  const float* x_;
  std::vector<Values> weights_, dst_;
  std::vector<weft::AlignedVector<std::byte>> packed_;
  std::vector<std::vector<Values>> diff_;
};

// The same by oneDNN, each primitive in the layout it likes for weights; pictures stand in the type
// it computes in.
class OneDnnProducts {
 public:
  using memory = dnnl::memory;

  OneDnnProducts(memory::data_type type) : type_(type) {
    for (const Shape& s : kLayers) {
      const auto d = [](std::size_t n) { return static_cast<memory::dim>(n); };
      const memory::desc src({d(kBatch), d(s.in)}, type, memory::format_tag::nc);
      const memory::desc dst({d(kBatch), d(s.out)}, type, memory::format_tag::nc);
      const memory::desc any({d(s.out), d(s.in)}, type, memory::format_tag::any);
      const memory::desc any_diff({d(s.out), d(s.in)}, memory::data_type::f32,
                                  memory::format_tag::any);
      const dnnl::inner_product_forward::primitive_desc forward(
          {dnnl::prop_kind::forward_training, src, any, dst}, engine_);
      const dnnl::inner_product_backward_weights::primitive_desc backward({src, any_diff, dst},
                                                                          engine_, forward);
      const dnnl::inner_product_backward_data::primitive_desc data({src, any, dst}, engine_,
                                                                   forward);
      layers_.push_back(
          {dnnl::inner_product_forward(forward), dnnl::inner_product_backward_weights(backward),
           dnnl::inner_product_backward_data(data), memory(src, engine_),
           memory(forward.weights_desc(), engine_), memory(backward.diff_weights_desc(), engine_),
           memory(data.weights_desc(), engine_), memory(dst, engine_)});
    }
    for (std::size_t b = 0; b < kBatches; ++b)
      pictures_.emplace_back(layers_[0].src.get_desc(), engine_);
    for (memory& picture : pictures_) fill(picture);
    for (Layer& layer : layers_) {
      for (memory* m : {&layer.src, &layer.weights, &layer.weights_for_data, &layer.dst}) fill(*m);
    }
  }

  void epoch() {
    for (const memory& x : pictures_) {
      for (std::size_t l = 0; l < 2; ++l) {
        layers_[l].forward.execute(stream_, {{DNNL_ARG_SRC, l == 0 ? x : layers_[l].src},
                                             {DNNL_ARG_WEIGHTS, layers_[l].weights},
                                             {DNNL_ARG_DST, layers_[l].dst}});
      }
      layers_[1].data.execute(stream_, {{DNNL_ARG_DIFF_DST, layers_[1].dst},
                                        {DNNL_ARG_WEIGHTS, layers_[1].weights_for_data},
                                        {DNNL_ARG_DIFF_SRC, layers_[1].src}});
      for (std::size_t l = 0; l < 2; ++l) {
        layers_[l].backward.execute(stream_, {{DNNL_ARG_SRC, l == 0 ? x : layers_[l].src},
                                              {DNNL_ARG_DIFF_DST, layers_[l].dst},
                                              {DNNL_ARG_DIFF_WEIGHTS, layers_[l].diff_weights}});
      }
    }
    stream_.wait();
  }

 private:
  struct Layer {
    dnnl::inner_product_forward forward;
    dnnl::inner_product_backward_weights backward;
    dnnl::inner_product_backward_data data;
    memory src, weights, diff_weights, weights_for_data, dst;
  };

  void fill(memory& m) {
    const memory::desc plain({static_cast<memory::dim>(m.get_desc().get_size() / sizeof(float))},
                             memory::data_type::f32, memory::format_tag::a);
    if (type_ == memory::data_type::f32) {
      const Values v = values(m.get_desc().get_size() / sizeof(float));
      std::copy(v.begin(), v.end(), static_cast<float*>(m.get_data_handle()));
    } else {  // bfloat16 1.0, everywhere
      std::fill_n(static_cast<std::uint16_t*>(m.get_data_handle()), m.get_desc().get_size() / 2,
                  std::uint16_t{0x3f80});
    }
  }

  memory::data_type type_;
  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{engine_};
  std::vector<Layer> layers_;
  std::vector<memory> pictures_;
};

// The ceiling: a product of two square matrices, the best of a few.
double ceiling_gflops(dnnl::memory::data_type type) {
  using dnnl::memory;
  constexpr memory::dim kSide = 1536;
  const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  dnnl::stream stream(engine);
  const memory::desc ab({kSide, kSide}, type, memory::format_tag::ab);
  const memory::desc c({kSide, kSide}, memory::data_type::f32, memory::format_tag::ab);
  const dnnl::matmul product(dnnl::matmul::primitive_desc({ab, ab, c}, engine));
  memory a_memory(ab, engine), b_memory(ab, engine), c_memory(c, engine);
  for (memory* m : {&a_memory, &b_memory}) {
    std::fill_n(static_cast<char*>(m->get_data_handle()), m->get_desc().get_size(), char{0});
  }
  double best = 1e9;
  for (int i = 0; i < 12; ++i) {
    best = std::min(best, seconds_of([&] {
                      product.execute(stream, {{DNNL_ARG_SRC, a_memory},
                                               {DNNL_ARG_WEIGHTS, b_memory},
                                               {DNNL_ARG_DST, c_memory}});
                      stream.wait();
                    }));
  }
  return 2e-9 * kSide * kSide * kSide / best;
}

double median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v[v.size() / 2];
}

nlohmann::ordered_json measure(weft::Precision precision, int threads, int epochs,
                               const weft::Tensor& x, std::span<const weft::Label> labels,
                               double ceiling) {
  const bool bf16 = precision == weft::Precision::bf16;
  OneDnnProducts onednn(bf16 ? dnnl::memory::data_type::bf16 : dnnl::memory::data_type::f32);
  WeftProducts products(bf16 ? weft::bf16_kernels() : weft::fast_kernels(), threads,
                        x.as<float>().data());
  weft::NNClassifier classifier({.n_hidden_units = 50,
                                 .l2 = 0.5,
                                 .epochs = 1,
                                 .learning_rate = 0.001,
                                 .n_batches = kBatches,
                                 .random_seed = 42,
                                 .precision = precision,
                                 .threads = threads});
  std::vector<double> theirs, alone, loop, ratios;
  for (int e = -1; e < epochs; ++e) {
    const double a = seconds_of([&] { onednn.epoch(); });
    const double b = seconds_of([&] { products.epoch(); });
    const double c = classifier.fit(x, labels).fit_seconds();
    if (e < 0) continue;  // the first epoch warms up
    theirs.push_back(a);
    alone.push_back(b);
    loop.push_back(c);
    ratios.push_back(c / a);
  }
  const double gflop = 2e-9 * kBatch * kBatches * (2 * 784 * 50 + 3 * 50 * 10);
  return {{"oneDNN_seconds", median(theirs) * epochs},
          {"weft_products_seconds", median(alone) * epochs},
          {"weft_seconds", median(loop) * epochs},
          {"weft_over_oneDNN", median(ratios)},
          {"weft_gflops", gflop / median(loop)},
          {"ceiling_share", gflop / median(loop) / ceiling}};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("The article's matrix products alone: weft's kernels against oneDNN's",
                   "weft_products");
  int epochs = 20, threads = weft::default_threads();
  bool json = false;
  program.add_option("--epochs", epochs, "epochs of products, each by both in turn")
      ->check(CLI::PositiveNumber);
  program.add_option("--threads", threads, "of weft's products; oneDNN takes OMP_NUM_THREADS")
      ->check(CLI::PositiveNumber);
  program.add_flag("--json", json, "one line of JSON");
  CLI11_PARSE(program, argc, argv);

  using Type = dnnl::memory::data_type;
  weft::Tensor x(weft::DataType::f32, {kBatch * kBatches, 784});
  const Values numbers = values(x.elements());
  std::copy(numbers.begin(), numbers.end(), x.as<float>().begin());
  std::vector<weft::Label> labels(kBatch * kBatches);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<weft::Label>(i % 10);
  nlohmann::ordered_json peak{{"f32", ceiling_gflops(Type::f32)}};
  nlohmann::ordered_json result;
  result["f32"] = measure(weft::Precision::f32, threads, epochs, x, labels, peak["f32"]);
  result["bf16"] = nullptr;
  if (weft::has_bf16_instructions()) {
    peak["bf16"] = ceiling_gflops(Type::bf16);
    result["bf16"] = measure(weft::Precision::bf16, threads, epochs, x, labels, peak["bf16"]);
  }
  result["peak_gflops"] = peak;
  result["epochs"] = epochs;
  result["threads"] = threads;
  fmt::print("{}\n", result.dump(json ? -1 : 2));
  return 0;
}
