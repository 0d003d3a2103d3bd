// Draws the page that its data asks for.
import { articlePage } from "./article.js";
import { dataPage } from "./data.js";
import { runPage } from "./run.js";
import { h } from "./dom.js";

const kPages = { article: articlePage, data: dataPage, run: runPage };

async function draw() {
  const data = JSON.parse(document.getElementById("data").textContent);
  await kPages[data.kind](data);
  document.documentElement.dataset.drawn = "yes";
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

draw().catch((error) => {
  document.body.replaceChildren(h("p", { role: "alert" }, `This page could not be drawn: ${error.message}`));
  throw error;
});
