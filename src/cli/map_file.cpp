#include "cli/map_file.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.hpp"
#include "base/file.hpp"
#include "data/csv_rows.hpp"
#include "data/text.hpp"

namespace weft::cli {
namespace {

constexpr std::array kColumns{"index", "x", "y"};

// Where each of the columns is.
std::array<std::size_t, 3> places_in(const std::vector<std::string>& head,
                                     const std::string& file) {
  std::array<std::size_t, 3> places{};
  for (std::size_t c = 0; c < kColumns.size(); ++c) {
    const auto found = std::ranges::find(head, kColumns[c]);
    if (found == head.end()) {
      fail(ErrorCode::bad_input,
           "map: {} has no column \"{}\" in its first row: it needs index, x and y", file,
           kColumns[c]);
    }
    places[c] = static_cast<std::size_t>(found - head.begin());
  }
  return places;
}

}  // namespace

MapFile parse_map(std::span<const std::uint8_t> bytes, const std::string& file, std::size_t count) {
  MapFile map;
  std::vector<std::string> row;
  std::array<std::size_t, 3> places{};
  std::size_t line = 0;
  const auto end_row = [&] {
    if (++line == 1) {
      places = places_in(row, file);
    } else {
      std::array<double, 3> values{};
      for (std::size_t c = 0; c < values.size(); ++c) {
        const auto value = places[c] < row.size() ? number_of(row[places[c]]) : std::nullopt;
        if (!value || !std::isfinite(*value) || std::abs(*value) > 1e30) {
          fail(ErrorCode::bad_input, "map: row {} of {} has no number as {}", line, file,
               kColumns[c]);
        }
        values[c] = *value;
      }
      if (values[0] < 0 || values[0] >= static_cast<double>(count) ||
          values[0] != std::floor(values[0])) {
        fail(ErrorCode::bad_input,
             "map: row {} of {} is of picture {}, but the part has {}, from 0: is it a map of "
             "another part?",
             line, file, values[0], count);
      }
      map.index.push_back(static_cast<std::uint32_t>(values[0]));
      map.x.push_back(static_cast<float>(values[1]));
      map.y.push_back(static_cast<float>(values[2]));
    }
    row.clear();
  };
  read_csv_rows(
      bytes, file, [&](std::string_view field) { row.emplace_back(field); }, end_row);
  if (map.index.empty()) fail(ErrorCode::bad_input, "map: {} holds no points", file);
  return map;
}

MapFile read_map_file(const std::string& file, std::size_t count) {
  return parse_map(read_file(file, std::size_t{256} << 20).span(), file, count);
}

}  // namespace weft::cli
