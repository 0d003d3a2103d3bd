// Tens of thousands of points as pixels. Discs are blended into one image, which is faster than any drawing call: some
// milliseconds for 70,000, so each frame of a zoom draws them all anew.

// How much of each pixel a disc of this radius covers, 0 to 255: {side, cover}.
function disc(radius) {
  const reach = Math.ceil(radius),
    side = 2 * reach + 1,
    cover = new Uint8Array(side * side);
  for (let y = -reach; y <= reach; ++y) {
    for (let x = -reach; x <= reach; ++x) {
      cover[(y + reach) * side + x + reach] = Math.round(
        255 * Math.max(0, Math.min(1, radius + 0.5 - Math.hypot(x, y))),
      );
    }
  }
  return { reach, side, cover };
}

const discs = new Map();
function discOf(radius) {
  const key = Math.round(4 * radius);
  if (!discs.has(key)) discs.set(key, disc(key / 4));
  return discs.get(key);
}

// view: {scale, left, top}: a point (x, y) is at ((x - left) scale, (y - top) scale). strength(i): 0, hidden, to 1.
export function paint(image, points, { view, order, colours, radius, strength, ground }) {
  const { data, width, height } = image,
    { x, y, label } = points,
    { scale, left, top } = view,
    { reach, side, cover } = discOf(radius);
  new Uint32Array(data.buffer).fill(0xff000000 | (ground[2] << 16) | (ground[1] << 8) | ground[0]);
  for (let o = 0; o < order.length; ++o) {
    const i = order[o],
      alpha = strength[i];
    if (alpha === 0) continue;
    const column = Math.round((x[i] - left) * scale) - reach,
      row = Math.round((y[i] - top) * scale) - reach;
    if (column < 0 || row < 0 || column + side > width || row + side > height) continue;
    const [red, green, blue] = colours[label[i]];
    for (let v = 0, k = 0; v < side; ++v) {
      let at = 4 * ((row + v) * width + column);
      for (let u = 0; u < side; ++u, ++k, at += 4) {
        const part = cover[k] * alpha;
        if (part === 0) continue;
        data[at] += ((red - data[at]) * part) >> 16;
        data[at + 1] += ((green - data[at + 1]) * part) >> 16;
        data[at + 2] += ((blue - data[at + 2]) * part) >> 16;
      }
    }
  }
}
