// Values by epoch as lines, to be read off with the pointer or the arrow keys.
import { svg, h } from "./dom.js";
import { axes, chart, kMargin } from "./chart.js";
import { count } from "./text.js";
import { extent, line, scaleLinear, scaleLog } from "./d3.js";

// Names at the lines' ends, moved apart where they would touch.
function endLabels(series, y, inner) {
  const labels = series.map((one) => ({ one, at: y(last(one.values)) })).filter(({ at }) => Number.isFinite(at));
  labels.sort((a, b) => a.at - b.at);
  for (let i = 1; i < labels.length; ++i) labels[i].at = Math.max(labels[i].at, labels[i - 1].at + 15);
  const over = labels.length ? Math.max(0, labels[labels.length - 1].at - inner.bottom) : 0;
  return labels.map(({ one, at }) =>
    svg("text", { class: `end ${one.colour}`, x: inner.right + 8, y: at - over, dy: "0.32em" }, one.name),
  );
}

const last = (values) => values.filter((value) => value !== null).at(-1);

// Of a logarithmic scale powers of ten, or 1, 2 and 5 times them where these are few.
function logTicks(scale) {
  const [low, high] = scale.domain(),
    few = high / low < 200;
  return Object.assign((value) => scale(value), {
    ticks: () =>
      scale.ticks().filter((value) => {
        const mantissa = Math.round(value / 10 ** Math.floor(Math.log10(value) + 1e-9));
        return mantissa === 1 || (few && (mantissa === 2 || mantissa === 5));
      }),
  });
}

function scaleOf(series, inner, floor, logarithmic) {
  const [low, high] = extent(series.flatMap(({ values }) => values));
  const apart = high > low ? [low, high] : [low - Math.abs(low || 1) / 10, high + Math.abs(high || 1) / 10];
  if (low > 0 && (logarithmic ?? high / low > 30))
    return logTicks(scaleLog().domain([low, high]).range([inner.bottom, inner.top]));
  return scaleLinear()
    .domain([floor === undefined ? apart[0] : Math.min(floor, apart[0]), apart[1]])
    .nice(5)
    .range([inner.bottom, inner.top]);
}

// A vertical line that follows the pointer, with the values there in words.
function reading({ picture, place, x, y, inner, steps, series, format, stepName }) {
  const mark = svg(
    "g",
    { class: "reading", visibility: "hidden" },
    svg("line", { y1: inner.top, y2: inner.bottom }),
    series.map(({ colour }) => svg("circle", { class: colour, r: 3.5 })),
  );
  const words = place.querySelector(".words") ?? place.appendChild(h("p", { class: "words", "aria-live": "polite" }));
  let at = steps.length - 1;
  const show = (index) => {
    at = Math.max(0, Math.min(steps.length - 1, index));
    mark.setAttribute("visibility", "visible");
    mark.firstChild.setAttribute("x1", x(steps[at]));
    mark.firstChild.setAttribute("x2", x(steps[at]));
    series.forEach(({ values }, i) => {
      const circle = mark.children[i + 1];
      circle.setAttribute("visibility", values[at] === null ? "hidden" : "inherit");
      circle.setAttribute("cx", x(steps[at]));
      if (values[at] !== null) circle.setAttribute("cy", y(values[at]));
    });
    words.replaceChildren(
      `${stepName} ${steps[at]}: `,
      series
        .filter(({ values }) => values[at] !== null)
        .map(({ name, values }) => `${name} ${format(values[at])}`)
        .join(", "),
    );
  };
  const hide = () => {
    mark.setAttribute("visibility", "hidden");
    words.replaceChildren();
  };
  const nearest = (event) => {
    const box = picture.getBoundingClientRect();
    const value = x.invert((event.clientX - box.left) * (picture.viewBox.baseVal.width / box.width));
    const after = steps.findIndex((step) => step >= value);
    const index = after < 0 ? steps.length - 1 : after;
    show(index > 0 && value - steps[index - 1] < steps[index] - value ? index - 1 : index);
  };
  picture.append(mark);
  picture.setAttribute("tabindex", 0);
  picture.addEventListener("pointermove", nearest);
  picture.addEventListener("pointerleave", hide);
  picture.addEventListener("blur", hide);
  picture.addEventListener("focus", () => picture.matches(":focus-visible") && show(at));
  picture.addEventListener("keydown", (event) => {
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: steps.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    show(to);
  });
}

// steps: rising; whole numbers unless `continuous`. `logarithmic`: y is so; unless said, where values differ thirtyfold.
// `labelled`: with their names at the ends of the lines. series: [{name, colour, values}], a value or null for each of `steps`.
export function curves({
  title,
  description,
  steps,
  series,
  format,
  floor,
  stepName = "epoch",
  continuous = false,
  logarithmic,
  labelled = series.length > 1,
  height = 250,
  tickFormat = format,
}) {
  return chart({
    title,
    description,
    height,
    margin: { ...kMargin, right: labelled ? 82 : kMargin.right },
    table: {
      head: [stepName, ...series.map(({ name }) => name)],
      rows: () =>
        steps.map((step, i) => [step, ...series.map(({ values }) => (values[i] === null ? "–" : format(values[i])))]),
    },
    draw: ({ svg: picture, inner, place }) => {
      const from = steps[0],
        to = steps.length > 1 ? steps.at(-1) : from + 1;
      const x = scaleLinear().domain([from, to]).range([inner.left, inner.right]);
      const y = scaleOf(series, inner, floor, logarithmic);
      const whole = Object.assign((value) => x(value), {
        ticks: (n) => x.ticks(n).filter((value) => continuous || Number.isInteger(value)),
      });
      axes({ svg: picture, inner }, whole, y, { xLabel: stepName, xFormat: count, yFormat: tickFormat, yTicks: 5 });
      const path = line()
        .defined(([, value]) => value !== null)
        .x(([step]) => x(step))
        .y(([, value]) => y(value));
      for (const { colour, values } of series) {
        const points = steps.map((step, i) => [step, values[i]]);
        picture.append(svg("path", { class: `curve ${colour}`, d: path(points) }));
        if (steps.length <= 30 && !continuous) {
          picture.append(
            ...points
              .filter(([, value]) => value !== null)
              .map(([step, value]) => svg("circle", { class: `dot ${colour}`, cx: x(step), cy: y(value), r: 2.5 })),
          );
        }
      }
      if (labelled) picture.append(...endLabels(series, y, inner));
      reading({ picture, place, x, y, inner, steps, series, format, stepName });
    },
  });
}
