// A colour for each class, told apart on white and on black.

const kLight = [
  [35, 98, 190],
  [214, 110, 20],
  [38, 140, 74],
  [196, 44, 52],
  [126, 87, 194],
  [136, 90, 70],
  [208, 82, 160],
  [102, 112, 125],
  [146, 148, 16],
  [14, 150, 170],
];
const kDark = [
  [106, 164, 255],
  [255, 164, 84],
  [96, 208, 128],
  [255, 122, 107],
  [186, 154, 255],
  [206, 158, 134],
  [255, 146, 214],
  [172, 182, 196],
  [214, 214, 92],
  [92, 218, 232],
];

// Beyond ten, hues a golden angle apart.
function generated(i, light) {
  const hue = (i * 137.508) % 360,
    l = light ? 0.42 : 0.68,
    a = 0.6 * Math.min(l, 1 - l);
  const channel = (n) => {
    const k = (n + hue / 30) % 12;
    return Math.round(255 * (l - a * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}

export function palette(count, dark) {
  const fixed = dark ? kDark : kLight;
  return Array.from({ length: count }, (_, i) => fixed[i] ?? generated(i, !dark));
}
