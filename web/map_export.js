// What can be taken away from a map: the picture and the numbers.

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

const field = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

export function mapCsv({ x, y, label, index }, names) {
  const lines = ["index,x,y,label"];
  for (let i = 0; i < x.length; ++i) lines.push(`${index ? index[i] : i},${x[i]},${y[i]},${field(names[label[i]])}`);
  return `${lines.join("\n")}\n`;
}

export const saveCsv = (points, names) => save(new Blob([mapCsv(points, names)], { type: "text/csv" }), "map.csv");

// The map as it is seen, with its colours named beside it.
export function savePng(canvas, legend, { ground, ink }) {
  const ratio = canvas.width / canvas.clientWidth,
    line = 20 * ratio,
    wide = 190 * ratio;
  const whole = document.createElement("canvas");
  whole.width = canvas.width + wide;
  whole.height = Math.max(canvas.height, (legend.length + 1) * line);
  const context = whole.getContext("2d");
  context.fillStyle = ground;
  context.fillRect(0, 0, whole.width, whole.height);
  context.drawImage(canvas, 0, 0);
  context.font = `${13 * ratio}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  legend.forEach(({ name, colour }, i) => {
    const middle = (i + 1) * line;
    context.fillStyle = colour;
    context.beginPath();
    context.arc(canvas.width + 14 * ratio, middle, 5 * ratio, 0, 7);
    context.fill();
    context.fillStyle = ink;
    context.fillText(name, canvas.width + 26 * ratio, middle, wide - 30 * ratio);
  });
  whole.toBlob((blob) => save(blob, "map.png"));
}
