// A model's answers to a part of a data set, as a page shows them.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

#include "weft/data.hpp"
#include "weft/model.hpp"

namespace weft {

struct ReportedPart {
  std::string name, why;                 // "val", "what training held out of fashion-mnist"
  const LabelledImages& rows;            // labels: as the model's classes, one each
  std::span<const std::uint32_t> index;  // of each row in the data set's own part
};

// The probabilities that a predictor makes of its logits, f32 {ways, n, classes}, at this
// temperature: f32 {n, classes}.
Tensor answers_at(const Tensor& logits, double temperature);

// What docs/reports.md lists under "results". logits: the model's for the part's pictures, f32
// {ways, n, classes}. Throws Error(usage) for a part without pictures.
nlohmann::ordered_json results(const Model& model, const ReportedPart& part, const Tensor& logits);

}  // namespace weft
