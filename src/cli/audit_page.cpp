#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "cli/audit_findings.hpp"
#include "cli/console.hpp"
#include "cli/html.hpp"
#include "explore/drawing.hpp"

namespace weft::cli {
namespace {

constexpr std::size_t kLabels = 200, kOthers = 60;  // pictures shown of a kind

// The first channel alone where there are neither one nor three.
Picture picture_at(const Findings& findings, std::uint32_t picture) {
  const PlaceInData place = place_of(findings.data, picture);
  const Shape& all = place.rows.images.shape();
  const std::size_t size = place.rows.images.row_elements();
  const auto pixels = place.rows.images.as<std::uint8_t>().subspan(place.index * size, size);
  if (all[1] == 1 || all[1] == 3) return picture_of(pixels, {all[1], all[2], all[3]});
  return picture_of(pixels.first(all[2] * all[3]), {1, all[2], all[3]});
}

// "17" of the training part, else "test 17", and the photo's file.
std::string name_at(const Findings& findings, std::uint32_t picture) {
  const PlaceInData place = place_of(findings.data, picture);
  std::string name = picture < findings.train_size() ? "" : fmt::format("{} ", place.part);
  name += fmt::format("{}", place.index);
  if (!place.rows.files.empty()) name += " " + place.rows.files[place.index];
  return name;
}

std::string given_at(const Findings& findings, std::uint32_t picture) {
  const PlaceInData place = place_of(findings.data, picture);
  return place.rows.labels.empty() ? "" : findings.class_of(place.rows.labels[place.index]);
}

Tile plain_tile(const Findings& findings, std::uint32_t picture, const std::string& more = "") {
  const std::string given = given_at(findings, picture);
  std::string caption = name_at(findings, picture);
  if (!given.empty()) caption += ": " + given;
  if (!more.empty()) caption += ", " + more;
  return {picture_at(findings, picture), caption};
}

std::string section(const std::string& heading, std::size_t all, std::size_t shown,
                    const std::string& explanation) {
  const std::string part = shown < all ? fmt::format(", the first {} shown", count_of(shown)) : "";
  return fmt::format("<h2>{}: {}{}</h2>\n<p>{}</p>\n", printable_html(heading), count_of(all), part,
                     printable_html(explanation));
}

std::string label_section(const Findings& findings) {
  const LabelErrors& labels = findings.labels;
  std::vector<Tile> tiles;
  for (const std::uint32_t i : labels.order) {
    if (tiles.size() == kLabels) break;
    if (!labels.suspect[i]) continue;
    tiles.push_back({picture_at(findings, i),
                     fmt::format("{}: given {}, looks like {} ({:.3f})", name_at(findings, i),
                                 given_at(findings, i), findings.class_of(labels.suggested[i]),
                                 labels.score[i])});
  }
  return section("Labels that look wrong", labels.suspects(), tiles.size(),
                 "Networks that had not seen the picture are sure of another class. Behind each "
                 "how well its label fits, 0 to 1; the worst come first.") +
         html_figures(tiles, true);
}

// Which classes are given in place of which, the most frequent first.
std::string confusion_section(const Findings& findings) {
  constexpr std::size_t kRows = 12;
  struct Pair {
    std::size_t count, given, suggested;
  };
  std::vector<Pair> pairs;
  for (std::size_t given = 0; given < findings.labels.joint.size(); ++given) {
    for (std::size_t other = 0; other < findings.labels.joint.size(); ++other) {
      const std::size_t count = findings.labels.joint[given][other];
      if (given != other && count > 0) pairs.push_back({count, given, other});
    }
  }
  if (pairs.empty()) return "";
  std::ranges::stable_sort(pairs, std::greater{}, &Pair::count);
  std::string text = "<table>\n<tr><th>given<th>looks like<th class=\"number\">pictures\n";
  for (std::size_t i = 0; i < std::min(kRows, pairs.size()); ++i) {
    text += fmt::format("<tr><td>{}<td>{}<td class=\"number\">{}\n",
                        printable_html(findings.data.class_names[pairs[i].given]),
                        printable_html(findings.data.class_names[pairs[i].suggested]),
                        count_of(pairs[i].count));
  }
  return text + "</table>\n";
}

std::string copies_section(const Findings& findings) {
  std::vector<Tile> tiles;
  for (const Copy& copy : findings.copies) {
    if (tiles.size() >= 2 * kOthers) break;
    tiles.push_back(plain_tile(findings, copy.first));
    tiles.push_back(plain_tile(findings, copy.second,
                               copy.exact ? "equal" : fmt::format("{:.4f} like", copy.likeness)));
  }
  return section("Pictures that are there twice", findings.copies.size(), tiles.size() / 2,
                 "Pairs, one behind the other: equal, or moved by at most a pixel, brighter or "
                 "darker. Those in two parts make a test say too much.") +
         html_figures(tiles, true);
}

std::string list_section(const Findings& findings, const std::string& heading,
                         const std::vector<std::uint32_t>& pictures, const std::string& why) {
  std::vector<Tile> tiles;
  for (std::size_t i = 0; i < std::min(kOthers, pictures.size()); ++i) {
    const Defect defect = findings.defects[pictures[i]];
    tiles.push_back(
        plain_tile(findings, pictures[i], defect == Defect::none ? "" : name_of(defect)));
  }
  return section(heading, pictures.size(), tiles.size(), why) + html_figures(tiles, true);
}

}  // namespace

std::string audit_page(const Findings& findings) {
  std::vector<std::uint32_t> defects;
  for (std::uint32_t i = 0; i < findings.defects.size(); ++i) {
    if (findings.defects[i] != Defect::none) defects.push_back(i);
  }
  std::string text = html_head();
  text += fmt::format("<title>Audit of {0}</title>\n<h1>Audit of {0}</h1>\n",
                      printable_html(findings.data.name));
  text += fmt::format(
      "<p>{} training pictures; {} of their labels are what networks say that had not seen the "
      "picture ({} folds). About {} of the labels may be wrong.</p>\n",
      count_of(findings.train_size()), percent(findings.agreement), findings.folds,
      percent(findings.labels.noise));
  for (const std::string& warning : findings.data.warnings) {
    text += fmt::format("<p>{}</p>\n", printable_html(warning));
  }
  text += label_section(findings) + confusion_section(findings) + copies_section(findings);
  text += list_section(findings, "Blank or cut off", defects,
                       "Of one colour, or ending in rows of one that is not the background.");
  text += list_section(findings, "Unlike all others", findings.far,
                       "Far from the nearest of the others, by their coarse light and dark.");
  text += list_section(findings, "Least decided", findings.undecided,
                       "The networks' answers come nearest to all classes being equally likely: "
                       "what is of none of them is among these.");
  return text + "</html>\n";
}

}  // namespace weft::cli
