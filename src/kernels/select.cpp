#include "kernels/select.hpp"

#include <cstdlib>
#include <string_view>

#include "base/error.hpp"
#include "base/names.hpp"
#include "kernels/fast/product.hpp"

namespace weft {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

void apply_instruction_limit() {
  const std::string limit(environment("WEFT_MAX_ISA"));
  if (!limit.empty() && !fast::limit_instructions(limit.c_str())) {
    fail(ErrorCode::usage,
         "WEFT_MAX_ISA={}: this processor has no vector instructions of that name", limit);
  }
}

}  // namespace

namespace {

constexpr Names<Precision, 4> kPrecisions{"precision",
                                          {{{Precision::automatic, "auto"},
                                            {Precision::f64, "f64"},
                                            {Precision::f32, "f32"},
                                            {Precision::bf16, "bf16"}}}};

}  // namespace

Precision parse_precision(const std::string& text) {
  return kPrecisions.parse(text);
}
const char* name_of(Precision value) {
  return kPrecisions.name_of(value);
}

Precision resolve(Precision asked) {
  if (asked != Precision::automatic) return asked;
  return has_bf16_instructions() ? Precision::bf16 : Precision::f32;
}

const Kernels<float>& select_kernels(Precision resolved) {
  const std::string_view kind = environment("WEFT_KERNELS");
  if (kind == "reference") return reference_kernels<float>();
  if (!kind.empty() && kind != "fast") {
    fail(ErrorCode::usage, "WEFT_KERNELS={}: must be \"fast\" or \"reference\"", kind);
  }
  static const bool kLimited = (apply_instruction_limit(), true);
  (void)kLimited;
  return resolved == Precision::bf16 ? bf16_kernels() : fast_kernels();
}

const Kernels<float>& unrounded(const Kernels<float>& kernels) {
  return &kernels == &bf16_kernels() ? fast_kernels() : kernels;
}

const Kernels<double>& unrounded(const Kernels<double>& kernels) {
  return kernels;
}

}  // namespace weft
