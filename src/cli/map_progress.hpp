// What a person sees while a map is made.
#pragma once

#include <functional>
#include <type_traits>

#include "explore/tsne.hpp"

namespace weft::cli {

// To be called by map_points: shows how far it is, and throws MapStopped after an interrupt.
MapProgress map_progress();
struct MapStopped {};
// Says that nothing was written, and ends the program as an interrupt does.
[[noreturn]] void end_stopped_map();

// make(progress), under an Interrupt of the caller's.
template <class Make>
std::invoke_result_t<Make, const MapProgress&> with_map_progress(const Make& make) {
  try {
    return make(map_progress());
  } catch (const MapStopped&) {
    end_stopped_map();
  }
}

}  // namespace weft::cli
