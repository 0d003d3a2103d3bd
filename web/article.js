// The article as a page: its figures one by one, what was expected and what came out.
import { h, svg } from "./dom.js";
import { cards } from "./cards.js";
import { curves } from "./curves.js";
import { frame } from "./frame.js";
import { map } from "./map.js";
import { openSheet } from "./sheet.js";
import { count, number, percent, short } from "./text.js";

// A picture as its numbers, each on its own grey.
function matrix({ height, width, values }, name) {
  const side = 24;
  return svg(
    "svg",
    {
      class: "matrix",
      viewBox: `0 0 ${width * side} ${height * side}`,
      role: "img",
      "aria-label": `The first picture, ${name}, as ${height} rows of ${width} numbers from 0 to 255`,
    },
    values.map((value, i) => {
      const x = (i % width) * side,
        y = Math.floor(i / width) * side;
      return [
        svg("rect", { x, y, width: side, height: side, fill: `rgb(${value} ${value} ${value})` }),
        svg(
          "text",
          {
            x: x + side / 2,
            y: y + side / 2,
            dy: "0.35em",
            "text-anchor": "middle",
            class: value > 127 ? "on-light" : "on-dark",
          },
          value,
        ),
      ];
    }),
  );
}

const table = (name, head, rows) =>
  h(
    "div",
    { class: "scrolls", tabindex: 0, role: "region", "aria-label": name },
    h(
      "table",
      { "aria-label": name },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          head.map((text, i) => h("th", { scope: "col", class: i ? "number" : "" }, text)),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map(([first, ...rest]) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, first),
            rest.map((cell) => h("td", { class: "number" }, cell)),
          ),
        ),
      ),
    ),
  );

const digits = (value) => (value === undefined ? "below 1e-6" : String(value));

function learnedXor({ every, error_sums: sums, expected, predictions }) {
  const steps = sums.map((_, i) => i * every),
    far = sums.map((sum) => Math.abs(sum) || null);
  return [
    h(
      "p",
      {},
      "Two inputs, three sigmoid units, one linear output: 50,000 steps over the four cases. " +
        "The sum of their errors, its sign left out:",
    ),
    curves({
      title: "Distance of the summed error from 0",
      description: `From ${far[0]} to ${far.at(-1)}`,
      steps,
      stepName: "step",
      format: (value) => value.toExponential(1),
      tickFormat: (value) => value.toExponential(0),
      series: [{ name: "distance", colour: "val", values: far }],
    }),
    table(
      "Errors of exclusive or",
      ["step", "expected", "got"],
      sums.map((sum, i) => [count(i * every), digits(expected[i]), sum.toPrecision(6)]),
    ),
    h("h3", {}, "Its answers"),
    table(
      "Answers of exclusive or",
      ["in", "should be", "is"],
      ["0, 0", "0, 1", "1, 0", "1, 1"].map((name, i) => [name, [0, 1, 1, 0][i], predictions[i].toFixed(6)]),
    ),
  ];
}

function classifier(runs) {
  const name = ({ scaled }) => (scaled ? "scaled" : "raw");
  const epochs = Math.max(...runs.map((run) => run.epochs)),
    steps = Array.from({ length: epochs }, (_, i) => i + 1);
  const pair = ([train, test]) => [percent(train, 2), percent(test, 2)];
  return [
    h(
      "p",
      {},
      "50 sigmoid units and 10 outputs learn from 48,000 pictures, 12,000 are held out. " +
        "Once the pixels go in as bytes, once every pixel position is scaled to mean 0 and deviation 1. " +
        "The steps are long, so the error never settles: the last epoch is one draw of many.",
    ),
    curves({
      title: "Error by epoch",
      description: runs.map((run) => `${name(run)} ends at ${number(run.error_by_epoch.at(-1))}`).join(", "),
      steps,
      height: 320,
      floor: 0,
      format: (value) => value.toFixed(1),
      tickFormat: count,
      series: runs.map((run) => ({
        name: name(run),
        colour: run.scaled ? "val" : "bad",
        values: steps.map((_, i) => run.error_by_epoch[i] ?? null),
      })),
    }),
    table(
      "Accuracies",
      ["", "training", "held out"],
      runs.flatMap((run) => [
        [`${name(run)}: the article, 300 epochs`, ...pair(run.article)],
        [`${name(run)}: NumPy, float64, 300 epochs`, ...pair(run.numpy)],
        [
          `${name(run)}: here, ${run.epochs} epochs, ${run.seconds.toFixed(1)} s`,
          ...pair([run.train_accuracy, run.test_accuracy]),
        ],
      ]),
    ),
  ];
}

