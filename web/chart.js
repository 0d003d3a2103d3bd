// A frame for charts: as wide as its place, with axes, a description and the numbers behind it.
import { h, svg, newId } from "./dom.js";

export const kMargin = { top: 12, right: 26, bottom: 40, left: 54 };

// Draws at the width that there is, and again when it changes. draw({svg, width, height}) fills the drawing.
export function chart({ title, description, height = 260, margin = kMargin, draw, table }) {
  const id = newId("chart");
  const place = h("div", { class: "drawing" });
  const figure = h(
    "figure",
    { class: "chart" },
    h("figcaption", { id }, title),
    place,
    table ? numbers(title, table) : null,
  );
  let drawn = 0;
  const redraw = () => {
    const width = Math.round(place.clientWidth);
    if (width === 0 || width === drawn) return;
    drawn = width;
    const picture = svg("svg", {
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-label": `${title}. ${description}`,
    });
    const inner = { left: margin.left, right: width - margin.right, top: margin.top, bottom: height - margin.bottom };
    draw({ svg: picture, width, height, inner, place });
    place.replaceChildren(picture, ...[...place.children].filter((child) => child.tagName !== "svg"));
  };
  new ResizeObserver(redraw).observe(place);
  return figure;
}

// The numbers of a drawing as a table that unfolds; rows are made when they are asked for.
function numbers(title, { head, rows }) {
  const details = h("details", { class: "numbers" }, h("summary", {}, "The numbers"));
  details.addEventListener("toggle", () => {
    if (details.children.length > 1) return;
    details.append(
      h(
        "div",
        { class: "scrolls", tabindex: 0, role: "region", "aria-label": `${title}: the numbers` },
        h(
          "table",
          {},
          h(
            "thead",
            {},
            h(
              "tr",
              {},
              head.map((name) => h("th", { scope: "col" }, name)),
            ),
          ),
          h(
            "tbody",
            {},
            rows().map((row) =>
              h(
                "tr",
                {},
                row.map((cell) => h("td", {}, cell)),
              ),
            ),
          ),
        ),
      ),
    );
  });
  return details;
}

// Lines across at the ticks of y with their values, and x below.
export function axes(
  { svg: picture, inner },
  x,
  y,
  { xLabel, yLabel, xTicks = 6, yTicks = 5, xFormat = String, yFormat = String },
) {
  const group = svg("g", { class: "axes", "aria-hidden": "true" });
  for (const value of y.ticks(yTicks)) {
    const at = y(value);
    group.append(
      svg("line", { class: "rule", x1: inner.left, x2: inner.right, y1: at, y2: at }),
      svg("text", { x: inner.left - 8, y: at, dy: "0.32em", "text-anchor": "end" }, yFormat(value)),
    );
  }
  for (const value of x.ticks(xTicks)) {
    group.append(
      svg("line", { class: "tick", x1: x(value), x2: x(value), y1: inner.bottom, y2: inner.bottom + 4 }),
      svg("text", { x: x(value), y: inner.bottom + 17, "text-anchor": "middle" }, xFormat(value)),
    );
  }
  group.append(svg("line", { class: "base", x1: inner.left, x2: inner.right, y1: inner.bottom, y2: inner.bottom }));
  if (xLabel)
    group.append(
      svg(
        "text",
        { class: "label", x: (inner.left + inner.right) / 2, y: inner.bottom + 34, "text-anchor": "middle" },
        xLabel,
      ),
    );
  if (yLabel)
    group.append(svg("text", { class: "label", x: inner.left - 8, y: inner.top - 2, "text-anchor": "end" }, yLabel));
  picture.append(group);
}
