// The rules that a model keeps, in memory and in its file.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weft/error.hpp"
#include "weft/model.hpp"

namespace weft {

// Tensors' names in the file.
constexpr const char* kMean = "input.mean";
constexpr const char* kDeviation = "input.std";

// Where a complaint belongs: `code` tells a caller's mistake from a bad file.
struct Complaint {
  ErrorCode code;
  std::string file;

  template <class... Arguments>
  [[noreturn]] void fail(fmt::format_string<Arguments...> format, Arguments&&... arguments) const {
    throw Error(code, file + ": " + fmt::format(format, std::forward<Arguments>(arguments)...));
  }
};

// Of input.mean and input.std; no values where a scaler has none.
Shape statistics_shape(ScalerKind kind, const Shape& input);

bool is_weight(std::string_view name);
// How many "members.M." there are names of, 1 where there are none.
std::size_t count_members(const std::vector<NamedTensor>& weights);

// Throw what `complaint` says.
void check_shape(const Shape& input, const Complaint& complaint);
void check_model(const Model& model, const Complaint& complaint);

}  // namespace weft
