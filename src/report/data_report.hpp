// The page of a data set.
#pragma once

#include <nlohmann/json.hpp>

#include "weft/data.hpp"

namespace weft {

// As a page draws it; docs/reports.md lists what it holds. Of a labelled data set: all its parts
// are counted, the classes are shown by the first part, pictures of the val and test parts that the
// training part has too, or nearly so, are found, as find_copies does. map: as_json(MapPoints), or
// null. threads: 0 for all processors. Throws Error(bad_input) for data without labels.
nlohmann::ordered_json data_report(const Dataset& data, nlohmann::ordered_json map,
                                   int threads = 0);

}  // namespace weft
