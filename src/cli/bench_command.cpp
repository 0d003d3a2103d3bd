// weft bench: what the processor reaches, and how much of it a network gets.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/threads.hpp"
#include "base/version.hpp"
#include "bench/machine.hpp"
#include "bench/network.hpp"
#include "cli/bench_table.hpp"
#include "cli/commands.hpp"
#include "kernels/select.hpp"
#include "weft/error.hpp"

namespace weft::cli {
namespace {

using nlohmann::ordered_json;

constexpr const char* kNetwork =
    "conv 32 3x3, batchnorm, relu, conv 64 3x3, batchnorm, relu, maxpool 2, conv 128 3x3, "
    "batchnorm, relu, maxpool 2, conv 128 3x3, batchnorm, relu, globalmaxpool, dense 10";

struct Options {
  std::string network = kNetwork, input = "1x28x28", precision = "auto";
  std::size_t batch = 0;
  int threads = 0;
  double seconds = 5;
  bool json = false;
};

int threads_of(const Options& options) {
  return options.threads > 0 ? options.threads : default_threads();
}

Shape parse_picture(const std::string& text) {
  std::array<std::size_t, 3> sizes{};
  const char *at = text.data(), *end = at + text.size();
  bool good = true;
  for (std::size_t i = 0; i < sizes.size() && good; ++i) {
    constexpr std::size_t kMost = 65536;
    const auto [next, error] = std::from_chars(at, end, sizes[i]);
    const bool last = i + 1 == sizes.size();
    good = error == std::errc() && sizes[i] >= 1 && sizes[i] <= kMost &&
           (last ? next == end : next != end && *next == 'x');
    at = good && !last ? next + 1 : next;
  }
  if (!good) {
    throw Error(ErrorCode::usage,
                fmt::format("bench: --input \"{}\" is no picture's size: give channels x height x "
                            "width, as in 1x28x28",
                            text));
  }
  return {sizes[0], sizes[1], sizes[2]};
}

bench::NetworkBenchSettings settings_of(const Options& options) {
  return {.network = options.network,
          .input = parse_picture(options.input),
          .batch = options.batch,
          .precision = parse_precision(options.precision),
          .threads = threads_of(options),
          .seconds = options.seconds};
}

double ms(double seconds) {
  return seconds * 1e3;
}

ordered_json or_null(const std::optional<double>& value, double factor) {
  return value ? ordered_json(*value * factor) : ordered_json(nullptr);
}

ordered_json as_json(const bench::LayerTimes& layer, bool training) {
  const double seconds = layer.seconds();
  ordered_json one{{"layer", layer.place},
                   {"name", layer.name},
                   {"ms", ms(seconds)},
                   {"gflops", seconds > 0 ? layer.operations / seconds * 1e-9 : 0},
                   {"forward_ms", ms(layer.forward)}};
  if (training) one["backward_ms"] = ms(layer.backward);
  one["primitives_ms"] = or_null(layer.primitives, 1e3);
  if (!layer.kernel.empty()) one["kernel"] = layer.kernel;
  return one;
}

ordered_json as_json(const bench::NetworkTimes& times, const bench::NetworkBenchSettings& settings,
                     bool training) {
  const auto batch = static_cast<double>(settings.batch);
  const double rate = times.operations / times.median;
  ordered_json answer{{"what", training ? "train" : "infer"},
                      {"network", times.network},
                      {"input", settings.input.text()},
                      {"batch", settings.batch},
                      {"images_per_second", batch / times.median},
                      {"best_images_per_second", batch / times.best},
                      {"gflops", rate * 1e-9},
                      {"ceiling_gflops", or_null(times.ceiling, 1e-9)},
                      {"share_of_ceiling", nullptr},
                      {"step_ms", ms(times.median)},
                      {"best_step_ms", ms(times.best)},
                      {"primitives_ms", or_null(times.primitives, 1e3)},
                      {"ratio", nullptr},
                      {"best_ratio", nullptr},
                      {"steps", times.steps}};
  if (times.ceiling) answer["share_of_ceiling"] = rate / *times.ceiling;
  if (times.primitives && *times.primitives > 0) {
    answer["ratio"] = times.median / *times.primitives;
    answer["best_ratio"] = times.best / *times.primitives;
  }
  if (!training && settings.batch == 1) {
    answer["latency_ms"] = {{"median", ms(times.median)}, {"p95", ms(times.tail)}};
  }
  ordered_json layers = ordered_json::array();
  for (const bench::LayerTimes& layer : times.layers) layers.push_back(as_json(layer, training));
  answer["layers"] = layers;
  ordered_json rest{{"fetch_ms", ms(times.fetch)}};
  if (training) {
    rest["loss_ms"] = ms(times.loss);
    rest["reduce_ms"] = ms(times.reduce);
    rest["pack_ms"] = ms(times.pack);
    rest["optimizer_ms"] = ms(times.optimizer);
  }
  rest["wait_ms"] = ms(times.wait);
  answer["rest"] = rest;
  answer["parameters"] = times.parameters;
  answer["peak_memory_mb"] = static_cast<double>(times.peak_memory) * 1e-6;
  answer["threads"] = settings.threads;
  answer["precision"] = name_of(times.precision);
  answer["instructions"] = instruction_set();
  answer["version"] = version();
  return answer;
}

ordered_json as_json(const bench::Ceilings& ceilings) {
  return {{"matmul_gflops", ceilings.matmul * 1e-9},
          {"conv_gflops", ceilings.convolution * 1e-9},
          {"conv", ceilings.convolution_where}};
}

void run_machine(const Options& options) {
  const int threads = threads_of(options);
  const bench::MachineRates rates = bench::measure_machine(threads, options.seconds);
  if (!options.json) return print_machine(rates, threads);
  ordered_json answer{{"f32", as_json(rates.f32)}};
  if (rates.bf16) {
    answer["bf16"] = as_json(*rates.bf16);
  } else {
    answer["bf16"] = {{"matmul_gflops", nullptr},
                      {"conv_gflops", nullptr},
                      {"why", "this processor has no instructions for bfloat16"}};
  }
  answer["copy_gb_s"] = rates.copy * 1e-9;
  answer["copy_mb"] = static_cast<double>(rates.copied) * 1e-6;
  answer["threads"] = threads;
  answer["instructions"] = instruction_set();
  answer["version"] = version();
  fmt::print("{}\n", answer.dump());
}

void run_network(const Options& options, bool training) {
  const bench::NetworkBenchSettings settings = settings_of(options);
  const bench::NetworkTimes times =
      training ? bench::measure_training(settings) : bench::measure_inference(settings);
  if (options.json) {
    fmt::print("{}\n", as_json(times, settings, training).dump());
  } else {
    print_network(times, settings, training);
  }
}

void add_common_options(CLI::App& command, Options& options) {
  command
      .add_option("--threads", options.threads,
                  "0: all processors; oneDNN, which all is held against, takes as many")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command.add_option("--seconds", options.seconds, "measure for about so long")
      ->check(CLI::Range(0.01, 3600.0))
      ->capture_default_str()
      ->type_name("X");
  command.add_flag("--json", options.json, "one JSON document on standard output");
}

void add_machine(CLI::App& bench) {
  auto options = std::make_shared<Options>();
  CLI::App* command = bench.add_subcommand(
      "machine", "What products, convolutions and copying in memory reach here");
  add_common_options(*command, *options);
  command->footer(
      "Products are of square matrices, convolutions the best of a few shapes, both by oneDNN.\n\n"
      "Examples:\n"
      "  weft bench machine\n"
      "  weft bench machine --threads 1 --json");
  command->callback([options] { run_machine(*options); });
}

void add_network(CLI::App& bench, bool training) {
  auto options = std::make_shared<Options>();
  options->batch = training ? 128 : 256;
  CLI::App* command =
      training
          ? bench.add_subcommand("train", "How fast a network trains, and where a step's time goes")
          : bench.add_subcommand("infer", "How fast a network answers, and where the time goes");
  command->add_option("--network", options->network,
                      "layers, as for train; unless given, convolutions of 32, 64, 128 and 128 "
                      "filters");
  command->add_option("--input", options->input, "pictures: channels x height x width")
      ->type_name("CxHxW")
      ->capture_default_str();
  command
      ->add_option("--batch", options->batch,
                   training ? "pictures a step" : "pictures a pass; 1 for the latency of one")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 20))
      ->capture_default_str();
  command
      ->add_option("--precision", options->precision,
                   "of the arithmetic; auto takes bf16 where the processor has it")
      ->type_name("{auto,f32,bf16,f64}")
      ->capture_default_str();
  add_common_options(*command, *options);
  command->footer(
      training
          ? "Pictures and labels are random. A layer's time is that of all threads divided by "
            "their\n"
            "number; oneDNN's is that of its primitives for the same, each alone on the whole "
            "batch.\n\n"
            "Examples:\n"
            "  weft bench train\n"
            "  weft bench train --network \"dense 256, relu, dense 10\" --batch 1000 --precision "
            "f32\n"
            "  weft bench train --threads 1 --seconds 20 --json"
          : "Pictures are random. A layer's time is that of all threads divided by their number;\n"
            "oneDNN's is that of its primitives for the same, each alone on the whole batch.\n\n"
            "Examples:\n"
            "  weft bench infer\n"
            "  weft bench infer --batch 1\n"
            "  weft bench infer --network \"conv 32 3x3, relu, dense 10\" --input 3x32x32 --json");
  command->callback([options, training] { run_network(*options, training); });
}

}  // namespace

void add_bench(CLI::App& program) {
  CLI::App* command =
      program.add_subcommand("bench", "Measure this processor, and how much of it a network gets");
  command->require_subcommand(1);
  command->footer(
      "Examples:\n"
      "  weft bench machine\n"
      "  weft bench train\n"
      "  weft bench infer --batch 1 --json");
  add_machine(*command);
  add_network(*command, true);
  add_network(*command, false);
}

}  // namespace weft::cli
