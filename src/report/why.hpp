// Why a model answered as it did: what in a picture speaks for the answer, and which training
// pictures its network sees as most alike.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>

#include "weft/data.hpp"
#include "weft/model.hpp"

namespace weft {

// What docs/reports.md lists under "why": an item each of `chosen`, rows of `rows`.
// answers: the classes that the model gave all of `rows`. train: what it was trained on, or null;
// of more than 5,000 pictures those evenly from all over are looked at. Throws as Saliency does.
nlohmann::ordered_json why(const Model& model, const LabelledImages& rows,
                           std::span<const std::uint32_t> chosen, std::span<const Label> answers,
                           const LabelledImages* train, int threads);

}  // namespace weft
