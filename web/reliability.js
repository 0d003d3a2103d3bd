// Can the probabilities be trusted? How often answers are right, by how sure they are.
import { svg } from "./dom.js";
import { axes, chart } from "./chart.js";
import { scaleLinear } from "./d3.js";
import { count, percent } from "./text.js";

// bins: [{count, confidence, accuracy}], equally wide from 0 to 1. Above the diagonal the model is too careful, below it
// too sure.
export function reliability({ title, bins, error }) {
  const all = bins.reduce((sum, bin) => sum + bin.count, 0);
  const kCounts = 56; // height of the drawing of the counts below
  return chart({
    title: `${title}: calibration error ${percent(error, 2)}`,
    description: "Share of right answers by probability in 15 steps, and how many answers there are in each.",
    height: 360,
    table: {
      head: ["probability", "pictures", "mean probability", "right"],
      rows: () =>
        bins.map((bin, i) => [
          `${percent(i / bins.length, 0)} to ${percent((i + 1) / bins.length, 0)}`,
          count(bin.count),
          bin.count ? percent(bin.confidence) : "–",
          bin.count ? percent(bin.accuracy) : "–",
        ]),
    },
    draw: ({ svg: picture, inner }) => {
      const bottom = inner.bottom - kCounts - 18;
      const x = scaleLinear().domain([0, 1]).range([inner.left, inner.right]);
      const y = scaleLinear().domain([0, 1]).range([bottom, inner.top]);
      const n = scaleLinear()
        .domain([0, Math.max(...bins.map((bin) => bin.count))])
        .range([inner.bottom, inner.bottom - kCounts]);
      const none = Object.assign((value) => x(value), { ticks: () => [] });
      axes({ svg: picture, inner: { ...inner, bottom } }, none, y, { yFormat: (value) => percent(value, 0) });
      const wide = (x(1) - x(0)) / bins.length;
      bins.forEach((bin, i) => {
        const left = x(0) + i * wide;
        if (bin.count === 0) return;
        const gap = [y(bin.accuracy), y(bin.confidence)];
        picture.append(
          svg(
            "g",
            {},
            svg(
              "title",
              {},
              `${count(bin.count)} pictures, said ${percent(bin.confidence)}, right ${percent(bin.accuracy)}`,
            ),
            svg("rect", {
              class: "accuracy",
              x: left + 1,
              width: wide - 2,
              y: y(bin.accuracy),
              height: Math.max(bottom - y(bin.accuracy), 0.5),
              opacity: 0.35 + 0.65 * Math.sqrt(bin.count / all),
            }),
            svg("rect", {
              class: bin.accuracy < bin.confidence ? "gap wrong" : "gap right",
              x: left + 1,
              width: wide - 2,
              y: Math.min(...gap),
              height: Math.max(Math.abs(gap[0] - gap[1]), 0.5),
            }),
            svg("rect", {
              class: "counts",
              x: left + 1,
              width: wide - 2,
              y: n(bin.count),
              height: Math.max(inner.bottom - n(bin.count), 1),
            }),
          ),
        );
      });
      picture.append(svg("line", { class: "ideal", x1: x(0), y1: y(0), x2: x(1), y2: y(1) }));
      axes(
        { svg: picture, inner: { ...inner, top: inner.bottom - kCounts } },
        x,
        { ticks: () => [] },
        { xLabel: "probability of the answer", xTicks: 5, xFormat: (value) => percent(value, 0) },
      );
      picture.append(
        svg(
          "text",
          { class: "label", x: inner.left - 8, y: inner.bottom - 4, "text-anchor": "end", "aria-hidden": "true" },
          "count",
        ),
        svg("text", { class: "label", x: inner.left + 6, y: inner.top + 10, "aria-hidden": "true" }, "share right"),
      );
    },
  });
}
