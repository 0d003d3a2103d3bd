// A map of pictures: alike ones lie together. It can be moved, asked, filtered and taken away.
import { colour, h, newId, onTheme } from "./dom.js";
import { saveCsv, savePng } from "./map_export.js";
import { mapView } from "./map_view.js";
import { openSheet } from "./sheet.js";
import { count, isolated, plural, short } from "./text.js";

// Pictures in several sheets, each opened when one of it is first asked for.
function library(pictures) {
  const opened = new Map();
  return async (place) => {
    const which = Math.floor(place / pictures.per_sheet);
    if (!opened.has(which)) opened.set(which, openSheet(pictures.sheets[which]));
    return (await opened.get(which)).picture(place % pictures.per_sheet, "");
  };
}

function facts(points, names, i) {
  const answer = points.answer?.[i],
    label = points.label[i];
  return [
    h("strong", {}, h("bdi", {}, short(names[label], 60))),
    answer !== undefined && answer !== label
      ? h("span", {}, "taken for ", h("bdi", {}, short(names[answer], 60)))
      : null,
    h(
      "span",
      { class: "where" },
      points.files ? short(points.files[i], 200) : `No. ${points.index ? points.index[i] : i}`,
    ),
  ];
}

// points: {x, y, label}, and where there are: index, files, answer (the model's class), suspects (positions whose label
// may be wrong), pictures {per_sheet, sheets}, whose places are the points' positions.
export function map(points, names) {
  const canvas = h("canvas", {
    class: "map",
    tabindex: 0,
    role: "img",
    "aria-label": `Map of ${plural(points.x.length, "picture")}. Arrow keys move it, plus and minus zoom, 0 shows all, Enter pins the picture in the middle.`,
  });
  const tip = h("div", { class: "tip", hidden: true }),
    pinned = h("ul", { class: "pinned", "aria-live": "polite", "aria-label": "Pinned pictures" });
  const pictureOf = points.pictures ? library(points.pictures) : null;
  const view = mapView(canvas, points, names.length);
  const suspects = new Set(points.suspects ?? []);
  const on = names.map(() => true);
  let lit = "none";

  const isLit = (i) => lit === "none" || (lit === "mistakes" ? points.answer[i] !== points.label[i] : suspects.has(i));
  const show = () => view.show((i) => (on[points.label[i]] ? (isLit(i) ? 0.9 : 0.08) : 0));

  let hovered = -1;
  async function hover(i, x, y) {
    if (i === hovered) return;
    hovered = i;
    view.ringAt(i);
    tip.hidden = i < 0;
    if (i < 0) return;
    tip.replaceChildren(...facts(points, names, i).filter(Boolean));
    tip.style.setProperty("--x", `${x}px`);
    tip.style.setProperty("--y", `${y}px`);
    if (!pictureOf) return;
    const picture = await pictureOf(i);
    if (hovered === i) tip.prepend(picture);
  }
  async function pin(i) {
    if (i < 0) return;
    const item = h(
      "li",
      {},
      facts(points, names, i),
      h("button", { type: "button", "aria-label": "Remove", onclick: () => item.remove() }, "×"),
    );
    if (pictureOf) item.prepend(await pictureOf(i));
    pinned.prepend(item);
  }
  listen(canvas, view, { hover, pin });
  new ResizeObserver(() => hover(-1)).observe(canvas); // what the tip stood at has moved

  const legend = names.map((name, c) => {
    const box = h("input", {
      type: "checkbox",
      checked: true,
      onchange: () => {
        on[c] = box.checked;
        show();
      },
    });
    const dot = h("span", { class: "dot" });
    return {
      box,
      dot,
      element: h(
        "label",
        {},
        box,
        dot,
        h("bdi", { title: short(name, 200) }, short(name, 40)),
        h("span", { class: "number" }, count(points.label.reduce((n, l) => n + (l === c ? 1 : 0), 0))),
      ),
    };
  });
  const all = (value) => () => {
    legend.forEach(({ box }, c) => {
      box.checked = value;
      on[c] = value;
    });
    show();
  };
  onTheme(() => {
    view.recolour(matchMedia("(prefers-color-scheme: dark)").matches && !matchMedia("print").matches);
    legend.forEach(({ dot }, c) => dot.style.setProperty("--colour", view.colourOf(c)));
  });

  const button = (name, onclick, label) => h("button", { type: "button", onclick, "aria-label": label }, name);
  const tools = h(
    "div",
    { class: "tools" },
    button("+", () => view.zoom(1.5), "Zoom in"),
    button("−", () => view.zoom(1 / 1.5), "Zoom out"),
    button("All of it", view.reset),
    button(
      "PNG",
      () =>
        savePng(
          canvas,
          names.map((name, c) => ({ name: isolated(name, 24), colour: view.colourOf(c) })),
          { ground: colour("ground"), ink: colour("ink") },
        ),
      "Save as PNG",
    ),
    button("CSV", () => saveCsv(points, names), "Save as CSV"),
  );
  const choices = [
    ["none", "all alike"],
    ...(points.answer ? [["mistakes", "mistakes"]] : []),
    ...(points.suspects ? [["suspects", "suspect labels"]] : []),
  ];
  const group = newId("lit");
  const lights =
    choices.length > 1
      ? h(
          "fieldset",
          { class: "lights" },
          h("legend", {}, "Lit"),
          choices.map(([key, name]) =>
            h(
              "label",
              {},
              h("input", {
                type: "radio",
                name: group,
                value: key,
                checked: key === lit,
                onchange: () => {
                  lit = key;
                  show();
                },
              }),
              name,
            ),
          ),
        )
      : null;
  return h(
    "div",
    { class: "map-frame" },
    h("div", { class: "map-place" }, canvas, tip, tools),
    h(
      "div",
      { class: "map-side" },
      lights,
      h(
        "fieldset",
        { class: "legend" },
        h("legend", {}, "Classes"),
        h("p", {}, button("all", all(true)), button("none", all(false))),
        legend.map(({ element }) => element),
      ),
    ),
    pinned,
  );
}

// The pointer, the wheel and the keys.
function listen(canvas, view, { hover, pin }) {
  let from = null,
    moved = 0;
  const placeOf = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    from = placeOf(event);
    moved = 0;
  });
  canvas.addEventListener("pointermove", (event) => {
    const [x, y] = placeOf(event);
    if (!from) return hover(view.at(x, y), x, y);
    moved += Math.abs(x - from[0]) + Math.abs(y - from[1]);
    hover(-1);
    view.pan(x - from[0], y - from[1]);
    from = [x, y];
  });
  canvas.addEventListener("pointerup", (event) => {
    if (from && moved < 4) pin(view.at(...placeOf(event)));
    from = null;
  });
  canvas.addEventListener("pointercancel", () => {
    from = null;
  });
  canvas.addEventListener("pointerleave", () => hover(-1));
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      view.zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.002)), ...placeOf(event));
    },
    { passive: false },
  );
  canvas.addEventListener("keydown", (event) => {
    const step = 60,
      middle = [canvas.clientWidth / 2, canvas.clientHeight / 2];
    const act = {
      ArrowLeft: () => view.pan(step, 0),
      ArrowRight: () => view.pan(-step, 0),
      ArrowUp: () => view.pan(0, step),
      ArrowDown: () => view.pan(0, -step),
      "+": () => view.zoom(1.5),
      "=": () => view.zoom(1.5),
      "-": () => view.zoom(1 / 1.5),
      0: view.reset,
      Enter: () => pin(view.at(...middle)),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
    if (event.key !== "Enter") hover(view.at(...middle), ...middle);
  });
}
