// The pictures of a page: they come in one PNG, and each is cut out where it is shown.
import { h } from "./dom.js";

export async function openSheet({ png, columns, width, height, count }) {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();

  const cut = (context, place, x, y, w, ht) => context.drawImage(image, (place % columns) * width,
    Math.floor(place / columns) * height, width, height, x, y, w, ht);

  return {
    width, height, count, cut,
    // A picture with its description.
    picture(place, description) {
      const canvas = h("canvas", { class: Math.max(width, height) > 100 ? "picture smooth" : "picture", width, height, role: "img", "aria-label": description });
      canvas.getContext("2d").drawImage(image, (place % columns) * width, Math.floor(place / columns) * height, width, height, 0, 0, width, height);
      return canvas;
    },
  };
}
