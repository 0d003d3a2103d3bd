// The classes of a data set and of a model, brought together by name, never by position.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "weft/data.hpp"
#include "weft/model.hpp"

namespace weft::cli {

struct ClassMatch {
  // For each class of the data the model's class; nothing for one that the model does not know.
  std::vector<std::optional<Label>> to_model;
  bool by_number = false;  // the data has only numbers, and they were taken as the model's
};

// By name; but data that has only numbers for a model whose classes have names is taken by number,
// when the model has as many classes.
ClassMatch match_classes(const Model& model, const Dataset& data);

// The labels as the model's classes; says so on standard error when they were matched by number.
// Throws Error(bad_input) with the names that the model does not know.
std::vector<Label> labels_for(const Model& model, const Dataset& data,
                              const std::vector<Label>& labels);

// The names of the data's classes, as the model has them where it knows them.
std::vector<std::string> names_for(const Model& model, const Dataset& data);

}  // namespace weft::cli
