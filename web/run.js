// The page of a run, or of a model and data: is it learning, how good is it, what does it confuse, can it be trusted?
import { h } from "./dom.js";
import { cards } from "./cards.js";
import { confusion } from "./confusion.js";
import { curves } from "./curves.js";
import { frame } from "./frame.js";
import { map } from "./map.js";
import { partNote, perClass, scores } from "./quality.js";
import { reliability } from "./reliability.js";
import { command, settingsTable } from "./settings.js";
import { openSheet } from "./sheet.js";
import { number, percent, plural, short } from "./text.js";
import { weights } from "./weights.js";

const last = (values) => values.filter((value) => value !== null).at(-1);

// The four questions, each answered in a sentence.
function answers({ history, results, classes }) {
  const items = [];
  const add = (id, question, answer) =>
    items.push(h("li", {}, h("a", { href: `#${id}` }, question), h("p", {}, answer)));
  if (history) add("learning", "Is it learning?", learning(history));
  if (!results) return h("ul", { class: "answers" }, items);
  add("quality", "How good is it, and how sure are we?", [
    h("strong", {}, percent(results.accuracy, 2)),
    ` of ${plural(results.n, "picture")} are right; with 95 % certainty it is between ${percent(results.accuracy_interval[0])} and ${percent(results.accuracy_interval[1])}.`,
  ]);
  const worst = results.cells.filter(({ truth, answer }) => truth !== answer).sort((a, b) => b.count - a.count)[0];
  add(
    "confusion",
    "Which classes does it confuse?",
    worst
      ? [
          "Most often ",
          h("bdi", {}, short(classes[worst.truth])),
          ", taken for ",
          h("bdi", {}, short(classes[worst.answer])),
          ` ${worst.count} times out of ${results.per_class[worst.truth].support}.`,
        ]
      : "None.",
  );
  const { after, before } = results.reliability;
  add("trust", "Can its probabilities be trusted?", [
    `Said and true differ by ${percent(after.error, 2)} on average`,
    before ? `, ${percent(before.error, 2)} before calibration.` : "; it was not calibrated.",
  ]);
  return h("ul", { class: "answers" }, items);
}

function learning(history) {
  const validation = history.val_accuracy.filter((value) => value !== null),
    n = history.epoch.length;
  if (validation.length === 0) {
    return `The training loss went from ${number(history.train_loss[0])} to ${number(last(history.train_loss))} in ${plural(n, "epoch")}; nothing was held out to check it on.`;
  }
  const best = Math.max(...validation),
    at = history.epoch[history.val_accuracy.indexOf(best)];
  return [
    `Validation went from ${percent(validation[0])} to `,
    h("strong", {}, percent(validation.at(-1))),
    ` in ${plural(n, "epoch")}`,
    at === history.epoch.at(-1) ? ", its best." : `; the best was ${percent(best)} after epoch ${at}.`,
    ` In training it was ${percent(last(history.train_accuracy))}.`,
  ];
}

function learningSection(history) {
  const series = (key) =>
    [
      { name: "training", colour: "train", values: history[`train_${key}`] },
      { name: "validation", colour: "val", values: history[`val_${key}`] },
    ].filter(({ values }) => values.some((value) => value !== null));
  const say = (all, format) => all.map(({ name, values }) => `${name} ends at ${format(last(values))}`).join(", ");
  const loss = series("loss"),
    accuracy = series("accuracy"),
    steps = history.epoch;
  return [
    h(
      "div",
      { class: "charts" },
      curves({
        title: "Accuracy",
        description: say(accuracy, percent),
        steps,
        series: accuracy,
        labelled: true,
        format: (value) => percent(value, 2),
        tickFormat: (value) => percent(value, 0),
      }),
      curves({
        title: "Loss",
        description: say(loss, number),
        steps,
        series: loss,
        labelled: true,
        format: number,
        tickFormat: (value) => String(+value.toPrecision(3)),
      }),
    ),
    curves({
      title: "Learning rate, at the end of each epoch",
      description: "The schedule of the optimizer's steps",
      steps,
      floor: 0,
      logarithmic: false,
      height: 170,
      format: (value) => value.toPrecision(3),
      tickFormat: (value) => String(+value.toPrecision(3)),
      series: [{ name: "learning rate", colour: "rate", values: history.learning_rate }],
    }),
    h(
      "p",
      { class: "note" },
      "Training values are means over an epoch while the weights move, on pictures as they were augmented; " +
        "validation is measured at its end.",
    ),
  ];
}

