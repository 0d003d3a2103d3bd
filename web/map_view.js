// The map's canvas: what of it is seen, and how it is moved. It draws a frame only when something has changed.
import { colour } from "./dom.js";
import { palette } from "./palette.js";
import { paint } from "./map_paint.js";
import { pointIndex } from "./map_index.js";

const kMostZoom = 60,
  kReach = 12,
  kMargin = 0.3; // pixels around the pointer in which a point is found

function boundsOf({ x, y }) {
  const of = (values) =>
    values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
  const [left, right] = of(x),
    [top, bottom] = of(y);
  return { left, right, top, bottom };
}

// In an order of no meaning, so that no class lies over another: a fixed shuffle.
function shuffled(n) {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  let state = 1;
  for (let i = n - 1; i > 0; --i) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

export function mapView(canvas, points, classes) {
  const bounds = boundsOf(points),
    nearest = pointIndex(points, bounds),
    order = shuffled(points.x.length);
  const strength = new Uint16Array(points.x.length).fill(230);
  const view = { scale: 1, left: 0, top: 0 };
  const context = canvas.getContext("2d", { alpha: false });
  let colours,
    ground,
    painted = null,
    ready = false,
    ratio = 1,
    fitted = 1,
    asked = false,
    frames = 0,
    ring = -1;

  // All of it, with a border.
  function fit() {
    const width = Math.max(bounds.right - bounds.left, 1e-9),
      height = Math.max(bounds.bottom - bounds.top, 1e-9),
      border = 24 * ratio;
    fitted = Math.min((canvas.width - 2 * border) / width, (canvas.height - 2 * border) / height);
    view.scale = fitted;
    view.left = (bounds.left + bounds.right) / 2 - canvas.width / 2 / fitted;
    view.top = (bounds.top + bounds.bottom) / 2 - canvas.height / 2 / fitted;
  }

  const radiusOf = () => {
    const crowd = Math.max(1, Math.min(2.2, 2.6 - Math.log10(points.x.length) / 3));
    return ratio * Math.min(6, crowd * (1 + Math.log2(Math.max(1, view.scale / fitted)) / 2));
  };

  // Paints what is seen, and `margin` of it on each side, so that moving on needs no paint for a while.
  function repaint(margin) {
    const across = Math.round(margin * canvas.width),
      down = Math.round(margin * canvas.height);
    const width = canvas.width + 2 * across,
      height = canvas.height + 2 * down;
    const image =
      painted?.image.width === width && painted.image.height === height
        ? painted.image
        : context.createImageData(width, height);
    const { scale } = view;
    painted = { image, scale, left: view.left - across / scale, top: view.top - down / scale };
    paint(image, points, { view: painted, order, colours, radius: radiusOf(), strength, ground });
  }

  // Where in what was painted the view begins, in pixels; nothing where it is not all there.
  function begin() {
    if (!painted || painted.scale !== view.scale) return null;
    const x = Math.round((view.left - painted.left) * view.scale),
      y = Math.round((view.top - painted.top) * view.scale);
    const { width, height } = painted.image;
    return x >= 0 && y >= 0 && x + canvas.width <= width && y + canvas.height <= height ? [x, y] : null;
  }

  function draw() {
    asked = false;
    if (!begin()) repaint(painted?.scale === view.scale ? kMargin : 0);
    const [x, y] = begin();
    context.putImageData(painted.image, -x, -y, x, y, canvas.width, canvas.height);
    const radius = radiusOf();
    if (ring >= 0) {
      context.strokeStyle = colour("ink");
      context.lineWidth = 2 * ratio;
      context.beginPath();
      context.arc(
        (points.x[ring] - view.left) * view.scale,
        (points.y[ring] - view.top) * view.scale,
        radius + 4 * ratio,
        0,
        7,
      );
      context.stroke();
    }
    canvas.dataset.frames = ++frames;
  }
  const redraw = () => {
    if (asked || !ready) return;
    asked = true;
    requestAnimationFrame(draw);
  };

  // (x, y): in CSS pixels of the canvas.
  const pan = (dx, dy) => {
    view.left -= (dx * ratio) / view.scale;
    view.top -= (dy * ratio) / view.scale;
    redraw();
  };
  const zoom = (factor, x = canvas.clientWidth / 2, y = canvas.clientHeight / 2) => {
    const scale = Math.max(0.5 * fitted, Math.min(kMostZoom * fitted, view.scale * factor));
    view.left += x * ratio * (1 / view.scale - 1 / scale);
    view.top += y * ratio * (1 / view.scale - 1 / scale);
    view.scale = scale;
    redraw();
  };

  new ResizeObserver(() => {
    if (canvas.clientWidth === 0 || canvas.clientHeight === 0) return;
    ratio = Math.min(2, devicePixelRatio || 1);
    canvas.width = Math.round(canvas.clientWidth * ratio);
    canvas.height = Math.round(canvas.clientHeight * ratio);
    painted = null;
    ready = true;
    fit();
    redraw();
  }).observe(canvas);

  return {
    pan,
    zoom,
    redraw,
    reset: () => {
      fit();
      redraw();
    },
    // The point at (x, y) in CSS pixels, or -1.
    at: (x, y) =>
      nearest(
        view.left + (x * ratio) / view.scale,
        view.top + (y * ratio) / view.scale,
        (kReach * ratio) / view.scale,
        (i) => strength[i] > 0,
      ),
    // Where point i is in CSS pixels.
    placeOf: (i) => [((points.x[i] - view.left) * view.scale) / ratio, ((points.y[i] - view.top) * view.scale) / ratio],
    ringAt(i) {
      if (ring === i) return;
      ring = i;
      redraw();
    },
    // strengthOf(i): 0, not shown, to 1.
    show(strengthOf) {
      for (let i = 0; i < strength.length; ++i) strength[i] = Math.round(256 * strengthOf(i));
      painted = null;
      redraw();
    },
    recolour(dark) {
      colours = palette(classes, dark);
      ground = colour("ground-rgb").split(" ").map(Number);
      painted = null;
      redraw();
    },
    colourOf: (c) => `rgb(${colours[c].join(" ")})`,
  };
}
