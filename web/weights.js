// A first layer's weights as pictures: what each unit looks for.
import { colour, h, onTheme } from "./dom.js";

const rgb = (name) => colour(name).split(/[ ,]+/).map(Number);

// Whole numbers from -127 to 127, one a byte.
const unpacked = (text) => Int8Array.from(atob(text), (letter) => letter.charCodeAt(0));

// values: one channel's or three channels' planes. One channel: from the ground towards two colours; three: as a
// picture in colour about grey.
function paint(canvas, values, most, { height, width, channels }) {
  const context = canvas.getContext("2d"),
    image = context.createImageData(width, height),
    plane = height * width;
  const ground = rgb("ground-rgb"),
    above = rgb("above-rgb"),
    below = rgb("below-rgb");
  for (let i = 0; i < plane; ++i) {
    for (let c = 0; c < 3; ++c) {
      const value = values[channels === 3 ? c * plane + i : i] / most,
        share = Math.min(1, Math.abs(value));
      const full = value > 0 ? above[c] : below[c];
      image.data[4 * i + c] =
        channels === 3 ? 128 + 127 * Math.sign(value) * share : ground[c] + share * (full - ground[c]);
    }
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

// What is drawn fullest: a few large values would leave the others pale.
function fullest(values) {
  const sizes = Uint8Array.from(values, Math.abs).sort();
  return Math.max(1, sizes[Math.floor(0.99 * (sizes.length - 1))]);
}

export function weights(layer) {
  const all = unpacked(layer.values),
    most = fullest(all),
    { shown, channels, height, width } = layer,
    size = channels * height * width;
  const tiles = Array.from({ length: shown }, (_, i) =>
    h("canvas", { class: "filter", width, height, role: "img", "aria-label": `unit ${i}` }),
  );
  onTheme(() => tiles.forEach((tile, i) => paint(tile, all.subarray(i * size, (i + 1) * size), most, layer)));
  return h(
    "ul",
    { class: width > 12 ? "filters large" : "filters" },
    tiles.map((tile) => h("li", {}, tile)),
  );
}
