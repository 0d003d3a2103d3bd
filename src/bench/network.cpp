#include "bench/network.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <thread>

#include "base/error.hpp"
#include "bench/clock.hpp"
#include "bench/layers.hpp"
#include "bench/machine.hpp"
#include "kernels/select.hpp"
#include "nn/initialise.hpp"
#include "nn/layers/conv.hpp"
#include "nn/network.hpp"
#include "nn/optimizer.hpp"
#include "weft/data.hpp"

namespace weft::bench {
namespace {

constexpr std::uint32_t kSeed = 1;
constexpr std::size_t kBatches = 4;  // of different pictures, so that no cache keeps them
constexpr std::size_t kMostPictureBytes = std::size_t{1} << 28;
constexpr double kLeastSlice = 0.05;  // seconds of steps in a row
// Threads that look for work, ours or OpenMP's, have gone to sleep after this.
constexpr auto kSettle = std::chrono::milliseconds(5);

struct RandomPictures {
  RandomPictures(const Shape& shape, std::size_t batch, std::size_t classes) {
    const std::size_t most = std::max(batch, kMostPictureBytes / shape.elements());
    images = Tensor(DataType::u8, {std::min(kBatches * batch, most), shape[0], shape[1], shape[2]});
    std::mt19937 random(kSeed);
    for (std::uint8_t& pixel : images.as<std::uint8_t>()) {
      pixel = static_cast<std::uint8_t>(random() >> 24);
    }
    const std::size_t most_classes = std::min<std::size_t>(classes, 65536);
    for (std::size_t i = 0; i < images.rows(); ++i) {
      labels.push_back(static_cast<Label>(random() % most_classes));
    }
    order.resize(images.rows());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::shuffle(order, random);
  }

  // The step's rows, one batch behind the other and from the beginning again.
  std::span<const std::uint32_t> batch(std::size_t step, std::size_t rows) const {
    return std::span(order).subspan(step % (order.size() / rows) * rows, rows);
  }

  Tensor images;
  std::vector<Label> labels;
  std::vector<std::uint32_t> order;
};

struct Step {
  double seconds;
  Profile profile;
  double optimizer;
};

template <class T>
class Steps {
 public:
  Steps(const NetworkBenchSettings& settings, const Kernels<T>& kernels, bool training)
      : batch_(settings.batch),
        training_(training),
        kernels_(kernels),
        network_(settings.network, settings.input, kernels, settings.threads),
        optimizer_({.kind = OptimizerKind::sgd, .momentum = 0.9, .nesterov = true},
                   architecture().parameters(), architecture().parameter_count(), kernels,
                   network_.pool()),
        pictures_(settings.input, batch_, architecture().output().elements()),
        rows_(pictures_.images, fit_scaler(ScalerKind::channel, pictures_.images)),
        logits_(training ? 0 : batch_ * architecture().output().elements()) {
    initialise<T>(Initialisation::he, kSeed, architecture().parameters(), network_.parameters());
    network_.parameters_changed();
    step();  // makes room
    network_.start_profile();
  }

  const Architecture<T>& architecture() const { return network_.architecture(); }
  const std::vector<Step>& measured() const { return measured_; }

  void run() {
    double optimizer = 0;
    const double seconds = seconds_of([&] { optimizer = step(); });
    measured_.push_back({seconds, network_.take_profile(), optimizer});
  }

 private:
  double step() {
    const auto batch = pictures_.batch(count_++, batch_);
    if (!training_) {
      network_.forward(rows_, batch, logits_.data());
      return 0;
    }
    network_.gradient(rows_, batch, pictures_.labels.data(), kernels_.softmax_cross_entropy,
                      T(1) / static_cast<T>(batch_),
                      {.seed = kSeed, .step = static_cast<std::uint32_t>(count_)});
    return seconds_of([&] {
      constexpr double kRate = 1e-3;  // whatever the network, its numbers stay numbers
      optimizer_.step(kRate, network_.gradients(), network_.parameters());
      network_.parameters_changed();
    });
  }

