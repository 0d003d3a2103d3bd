// What weft bench found out, for people.
#pragma once

#include "bench/machine.hpp"
#include "bench/network.hpp"

namespace weft::cli {

void print_machine(const bench::MachineRates& rates, int threads);

// training: else inference.
void print_network(const bench::NetworkTimes& times, const bench::NetworkBenchSettings& settings,
                   bool training);

}  // namespace weft::cli
