// What is taken for what: a table whose cells open the pictures behind them.
import { h, newId } from "./dom.js";
import { cards } from "./cards.js";
import { count, isolated, percent, plural, short } from "./text.js";

const kMostClasses = 24; // a larger table cannot be read

// The classes of the table: all, or those with the most mistakes, in their order.
function classesShown(names, cells) {
  if (names.length <= kMostClasses) return names.map((_, c) => c);
  const mistakes = names.map(() => 0);
  for (const { truth, answer, count: n } of cells) {
    if (truth !== answer) {
      mistakes[truth] += n;
      mistakes[answer] += n;
    }
  }
  const worst = names.map((_, c) => c).sort((a, b) => mistakes[b] - mistakes[a] || a - b);
  return worst.slice(0, kMostClasses).sort((a, b) => a - b);
}

// Arrows, Home and End move through the table's buttons; one of them is reached by Tab.
function moveByKeys(table) {
  const at = (row, column) => table.querySelector(`[data-row="${row}"][data-column="${column}"]`);
  table.addEventListener("keydown", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const row = Number(button.dataset.row),
      column = Number(button.dataset.column),
      end = Number(table.dataset.classes) - 1;
    const to = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      Home: [row, 0],
      End: [row, end],
    }[event.key];
    if (!to) return;
    event.preventDefault();
    const next = at(...to);
    if (!next) return;
    button.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}

export function confusion(results, names, sheet) {
  const { cells, per_class: perClass } = results;
  const byPair = new Map(cells.map((cell) => [`${cell.truth} ${cell.answer}`, cell]));
  const shown = classesShown(names, cells);
  const panel = h("div", { class: "panel", id: newId("panel"), "aria-live": "polite" });
  const say = (truth, answer, n) =>
    truth === answer
      ? `${plural(n, "picture")} of ${short(names[truth])} taken for what they are`
      : `${plural(n, "picture")} of ${short(names[truth])} taken for ${short(names[answer])}`;

  let pressed = null;
  const open = (truth, answer, button) => {
    pressed?.setAttribute("aria-pressed", "false");
    pressed = button;
    button.setAttribute("aria-pressed", "true");
    const cell = byPair.get(`${truth} ${answer}`) ?? { count: 0, items: [] };
    const some = cell.items.length < cell.count && cell.items.length > 0;
    panel.replaceChildren(
      h(
        "h3",
        {},
        plural(cell.count, "picture"),
        " of ",
        h("bdi", {}, short(names[truth])),
        truth === answer ? " taken for what they are" : [" taken for ", h("bdi", {}, short(names[answer]))],
      ),
      some ? h("p", { class: "note" }, `The ${cell.items.length} with the most decided answers.`) : "",
      cell.count > 0 && cell.items.length === 0
        ? h("p", { class: "note" }, "This page holds no pictures of them.")
        : "",
      cards(
        cell.items.map((i) => results.items[i]),
        names,
        sheet,
      ),
    );
  };

  const buttonFor = (truth, answer, row, column) => {
    const cell = byPair.get(`${truth} ${answer}`);
    const n = cell?.count ?? 0;
    const share = perClass[truth].support ? n / perClass[truth].support : 0;
    // The root, so that a confusion of a few in a hundred can be seen.
    return h(
      "button",
      {
        type: "button",
        class: `cell ${truth === answer ? "right" : "wrong"}${n ? "" : " none"}`,
        "--share": (0.6 * Math.sqrt(share)).toFixed(3),
        "data-row": row,
        "data-column": column,
        tabindex: row === 0 && column === 0 ? 0 : -1,
        "aria-pressed": "false",
        "aria-controls": panel.id,
        "aria-label": say(truth, answer, n),
        title: `${isolated(names[truth])} → ${isolated(names[answer])}: ${count(n)}, ${percent(share)}`,
        onclick: (event) => open(truth, answer, event.currentTarget),
      },
      n ? count(n) : "·",
    );
  };

  const table = h(
    "table",
    {
      class: shown.length > 12 ? "confusion many" : "confusion",
      "aria-label": "Confusion matrix",
      "data-classes": shown.length,
    },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("td", {}),
        shown.map((c) =>
          h("th", { scope: "col" }, h("div", {}, h("bdi", { title: short(names[c], 200) }, short(names[c], 24)))),
        ),
      ),
    ),
    h(
      "tbody",
      {},
      shown.map((truth, row) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, h("bdi", { title: short(names[truth], 200) }, short(names[truth], 40))),
          shown.map((answer, column) => h("td", {}, buttonFor(truth, answer, row, column))),
        ),
      ),
    ),
  );
  moveByKeys(table);
  const large = shown.length < names.length;
  return [
    large ? h("p", { class: "note" }, `Of ${names.length} classes, the ${shown.length} with the most mistakes.`) : null,
    h(
      "p",
      { class: "note" },
      "Rows are true classes, columns the model's answers; a cell opens its pictures. Arrow keys move, Enter opens.",
    ),
    h(
      "div",
      { class: shown.length > 12 ? "stacked" : "beside" },
      h("div", { class: "scrolls", tabindex: 0, role: "region", "aria-label": "Confusion matrix" }, table),
      frequent(cells, names, open),
    ),
    panel,
  ];
}

// The same by size, which also reaches what the table leaves out.
function frequent(cells, names, open) {
  const worst = cells
    .filter(({ truth, answer }) => truth !== answer)
    .sort((a, b) => b.count - a.count)
    .slice(0, 8);
  if (worst.length === 0) return h("p", {}, "Nothing is confused.");
  const largest = worst[0].count;
  return h(
    "div",
    {},
    h("h3", {}, "Most frequent confusions"),
    h(
      "ol",
      { class: "frequent" },
      worst.map(({ truth, answer, count: n }) =>
        h(
          "li",
          {},
          h(
            "button",
            { type: "button", "aria-pressed": "false", onclick: (event) => open(truth, answer, event.currentTarget) },
            h(
              "span",
              { class: "words" },
              h("bdi", {}, short(names[truth])),
              " taken for ",
              h("bdi", {}, short(names[answer])),
            ),
            h("span", { class: "track" }, h("span", { class: "fill", "--share": n / largest })),
            h("span", { class: "number" }, count(n)),
          ),
        ),
      ),
    ),
  );
}
