// Numbers and names as people read them.

export const percent = (value, digits = 1) => `${(100 * value).toFixed(digits)}\u00a0%`;
export const count = (value) => value.toLocaleString("en-US");
export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

// As many digits as help: 0.5213, 12.35, 3.2e-05.
export function number(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return count(value);
  if (Math.abs(value) < 1e-3) return value.toExponential(1);
  return value.toFixed(Math.abs(value) < 10 ? 4 : 2);
}

// A name in one line and not longer than this: names come from folders and files, and may be anything.
export function short(name, most = 40) {
  const letters = [
    ...String(name)
      .slice(0, 8 * most + 8)
      .replace(/\s+/gu, " ")
      .trim(),
  ];
  if (letters.length === 0) return "(no name)";
  return letters.length <= most ? letters.join("") : `${letters.slice(0, most - 1).join("")}…`;
}

// The same for drawings, whose text may otherwise run in the direction of its neighbours.
export const isolated = (name, most) => `\u2068${short(name, most)}\u2069`;
