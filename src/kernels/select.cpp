#include "kernels/select.hpp"

#include <cstdlib>
#include <string_view>

#include "base/error.hpp"
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

Precision parse_precision(const std::string& text) {
  if (text == "auto") return Precision::automatic;
  if (text == "f64") return Precision::f64;
  if (text == "f32") return Precision::f32;
  if (text == "bf16") return Precision::bf16;
  fail(ErrorCode::usage, "precision: \"{}\" is none of auto, f64, f32, bf16", text);
}

const char* name_of(Precision precision) {
  switch (precision) {
    case Precision::automatic:
      return "auto";
    case Precision::f64:
      return "f64";
    case Precision::f32:
      return "f32";
    case Precision::bf16:
      return "bf16";
  }
  return "";
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

}  // namespace weft
