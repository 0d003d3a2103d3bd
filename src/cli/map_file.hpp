// A map in a file.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace weft::cli {

struct MapFile {
  std::vector<std::uint32_t> index;
  std::vector<float> x, y;
};

// Of CSV the columns index, x and y, whatever others there are, by their names in the first row;
// each index below `count`, coordinates finite. Throws Error(bad_input) with the file and the row.
MapFile parse_map(std::span<const std::uint8_t> bytes, const std::string& file, std::size_t count);
MapFile read_map_file(const std::string& file, std::size_t count);

}  // namespace weft::cli
