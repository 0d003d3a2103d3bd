// Which point is nearest to a place: the points in squares, so that only a few are looked at.

export function pointIndex({ x, y }, bounds) {
  const n = x.length,
    across = Math.max(1, Math.min(256, Math.round(Math.sqrt(n / 2))));
  const side = Math.max(bounds.right - bounds.left, bounds.bottom - bounds.top, 1e-9) / across;
  const cellOf = (value, from) => Math.max(0, Math.min(across - 1, Math.floor((value - from) / side)));
  const cell = (i) => cellOf(y[i], bounds.top) * across + cellOf(x[i], bounds.left);
  const begin = new Uint32Array(across * across + 1),
    sorted = new Uint32Array(n);
  for (let i = 0; i < n; ++i) ++begin[cell(i) + 1];
  for (let c = 0; c < across * across; ++c) begin[c + 1] += begin[c];
  const next = begin.slice();
  for (let i = 0; i < n; ++i) sorted[next[cell(i)]++] = i;

  // The nearest point within `reach` of (px, py) of which shown(i), or -1.
  return (px, py, reach, shown) => {
    let best = -1,
      least = reach * reach;
    for (let row = cellOf(py - reach, bounds.top); row <= cellOf(py + reach, bounds.top); ++row) {
      for (let column = cellOf(px - reach, bounds.left); column <= cellOf(px + reach, bounds.left); ++column) {
        for (let k = begin[row * across + column]; k < begin[row * across + column + 1]; ++k) {
          const i = sorted[k],
            away = (x[i] - px) ** 2 + (y[i] - py) ** 2;
          if (away <= least && shown(i)) {
            best = i;
            least = away;
          }
        }
      }
    }
    return best;
  };
}
