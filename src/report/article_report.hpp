// The page of the article: its figures, drawn from what came out on this machine.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "article/experiment.hpp"
#include "article/xor.hpp"
#include "weft/data.hpp"

namespace weft {

// A run of the classifier and what it was.
struct ArticleRun {
  bool scaled = true;
  ClassifierResult result;
};

// As a page draws it; docs/reports.md lists what it holds. pictures: Fashion-MNIST's training part.
// map: as_json(MapPoints) of pictures that were held out, or null.
nlohmann::ordered_json article_report(const Dataset& data, const XorResult& learned_xor,
                                      const std::vector<ArticleRun>& runs,
                                      nlohmann::ordered_json map);

}  // namespace weft
