// How good is it, and how sure are we: the accuracy with its interval, and every class.
import { h } from "./dom.js";
import { count, number, percent, plural, short } from "./text.js";

// An interval on a scale from `from` to 1, as an element of its own width.
function whisker(value, [low, high], from) {
  const at = (x) => `${(100 * Math.max(0, (x - from) / (1 - from))).toFixed(2)}%`;
  return h(
    "span",
    { class: "whisker", "aria-hidden": "true", "--low": at(low), "--high": at(high), "--at": at(value) },
    h("i", {}),
    h("b", {}),
  );
}

export function perClass(results, names) {
  const { per_class: classes, macro_average: macro, weighted_average: weighted } = results;
  const lowest = Math.min(...classes.filter((one) => one.support).map((one) => one.recall_interval[0]));
  const from = Math.max(0, Math.floor(10 * lowest) / 10 - 0.0001);
  const cells = (one) =>
    [one.precision, one.recall, one.f1].map((value) => h("td", { class: "number" }, percent(value)));
  const order = classes.map((one, c) => ({ ...one, c }));
  const note = `Precision: how many of its answers are right. Recall: how many of its pictures are found, with 95\u00a0% intervals, drawn from ${percent(from, 0)} to 100\u00a0%.`;
  return [
    h("p", { class: "note" }, note),
    h(
      "div",
      {
        class: classes.length > 24 ? "scrolls long" : "scrolls",
        tabindex: 0,
        role: "region",
        "aria-label": "Every class",
      },
      h(
        "table",
        { class: "classes", "aria-label": "Every class" },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ["class", "precision", "recall", "F1"].map((name) => h("th", { scope: "col" }, name)),
            h("th", { scope: "col", class: "wide" }, "recall, 95 %"),
            h("th", { scope: "col" }, "pictures"),
          ),
        ),
        h(
          "tbody",
          {},
          order.map((one) =>
            h(
              "tr",
              {},
              h("th", { scope: "row" }, h("bdi", { title: short(names[one.c], 200) }, short(names[one.c], 60))),
              one.support ? cells(one) : [1, 2, 3].map(() => h("td", { class: "number" }, "–")),
              h(
                "td",
                {
                  class: "wide",
                  title: one.support ? one.recall_interval.map((value) => percent(value)).join(" to ") : "",
                },
                one.support ? whisker(one.recall, one.recall_interval, from) : "",
              ),
              h("td", { class: "number" }, count(one.support)),
            ),
          ),
        ),
        h(
          "tfoot",
          {},
          [
            ["mean of the classes", macro],
            ["weighted by pictures", weighted],
          ].map(([name, one]) =>
            h(
              "tr",
              {},
              h("th", { scope: "row" }, name),
              cells(one),
              h("td", { class: "wide" }),
              h("td", { class: "number" }, count(results.n)),
            ),
          ),
        ),
      ),
    ),
  ];
}

// How many classes: of three or fewer the first three say nothing.
export function scores(results, classes) {
  const entries = [
    [
      "Accuracy",
      percent(results.accuracy, 2),
      `95\u00a0% interval ${percent(results.accuracy_interval[0], 2)} to ${percent(results.accuracy_interval[1], 2)}`,
    ],
    ...(classes > 3 ? [["Among the first three", percent(results.top3_accuracy, 2), "the true class is"]] : []),
    ["Log loss", number(results.log_loss), "0 is perfect"],
    ["Brier score", number(results.brier_score), "0 to 2, 0 is perfect"],
    ["Calibration error", percent(results.calibration_error, 2), "between said and true, 15 steps"],
  ];
  return h(
    "dl",
    { class: "scores" },
    entries.map(([name, value, note]) =>
      h("div", {}, h("dt", {}, name), h("dd", {}, h("strong", {}, value), h("span", { class: "note" }, note))),
    ),
  );
}

export const partNote = ({ part, n }) =>
  h("p", { class: "note" }, `Measured on ${plural(n, "picture")}: ${short(part.why, 200)}.`);