function reasonsNote(why) {
  if (!why) return null;
  const alike = why.of ? ` Beside that, what is most alike of ${plural(why.of, "training picture")}, as the network sees them, with their classes.` : "";
  return ` Why: red speaks for the answer, blue against it.${alike}`;
}

async function openWhy(why) {
  if (!why) return null;
  const [heat, near] = await Promise.all([openSheet(why.heat), why.near ? openSheet(why.near) : null]);
  return { items: why.items, sheets: { heat, near } };
}

function resultSections(data, sheet, why) {
  const { results, classes } = data,
    pick = (places) => places.map((i) => results.items[i]);
  const { after, before, temperature } = results.reliability;
  const plots = before
    ? [reliability({ title: "Before calibration", ...before }), reliability({ title: "After calibration", ...after })]
    : [reliability({ title: "As the model answers", ...after })];
  return [
    {
      id: "quality",
      title: "How good",
      question: "How good is it, and how sure are we?",
      body: [partNote(results), scores(results, classes.length), perClass(results, classes)],
    },
    {
      id: "confusion",
      title: "Confusions",
      question: "Which classes does it confuse, and with which pictures?",
      body: confusion(results, classes, sheet),
    },
    {
      id: "mistakes",
      title: "Confident mistakes",
      question: "What is it wrong about, and most sure of?",
      body: results.mistakes.length
        ? [
            h("p", { class: "note" }, "Bars are the probabilities of the classes; a mark stands below the true one.", reasonsNote(data.why)),
            cards(pick(results.mistakes), classes, sheet, 1, why),
          ]
        : [h("p", {}, "It made none.")],
    },
    {
      id: "trust",
      title: "Trust",
      question: "Can its probabilities be trusted?",
      body: [
        h(
          "p",
          { class: "note" },
          "Bars show how many answers were right among those given with such a probability; on the diagonal it is as many as said. " +
            "The outlined gap is red where the model was too sure, blue where it was too careful.",
          before ? ` Calibration divides its outputs by ${temperature} (the temperature).` : "",
        ),
        h("div", { class: "charts" }, plots),
      ],
    },
    {
      id: "samples",
      title: "Answers",
      question: "What do its answers look like?",
      body: [
        h(
          "p",
          { class: "note" },
          "Pictures from all over the part, not chosen by their answers: blue is right, red is wrong.",
        ),
        cards(pick(results.samples), classes, sheet),
      ],
    },
  ];
}

export async function runPage(data) {
  const { title, subtitle, history, results, layer, record, repeat, version } = data;
  const sheet = results ? await openSheet(results.sheet) : null,
    why = await openWhy(data.why);
  const sections = [
    {
      id: "answers",
      title: "In short",
      body: [answers(data), results || !data.no_results ? null : h("p", { class: "note" }, data.no_results)],
    },
  ];
  if (history)
    sections.push({ id: "learning", title: "Learning", question: "Is it learning?", body: learningSection(history) });
  if (results) sections.push(...resultSections(data, sheet, why));
  if (data.map)
    sections.push({
      id: "map",
      title: "Map",
      question: "Where do the mistakes lie?",
      body: [map(data.map, data.classes)],
    });
  if (layer) {
    sections.push({
      id: "weights",
      title: "First layer",
      question: "What does its first layer look for?",
      body: [
        h(
          "p",
          { class: "note" },
          `${layer.name}, ${layer.shown} of ${plural(layer.count, "unit")}; ${layer.channels === 3 ? "grey is 0" : "orange is above 0, teal below"}.`,
        ),
        weights(layer),
      ],
    });
  }
  sections.push({
    id: "settings",
    title: "Settings",
    question: "What made it?",
    body: [repeat ? [h("p", {}, "This command repeats it:"), command(repeat)] : null, settingsTable(record)],
  });
  frame({ kind: data.heading, title: short(title, 200), subtitle: short(subtitle, 400), sections, version });
}
