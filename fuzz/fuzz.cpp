// libFuzzer's side: the environment variable WEFT_FUZZ_TARGET names what is fuzzed.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "targets.hpp"
#include "weft/error.hpp"

// dav1d, which reads AVIF, loses 40 bytes at a frame without data. Asked for when there is a search
// for leaks.
extern "C" const char* __lsan_default_suppressions();   // NOLINT: its name is given
extern "C" const char* __lsan_default_suppressions() {  // NOLINT
  return "leak:libdav1d";
}

namespace {

const weft::fuzz::Target& chosen() {
  const char* name = std::getenv("WEFT_FUZZ_TARGET");
  for (const auto& target : weft::fuzz::targets()) {
    if (name && std::string_view(name) == target.name) return target;
  }
  std::fprintf(stderr, "WEFT_FUZZ_TARGET must be one of:");
  for (const auto& target : weft::fuzz::targets()) std::fprintf(stderr, " %s", target.name);
  std::fprintf(stderr, "\n");
  std::exit(2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const weft::fuzz::Target& target = chosen();
  try {
    target.run({data, size});
  } catch (const weft::Error&) {
  }
  return 0;
}
