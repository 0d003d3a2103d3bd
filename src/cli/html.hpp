// What pages of HTML share: their looks, text made safe, pictures within the page. A page needs no
// other file and no script, is light or dark as the browser is, and is read alike on a phone.
#pragma once

#include <string>
#include <vector>

#include "cli/terminal_picture.hpp"

namespace weft::cli {

// From the doctype to the style sheet.
std::string html_head();

// As printable, without what HTML would take for its own.
std::string printable_html(const std::string& text);

// Pictures beside each other, their captions under them;
// `small` makes them half as large.
std::string html_figures(const std::vector<Tile>& tiles, bool small = false);

}  // namespace weft::cli
