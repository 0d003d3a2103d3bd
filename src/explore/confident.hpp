// Probable label errors, by confident learning (Northcutt, Jiang, Chuang: Confident learning:
// estimating uncertainty in dataset labels; Journal of Artificial Intelligence Research 70, 2021).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "weft/tensor.hpp"

namespace weft {

struct LabelErrors {
  // Of each class the mean probability of it over the pictures with that label; NaN where there are
  // none. A picture is confidently of the class that is most probable among those that reach their
  // threshold, of none if no class does; ties go to the lower class.
  std::vector<double> thresholds;
  // Rows: the given class, columns: the one that pictures are confidently of.
  std::vector<std::vector<std::size_t>> joint;
  // The share of all labels that are wrong: 1 - the diagonal of the joint, after each row has been
  // made to sum to the pictures with that label; a row without any counts as right.
  double noise = 0;
  // For each picture: whether it is confidently of another class than the given one, which class
  // it is taken for (then that one, else the most probable), and how well its label fits: half of 1
  // + p(given) - the highest p of another class (normalised margin), 0 to 1.
  std::vector<bool> suspect;
  std::vector<Label> suggested;
  std::vector<double> score;
  std::vector<std::uint32_t> order;  // the pictures, those with the lowest score first

  std::size_t suspects() const;
};

// probabilities: {n, classes}, row-major, of networks that have not seen the picture; given: n,
// below `classes`. Throws Error(usage) when the sizes disagree, a label is out of range or there
// are fewer than two classes.
LabelErrors find_label_errors(std::span<const float> probabilities, std::size_t classes,
                              std::span<const Label> given);

}  // namespace weft
