// A picture with what the model takes it for: the probabilities as bars, blue when right, red when wrong.
import { h, svg } from "./dom.js";
import { isolated, percent, short } from "./text.js";

const kBars = { width: 104, height: 84 },
  kBase = 76;

// Every class, or the most probable where there are many; the answer in colour, a mark below the true class.
function bars({ probabilities, truth, answer }, names, full) {
  const step = kBars.width / probabilities.length;
  const bar = ([c, p]) => {
    const kind = c === answer ? (c === truth ? "right" : "wrong") : c === truth ? "truth" : "other";
    return [kind, Math.max((p / full) * (kBase - 2), 1)];
  };
  return svg(
    "svg",
    { class: "bars", viewBox: `0 0 ${kBars.width} ${kBars.height}`, "aria-hidden": "true" },
    probabilities.map(([c, p], i) => {
      const [kind, tall] = bar([c, p]);
      return svg(
        "g",
        {},
        svg("title", {}, `${isolated(names[c])} ${percent(p)}`),
        svg("rect", { class: "track", x: i * step, y: 0, width: step, height: kBars.height }),
        c === truth ? svg("path", { class: "true", d: `M${(i + 0.5) * step} ${kBase + 2}l4 5h-8z` }) : null,
        svg("rect", { class: kind, x: i * step + 1, y: kBase - tall, width: Math.max(step - 2, 1), height: tall }),
      );
    }),
    svg("line", { class: "base", x1: 0, x2: kBars.width, y1: kBase, y2: kBase }),
  );
}

function describe(item, names) {
  const verdict = item.truth === item.answer ? "right" : "wrong";
  return `${short(names[item.truth])}, taken for ${short(names[item.answer])} with ${percent(item.probability)}: ${verdict}`;
}

// What spoke for the answer, and what the network has learned from that it sees as most alike.
function reasons({ heat, near = [] }, item, names, sheets) {
  const shown = (picture, under) => h("figure", {}, picture, h("figcaption", {}, under));
  return h(
    "div",
    { class: "why" },
    heat === undefined
      ? null
      : shown(sheets.heat.picture(heat, `What speaks for ${short(names[item.answer])} is red, what against it blue`), "why"),
    near.map(({ place, label }) =>
      shown(
        sheets.near.picture(place, `Alike in training: ${short(names[label])}`),
        h("bdi", { title: short(names[label], 200) }, short(names[label], 60)),
      ),
    ),
  );
}

export function card(item, names, sheet, full, why) {
  const right = item.truth === item.answer;
  return h(
    "li",
    { class: `card ${right ? "is-right" : "is-wrong"}` },
    h("div", { class: "pair" }, sheet.picture(item.place, describe(item, names)), bars(item, names, full)),
    h(
      "p",
      { class: "said" },
      h("bdi", { class: "name" }, short(names[item.answer], 60)),
      " ",
      h("span", { class: "number" }, percent(item.probability)),
    ),
    h("p", { class: "is" }, right ? "right" : ["is ", h("bdi", { class: "name" }, short(names[item.truth], 60))]),
    why ? reasons(why.item, item, names, why.sheets) : null,
    h("p", { class: "where" }, item.file ? h("bdi", { class: "file" }, short(item.file, 200)) : `No. ${item.index}`),
  );
}

// full: the probability whose bar is as high as there is room. why: of each item, where that is known.
export const cards = (items, names, sheet, full = 1, why = null) =>
  h(
    "ul",
    { class: "cards" },
    items.map((item, i) => card(item, names, sheet, full, why && { item: why.items[i], sheets: why.sheets })),
  );
