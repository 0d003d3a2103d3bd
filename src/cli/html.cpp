#include "cli/html.hpp"

#include <fmt/format.h>

#include "base/base64.hpp"
#include "cli/text.hpp"
#include "image/decode.hpp"
#include "report/page.hpp"

namespace weft::cli {

std::string html_head() {
  return R"(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root { color-scheme: light dark; --ground: #fff; --text: #1a1a1a; --faint: #667; --bar: #2f6fde; --track: #e6e8ee; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #16181d; --text: #e8e8ea; --faint: #9aa; --bar: #6ea0ff; --track: #2b2f38; }
}
body { margin: 2rem auto; max-width: 75rem; padding: 0 1rem; background: var(--ground); color: var(--text);
  font: 1rem/1.45 system-ui, sans-serif; }
h1 { font-size: 1.3rem; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin-top: 2rem; }
.tiles { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; width: 13rem; }
img { width: 13rem; height: 13rem; object-fit: contain; image-rendering: pixelated; background: var(--track); }
.small figure { width: 6.5rem; font-size: .8rem; }
.small img { width: 6.5rem; height: 6.5rem; }
.small { margin-bottom: 1rem; }
img.smooth { image-rendering: auto; }
figcaption, p { color: var(--faint); overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; max-width: 40rem; }
td, th { padding: .2rem .8rem .2rem 0; overflow-wrap: anywhere; text-align: left; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.track { width: 50%; }
.track div { background: var(--track); }
.track div div { background: var(--bar); height: .8rem; }
</style>
)";
}

std::string printable_html(const std::string& text) {
  return html_text(printable(text));
}

// Small pictures keep their pixels, photos are made smooth.
std::string html_figures(const std::vector<Tile>& tiles, bool small) {
  constexpr std::size_t kSmall = 100;
  std::string text = small ? "<div class=\"tiles small\">\n" : "<div class=\"tiles\">\n";
  for (const Tile& tile : tiles) {
    const Picture& picture = tile.picture;
    const bool smooth = picture.height > kSmall || picture.width > kSmall;
    text += fmt::format(
        "<figure><img{} alt=\"\" src=\"data:image/png;base64,{}\"><figcaption>{}</figcaption>"
        "</figure>\n",
        smooth ? " class=\"smooth\"" : "", base64(encode_png(picture)),
        printable_html(tile.caption));
  }
  return text + "</div>\n";
}

}  // namespace weft::cli
