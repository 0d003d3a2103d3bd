// A model's answers to some pictures, and the ways to write them down.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "weft/predictor.hpp"
#include "weft/tensor.hpp"

namespace weft::cli {

// The `count` most probable classes, best first; ties go to the lower class.
std::vector<std::size_t> best_of(std::span<const float> probabilities, std::size_t count);

// The double that prints with as few digits as the float.
double few_digits(float value);

struct Answers {
  std::vector<std::string> class_names;  // in the order of the probabilities
  std::vector<std::uint32_t> index;      // of each picture, in the data
  Predictions predictions;               // of each picture
  // The names of the given classes, one each; empty where the data has none.
  std::vector<std::string> given = {};
  // Where sets of a coverage are asked for: the classes of each, most probable first.
  std::optional<double> coverage = {};
  std::vector<std::vector<std::size_t>> sets = {};

  std::size_t size() const { return index.size(); }
  std::span<const float> row(std::size_t i) const;
  std::vector<std::size_t> best(std::size_t i, std::size_t count) const;
  const std::string& label(std::size_t i) const;  // the most probable class
  bool right(std::size_t i) const;                // is it the given one, or is none given?
  bool in_set(std::size_t i) const;               // likewise of its set
  // Throws what Predictor::prediction_set does.
  void add_sets(const Predictor& predictor, double asked);
};

// A set of classes: "Shirt or Coat" for people; a JSON array of names as a field of a CSV file;
// [{"label", "probability"}] in JSON.
std::string set_text(const std::vector<std::size_t>& set, const std::vector<std::string>& names);
std::string set_field(const std::vector<std::size_t>& set, const std::vector<std::string>& names);
nlohmann::ordered_json classes_json(const std::vector<std::size_t>& classes,
                                    const std::vector<std::string>& names,
                                    std::span<const float> probabilities);
// How probable it is that one of them is right.
double probability_of(const std::vector<std::size_t>& set, std::span<const float> probabilities);

// `index,label,probability` and then one column a class, then `set` where there are sets; with
// `with_given` a column `given` behind the index. `file` "-" is standard output; any other is
// written whole or not at all.
void write_csv(const std::string& file, const Answers& answers, bool with_given);

// One JSON object a line on standard output: index, label, probability, none_of_these, coverage and
// set where there are sets, and `top` classes.
void print_json_lines(const Answers& answers, const Predictor& predictor, std::size_t top);

// The first rows, for people.
void print_table(const Answers& answers);

}  // namespace weft::cli
