// The page of a data set: what is in it, how much of each class, what stands in it twice, and how it lies.
import { h } from "./dom.js";
import { frame } from "./frame.js";
import { map } from "./map.js";
import { openSheet } from "./sheet.js";
import { count, plural, short } from "./text.js";

const name = (text, most = 60) => h("bdi", { title: short(text, 200) }, short(text, most));

function counts(parts, classes) {
  const largest = Math.max(1, ...parts.flatMap(({ per_class: n }) => n));
  return h(
    "div",
    { class: "scrolls", tabindex: 0, role: "region", "aria-label": "Pictures of each class" },
    h(
      "table",
      { class: "counts-table", "aria-label": "Pictures of each class" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, "class"),
          parts.map(({ name: part }) => h("th", { scope: "col", colspan: 2 }, part)),
        ),
      ),
      h(
        "tbody",
        {},
        classes.map((label, c) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, name(label)),
            parts.map(({ per_class: n }) => [
              h("td", { class: "number" }, count(n[c])),
              h(
                "td",
                { class: "bar", "aria-hidden": "true" },
                h("span", { class: "track" }, h("span", { class: "fill plain", "--share": n[c] / largest })),
              ),
            ]),
          ),
        ),
      ),
      h(
        "tfoot",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "row" }, "all"),
          parts.map((part) => [h("td", { class: "number" }, count(part.count)), h("td", {})]),
        ),
      ),
    ),
  );
}

function rows({ samples, means }, classes, sheet, meanSheet) {
  return h(
    "div",
    { class: "class-rows" },
    classes.map((label, c) =>
      h(
        "section",
        { class: "class-row", "aria-label": short(label) },
        h("h3", {}, name(label)),
        h(
          "div",
          { class: "strip" },
          means[c] === null ? null : h("figure", {}, meanSheet.picture(means[c], `mean of ${short(label)}`)),
          samples[c].map((place) => sheet.picture(place, short(label))),
        ),
      ),
    ),
  );
}

// What was found, in a sentence.
function found({ total, equal, labels_differ: differ, first, second }) {
  if (total === 0) return `No picture of ${second} is in ${first} too, or looks nearly like one there.`;
  const alike = total - equal;
  return [
    h("strong", {}, equal === 0 ? "None" : count(equal)),
    ` of ${second} ${equal > 1 ? "are" : "is"} in ${first} to the byte`,
    alike > 0 ? `, ${count(alike)} ${equal ? "more look" : alike === 1 ? "looks" : "look"} nearly like one there` : "",
    differ ? `; ${plural(differ, "pair")} of different classes.` : ".",
  ];
}

function twins({ pairs, total }, classes, sheet) {
  const one = ({ part, index, label, file, place }) =>
    h(
      "figure",
      {},
      sheet.picture(place, `${short(classes[label] ?? "")}, ${part} ${index}`),
      h(
        "figcaption",
        {},
        label === null ? "" : name(classes[label], 40),
        h("span", { class: "where" }, `${part} `, file ? h("bdi", {}, short(file, 120)) : `No. ${count(index)}`),
      ),
    );
  return [
    pairs.length < total ? h("p", { class: "note" }, `The first ${pairs.length} of ${count(total)}.`) : null,
    h(
      "ul",
      { class: "twins" },
      pairs.map(({ first, second, equal }) =>
        h(
          "li",
          { class: first.label !== second.label ? "differ" : "" },
          one(first),
          one(second),
          equal ? h("p", { class: "where" }, "equal to the byte") : null,
        ),
      ),
    ),
  ];
}

export async function dataPage(data) {
  const { title, subtitle, classes, parts, pictures, duplicates, version } = data;
  const sheet = await openSheet(pictures.sheet),
    meanSheet = await openSheet(pictures.mean_sheet);
  const all = parts.reduce((sum, part) => sum + part.count, 0);
  const sums = classes.map((_, c) => parts.reduce((sum, part) => sum + part.per_class[c], 0));
  const least = Math.min(...sums),
    most = Math.max(...sums),
    at = (n) => classes[sums.indexOf(n)];
  const sections = [
    {
      id: "answers",
      title: "In short",
      body: [
        h(
          "ul",
          { class: "answers" },
          h(
            "li",
            {},
            h("a", { href: "#counts" }, "How much is there?"),
            h(
              "p",
              {},
              h("strong", {}, plural(all, "picture")),
              ` in ${plural(classes.length, "class", "classes")} and ${plural(parts.length, "part")}, ${data.size}.`,
            ),
          ),
          h(
            "li",
            {},
            h("a", { href: "#counts" }, "Is it even?"),
            h(
              "p",
              {},
              least === most
                ? "Every class has the same number."
                : [
                    "From ",
                    count(least),
                    " (",
                    name(at(least), 40),
                    ") to ",
                    count(most),
                    " (",
                    name(at(most), 40),
                    ") a class.",
                  ],
            ),
          ),
          duplicates
            ? h(
                "li",
                {},
                h("a", { href: "#duplicates" }, "Does anything stand in it twice?"),
                h("p", {}, found(duplicates)),
              )
            : null,
        ),
      ],
    },
    {
      id: "counts",
      title: "Counts",
      question: "How much is there of each class, in each part?",
      body: [counts(parts, classes)],
    },
    {
      id: "classes",
      title: "Classes",
      question: "What do they look like?",
      body: [
        h("p", { class: "note" }, "Apart, in front: the mean of all pictures of the class."),
        rows(pictures, classes, sheet, meanSheet),
      ],
    },
  ];
  if (duplicates && duplicates.total > 0) {
    sections.push({
      id: "duplicates",
      title: "Duplicates",
      question: `Which pictures of ${duplicates.second} are in ${duplicates.first} too, or look nearly like one there?`,
      body: [
        h(
          "p",
          { class: "note" },
          "What a model is measured on says little of new pictures where it has learned from the same ones. " +
            "Nearly alike are those that are moved by a pixel at most, or lighter or darker, and else the same. " +
            "Framed in red: the two have different labels.",
        ),
        twins(duplicates, classes, await openSheet(duplicates.sheet)),
      ],
    });
  }
  if (data.map) {
    sections.push({
      id: "map",
      title: "Map",
      question: "Which classes stand apart, and which run into one another?",
      body: [
        h(
          "p",
          { class: "note" },
          `${plural(data.map.x.length, "picture")}; near one another are those that are alike. Drag to move, turn the wheel to zoom, click to pin.`,
        ),
        map(data.map, classes),
      ],
    });
  }
  frame({ kind: data.heading, title: short(title, 200), subtitle: short(subtitle, 400), sections, version });
}
