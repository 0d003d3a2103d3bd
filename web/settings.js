// What made it, and the command that makes it again.
import { h } from "./dom.js";
import { short } from "./text.js";

const shown = (value) => (typeof value === "string" ? value : JSON.stringify(value));

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const readable = (name) => name.replaceAll("_", " ");

// A row a value; what has values of its own comes behind the rest, under its name.
function rows(object) {
  const entries = Object.entries(object ?? {});
  return [
    ...entries
      .filter(([, value]) => !isObject(value))
      .map(([name, value]) =>
        h("tr", {}, h("th", { scope: "row" }, readable(name)), h("td", {}, h("bdi", {}, short(shown(value), 2000)))),
      ),
    ...entries
      .filter(([, value]) => isObject(value))
      .flatMap(([name, value]) => [
        h("tr", { class: "group" }, h("th", { scope: "colgroup", colspan: 2 }, readable(name))),
        ...rows(value),
      ]),
  ];
}

export function settingsTable(object) {
  return h(
    "div",
    { class: "scrolls", tabindex: 0, role: "region", "aria-label": "Settings" },
    h("table", { class: "settings" }, h("tbody", {}, rows(object))),
  );
}

export function command(text) {
  const code = h("code", {}, text);
  const button = h("button", { type: "button", class: "copy" }, "Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code); // the browser forbids it: select it instead
      button.textContent = "Selected";
    }
  });
  return h("div", { class: "command" }, h("pre", { tabindex: 0 }, code), button);
}
