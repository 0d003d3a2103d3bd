#include "cli/see_html.hpp"

#include <fmt/format.h>

#include "cli/html.hpp"

namespace weft::cli {

std::string html_page(const SeePage& page) {
  std::string text = html_head();
  text += fmt::format("<title>{0}</title>\n<h1>{0}</h1>\n<p>{1}</p>\n<table>\n",
                      printable_html(page.title), printable_html(page.answer));
  for (const Bar& bar : page.bars) {
    text += fmt::format(
        "<tr><td>{}<td class=\"number\">{:.2f} %<td class=\"track\"><div><div style=\"width: "
        "{:.2f}%\"></div></div>\n",
        printable_html(bar.label), 100 * bar.share, 100 * bar.share);
  }
  text += "</table>\n<h2>From the photo to the answer</h2>\n" + html_figures(page.tiles) +
          fmt::format("<p>{}</p>\n", printable_html(page.explanation));
  if (!page.nearest.empty()) {
    text += "<h2>The training pictures nearest to it</h2>\n" + html_figures(page.nearest);
  }
  return text + "</html>\n";
}

}  // namespace weft::cli
