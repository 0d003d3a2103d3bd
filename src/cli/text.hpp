// Names of any script in columns of a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weft::cli {

// UTF-8 as it can be shown: control characters, escape sequences among them, and broken bytes
// become '?'. Names come from files, and a terminal obeys what it is shown.
std::string printable(std::string_view text);

// Columns that a terminal gives to printable text: 2 for wide East Asian characters and pictures, 0
// for marks that combine.
std::size_t columns_of(std::string_view text);

// Exactly `columns` wide: cut with an ellipsis, or filled with spaces behind (or before, for
// fit_right).
std::string fit(std::string_view text, std::size_t columns);
std::string fit_right(std::string_view text, std::size_t columns);

// As fit, but what is cut is the beginning: the end of a path tells more.
std::string fit_end(std::string_view text, std::size_t columns);

// At most `columns` wide: cut in the middle, so that both ends are there.
std::string cut_middle(std::string_view text, std::size_t columns);

// Bytes that are not UTF-8 become U+FFFD; all else stays, control characters too.
std::string valid_utf8(std::string_view text);

// At most `columns` wide, cut with an ellipsis; nothing is filled.
std::string cut(std::string_view text, std::size_t columns);

// The beginning of it, without an ellipsis, at most `columns` wide.
std::string beginning(std::string_view text, std::size_t columns);

// The widest of these names, at most `most`.
std::size_t widest(const std::vector<std::string>& names, std::size_t most);

// Text broken at spaces into lines of at most `columns`; a longer word stands alone.
std::vector<std::string> wrapped(std::string_view text, std::size_t columns);

// A word for a shell: in double quotation marks unless it is plain.
std::string shell_word(std::string_view text);

// A field of a CSV file, in quotation marks where RFC 4180 asks for them.
std::string csv_field(std::string_view text);

}  // namespace weft::cli
