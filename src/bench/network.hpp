// How fast a network trains or answers here, and where its time goes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "weft/precision.hpp"
#include "weft/tensor.hpp"

namespace weft::bench {

struct NetworkBenchSettings {
  std::string network;
  Shape input;  // channels x height x width
  std::size_t batch = 128;
  Precision precision = Precision::automatic;
  int threads = 1;
  double seconds = 5;  // about so long; longer where a step is
};

// Seconds of a step: of all threads together, divided by their number, so that the parts of a step
// add up to it.
struct LayerTimes {
  std::string place;   // "3", "3.body.1"; empty where the network put it in
  std::string name;    // its text, "batchnorm + relu" where it does two layers' work
  std::string kernel;  // which convolution it is; empty for other layers
  double forward = 0, backward = 0;
  double operations = 0;               // floating-point, a step: twice the multiply-adds
  std::optional<double> primitives{};  // oneDNN's for the same, alone; none where it has none

  double seconds() const { return forward + backward; }
};

struct NetworkTimes {
  std::string network;  // in its usual form
  Precision precision;  // resolved
  std::size_t steps = 0, parameters = 0;
  std::size_t peak_memory = 0;            // bytes, before oneDNN's primitives came in
  double median = 0, best = 0, tail = 0;  // of a step's seconds; tail: 95 % take no longer
  double operations = 0;                  // of a step
  std::vector<LayerTimes> layers{};
  double fetch = 0, loss = 0, pack = 0, reduce = 0, optimizer = 0;
  double wait = 0;  // what is left of the step: threads without work
  // Measured in turn with the steps; none in double precision, or where the processor has no
  // instructions for bf16.
  std::optional<double> ceiling{};     // operations a second, as ConvolutionCeiling
  std::optional<double> primitives{};  // the sum of the layers'
};

// Steps of training by sgd with Nesterov's momentum, or forward passes, of random pictures. Throws
// Error(usage) for a network that is none, or a batch of 0.
NetworkTimes measure_training(const NetworkBenchSettings& settings);
NetworkTimes measure_inference(const NetworkBenchSettings& settings);

}  // namespace weft::bench
