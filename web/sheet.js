// The pictures of a page: they come in one PNG, and each is cut out where it is shown.
import { h } from "./dom.js";

// Pictures that are larger are photos, which are drawn smoothly; of others the pixels are kept.
const kSmall = 48;

export async function openSheet({ png, columns, width, height }) {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  await image.decode();
  return {
    // The picture at this place, with what it shows in words.
    picture(place, description) {
      const canvas = h("canvas", {
        class: Math.max(width, height) > kSmall ? "picture smooth" : "picture",
        width,
        height,
        role: "img",
        "aria-label": description,
      });
      const left = (place % columns) * width,
        top = Math.floor(place / columns) * height;
      canvas.getContext("2d").drawImage(image, left, top, width, height, 0, 0, width, height);
      return canvas;
    },
  };
}
