// The fields of comma-separated values (RFC 4180), row after row.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace weft {

// Calls field(text) for every field and end_row() after each row; empty lines are none. What they
// throw comes out. `file` names the bytes in errors. Throws Error(bad_input) with the row and the
// column, from 1, where a quotation mark is wrong.
void read_csv_rows(std::span<const std::uint8_t> bytes, const std::string& file,
                   const std::function<void(std::string_view)>& field,
                   const std::function<void()>& end_row);

// The first line, without the mark that some programs begin UTF-8 with.
std::string_view first_csv_line(std::span<const std::uint8_t> bytes);

}  // namespace weft
