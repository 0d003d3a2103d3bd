// Which classes a data set has.
#pragma once

#include "data/parts.hpp"

namespace weft {

// Turns the labels' texts into classes, checks every label, and sets class_names and numbered. The
// classes are those of the training labels (or of all the data, where it has no parts; of the other
// parts together where there are no training labels), named by `raw.names` where those are enough,
// else as Fashion-MNIST's when the labels are its own. Throws Error(bad_input) naming the label's
// place.
void settle_classes(RawData& raw, Dataset& dataset);

// The names in such a file, one a line. Throws Error(bad_input) for an empty line between others
// and for a name that stands twice.
std::vector<std::string> parse_class_names(std::span<const std::uint8_t> bytes,
                                           const std::string& file);

}  // namespace weft