  std::size_t batch_, count_ = 0;
  bool training_;
  const Kernels<T>& kernels_;
  Network<T> network_;
  Optimizer<T> optimizer_;
  RandomPictures pictures_;
  PixelRows<T> rows_;
  std::vector<T> logits_;
  std::vector<Step> measured_;
};

// Short ones more often: a moment in which another program runs is long for them.
void repeat(Primitive& primitive) {
  constexpr int kLeast = 2, kMost = 20;
  constexpr double kSeconds = 2e-3;
  const auto start = Clock::now();
  for (int i = 0; i < kLeast || (i < kMost && seconds_since(start) < kSeconds); ++i) {
    primitive.run();
  }
}

// The same layers by oneDNN's primitives, and the ceiling of convolutions.
class Peer {
 public:
  template <class T>
  Peer(const Architecture<T>& architecture, const NetworkBenchSettings& settings, bool bf16,
       bool training)
      : threads_(settings.threads), maker_(bf16), ceiling_(bf16, settings.threads) {
    const OpenMpThreads all(threads_);
    for (std::size_t i = 0; i < architecture.nodes().size(); ++i) {
      if (architecture.nodes()[i].absorbed) continue;
      try {
        PassPrimitives made = primitives_of(architecture, i, settings.batch, training, maker_);
        if (!made.forward.empty()) layers_.emplace(i, std::move(made));
      } catch (const dnnl::error&) {  // this layer has no peer, then
      }
    }
    maker_.allocate();
  }

  void run() {
    ceiling_.run();
    const OpenMpThreads all(threads_);
    for (auto& [node, passes] : layers_) {
      for (auto* primitives : {&passes.forward, &passes.backward}) {
        for (Primitive& primitive : *primitives) {
          repeat(primitive);
        }
      }
    }
  }

  double ceiling() const { return ceiling_.flops_per_second(); }

  std::optional<double> seconds(std::size_t node) const {
    const auto found = layers_.find(node);
    if (found == layers_.end()) return std::nullopt;
    double sum = 0;
    for (const auto* primitives : {&found->second.forward, &found->second.backward}) {
      for (const Primitive& primitive : *primitives) sum += primitive.best_seconds();
    }
    return sum;
  }

 private:
  int threads_;
  PrimitiveMaker maker_;
  ConvolutionCeiling ceiling_;
  std::map<std::size_t, PassPrimitives> layers_;
};

// Steps and primitives in turn, so that a slower moment of the machine is one for both.
template <class T>
void alternate(Steps<T>& steps, Peer* peer, const NetworkBenchSettings& settings,
               Clock::time_point start) {
  double slice = kLeastSlice;
  do {
    const auto begin = Clock::now();
    do {
      steps.run();
    } while (seconds_since(begin) < slice && seconds_since(start) < settings.seconds);
    if (!peer) continue;
    std::this_thread::sleep_for(kSettle);
    slice = std::max(kLeastSlice, seconds_of([&] { peer->run(); }));
    std::this_thread::sleep_for(kSettle);
  } while (seconds_since(start) < settings.seconds);
}

// The mean of the steps between the quartiles, each part in proportion to the median step.
struct TypicalStep {
  TypicalStep(const std::vector<Step>& steps, std::size_t nodes, int threads) : profile(nodes) {
    std::vector<const Step*> order;
    order.reserve(steps.size());
    for (const Step& step : steps) order.push_back(&step);
    std::ranges::sort(order, {}, &Step::seconds);
    median = order[order.size() / 2]->seconds;
    double whole = 0;
    for (std::size_t i = order.size() / 4; i < order.size() - order.size() / 4; ++i) {
      profile += order[i]->profile;
      optimizer += order[i]->optimizer;
      whole += order[i]->seconds;
    }
    share = median / whole / threads;
    optimizer *= median / whole;
  }

  double of(double summed) const { return summed * share; }