export async function articlePage(data) {
  const { classes, picture, products, softmax, sigmoid, runs, version } = data;
  const sheet = await openSheet(products.sheet);
  const grids = await Promise.all(runs.map(async (run) => [run, await openSheet(run.predictions.sheet)]));
  const label = short(classes[picture.label]);
  const sections = [
    {
      id: "pixels",
      title: "A picture",
      question: "What does a computer see?",
      body: [
        h(
          "p",
          {},
          `The first of ${count(data.count)} pictures, of class ${label}, is ${picture.height} × ${picture.width} bytes:`,
        ),
        matrix(picture, label),
      ],
    },
    {
      id: "products",
      title: "Products",
      question: "What is to be told apart?",
      body: [
        h(
          "ul",
          { class: "products" },
          products.items.map((item) =>
            h(
              "li",
              {},
              sheet.picture(item.place, short(classes[item.label])),
              h("bdi", {}, short(classes[item.label])),
            ),
          ),
        ),
      ],
    },
  ];
  if (data.map)
    sections.push({
      id: "map",
      title: "Map",
      question: "Which classes stand apart, and which overlap?",
      body: [map(data.map, classes)],
    });
  sections.push(
    {
      id: "softmax",
      title: "Softmax",
      question: "How do numbers become probabilities?",
      body: [
        table(
          "Softmax",
          ["of", "expected", "got"],
          softmax.input.map((value, i) => [value, softmax.expected[i].toFixed(8), softmax.got[i].toFixed(8)]),
        ),
      ],
    },
    {
      id: "sigmoid",
      title: "Sigmoid",
      question: "What does a unit answer, and how does its answer move?",
      body: [
        curves({
          title: "The sigmoid 1 / (1 + e⁻ᶻ) and its slope",
          description: "The sigmoid rises from 0 to 1, its slope is largest, a quarter, at 0",
          steps: sigmoid.z,
          stepName: "z",
          continuous: true,
          logarithmic: false,
          format: (value) => value.toFixed(4),
          tickFormat: String,
          series: [
            { name: "sigmoid", colour: "val", values: sigmoid.value },
            { name: "slope", colour: "train", values: sigmoid.slope },
          ],
        }),
      ],
    },
    {
      id: "xor",
      title: "Exclusive or",
      question: "Can a network learn what no single unit can?",
      body: learnedXor(data.xor),
    },
    { id: "classifier", title: "The classifier", question: "Why are pixels scaled?", body: classifier(runs) },
    {
      id: "predictions",
      title: "Predictions",
      question: "What does it take the first held-out pictures for?",
      body: [
        h(
          "p",
          { class: "note" },
          "Blue is right, red is wrong. The article's probabilities are a softmax of sigmoids, so none is above " +
            "23.2\u00a0%; a mark stands below the true class.",
        ),
        grids.map(([run, pictures]) => [
          h("h3", {}, run.scaled ? "On scaled pixels" : "On raw pixels"),
          cards(run.predictions.items, classes, pictures, 0.25),
        ]),
      ],
    },
  );
  frame({ kind: data.heading, title: data.title, subtitle: data.subtitle, sections, version });
}
