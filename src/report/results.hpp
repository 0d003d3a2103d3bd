// A model's answers to a part of a data set, as a page shows them.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "weft/data.hpp"
#include "weft/model.hpp"
#include "weft/predictor.hpp"

namespace weft {

struct ReportedPart {
  std::string name, why;                 // "val", "what training held out of fashion-mnist"
  const LabelledImages& rows;            // labels: as the model's classes, one each
  std::span<const std::uint32_t> index;  // of each row in the data set's own part
};

// The probabilities that a predictor makes of its logits, f32 {ways, n, classes}, at this
// temperature: f32 {n, classes}.
Tensor answers_at(const Tensor& logits, double temperature);

// A model's probabilities, f32 {n, classes}: as it answers, and as it would without calibration.
struct PartAnswers {
  Tensor calibrated;
  std::optional<Tensor> raw;  // where the temperature is not 1
};
// Some pictures at a time, so that no more than both stands in memory.
PartAnswers answers_of(Predictor& predictor, const Model& model, const Tensor& images);

// The rows whose answers, the most probable classes, are other than their labels, the most probable
// first: at most 24, which are the results' "mistakes". probabilities: {n, classes}.
std::vector<std::uint32_t> surest_mistakes(std::span<const Label> labels,
                                           std::span<const Label> answers,
                                           std::span<const float> probabilities);

// What docs/reports.md lists under "results". answers: to the part's pictures. Throws Error(usage)
// for a part without pictures.
nlohmann::ordered_json results(const Model& model, const ReportedPart& part,
                               const PartAnswers& answers);

}  // namespace weft
