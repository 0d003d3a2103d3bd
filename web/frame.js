// What every page has: a heading, a way to each section, the sections, an end.
import { h } from "./dom.js";
import licences from "./licences.txt";

// sections: [{id, title, question, body: [elements]}]
export function frame({ kind, title, subtitle, sections, version }) {
  document.body.replaceChildren(
    h("a", { class: "skip", href: "#main" }, "Skip to the content"),
    h(
      "header",
      {},
      h("p", { class: "kind" }, kind),
      h("h1", {}, h("bdi", {}, title)),
      h("p", { class: "subtitle" }, subtitle),
    ),
    h(
      "nav",
      { "aria-label": "Sections" },
      h(
        "ul",
        {},
        sections.map(({ id, title: name }) => h("li", {}, h("a", { href: `#${id}` }, name))),
      ),
    ),
    h(
      "main",
      { id: "main", tabindex: -1 },
      sections.map(({ id, title: name, question, body }) =>
        h(
          "section",
          { id, "aria-labelledby": `${id}-title` },
          h("h2", { id: `${id}-title` }, name),
          question ? h("p", { class: "question" }, question) : null,
          body,
        ),
      ),
    ),
    h(
      "footer",
      {},
      h("p", {}, `Made by weft ${version}. Everything is in this file: it needs no network and sends nothing.`),
      h("details", {}, h("summary", {}, "Licence of the drawing library in this page"), h("pre", {}, licences)),
    ),
  );
}