  Profile profile;
  double median, optimizer = 0, share = 0;
};

template <class T>
std::string kernel_of(const Node<T>& node) {
  const auto* conv = dynamic_cast<const Conv<T>*>(node.layer.get());
  return conv ? conv->kernel().name() : "";
}

template <class T>
std::string name_of_node(const Architecture<T>& architecture, std::size_t i) {
  const auto& nodes = architecture.nodes();
  if (!nodes[i].layer) return "sum of both branches";
  std::string name = nodes[i].layer->text();
  if (name.empty()) return "change of layout";
  if (i + 1 == nodes.size() || !nodes[i + 1].absorbed) return name;
  return name + " + " + nodes[i + 1].layer->text();
}

template <class T>
NetworkTimes summary(const Steps<T>& steps, const Peer* peer, const NetworkBenchSettings& settings,
                     bool training) {
  const Architecture<T>& architecture = steps.architecture();
  std::vector<double> seconds;
  for (const Step& step : steps.measured()) seconds.push_back(step.seconds);
  const TypicalStep typical(steps.measured(), architecture.nodes().size(), settings.threads);
  NetworkTimes times{.network = architecture.text(), .precision = settings.precision};
  times.steps = seconds.size();
  times.parameters = architecture.parameter_count();
  times.median = typical.median;
  times.best = std::ranges::min(seconds);
  times.tail = quantile(seconds, 0.95);
  times.fetch = typical.of(typical.profile.fetch);
  times.loss = typical.of(typical.profile.loss);
  times.pack = typical.of(typical.profile.pack);
  times.reduce = typical.of(typical.profile.reduce);
  times.optimizer = typical.optimizer;
  times.wait =
      times.median - times.fetch - times.loss - times.pack - times.reduce - times.optimizer;
  if (peer) {
    times.ceiling = peer->ceiling();
    times.primitives = 0;
  }
  for (std::size_t i = 0; i < architecture.nodes().size(); ++i) {
    const Node<T>& node = architecture.nodes()[i];
    if (node.absorbed) continue;
    LayerTimes layer{.place = node.place,
                     .name = name_of_node(architecture, i),
                     .kernel = kernel_of(node),
                     .forward = typical.of(typical.profile.forward[i]),
                     .backward = typical.of(typical.profile.backward[i])};
    layer.operations = 2 * static_cast<double>(multiply_adds_of(architecture, i, training)) *
                       static_cast<double>(settings.batch);
    times.operations += layer.operations;
    times.wait -= layer.seconds();
    if (peer) layer.primitives = peer->seconds(i);
    if (layer.primitives) *times.primitives += *layer.primitives;
    times.layers.push_back(std::move(layer));
  }
  times.wait = std::max(times.wait, 0.0);  // rounding
  return times;
}

template <class T>
NetworkTimes measure(const NetworkBenchSettings& settings, const Kernels<T>& kernels,
                     bool training) {
  const auto start = Clock::now();
  Steps<T> steps(settings, kernels, training);
  steps.run();
  const std::size_t peak = peak_memory();
  const bool bf16 = settings.precision == Precision::bf16;
  std::optional<Peer> peer;
  if (settings.precision == Precision::f32 || (bf16 && measures_bf16())) {
    peer.emplace(steps.architecture(), settings, bf16, training);
  }
  alternate(steps, peer ? &*peer : nullptr, settings, start);
  NetworkTimes times = summary(steps, peer ? &*peer : nullptr, settings, training);
  times.peak_memory = peak;
  return times;
}

NetworkTimes measure(NetworkBenchSettings settings, bool training) {
  if (settings.batch == 0) fail(ErrorCode::usage, "bench: a batch of 0 pictures: give 1 or more");
  settings.precision = resolve(settings.precision);
  if (settings.precision == Precision::f64) {
    return measure(settings, reference_kernels<double>(), training);
  }
  return measure(settings, select_kernels(settings.precision), training);
}

}  // namespace

NetworkTimes measure_training(const NetworkBenchSettings& settings) {
  return measure(settings, true);
}

NetworkTimes measure_inference(const NetworkBenchSettings& settings) {
  return measure(settings, false);
}

}  // namespace weft::bench
