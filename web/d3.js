// What the charts take from D3, which Debian packages.
export { default as scaleLinear } from "d3-scale/src/linear.js";
export { default as scaleLog } from "d3-scale/src/log.js";
export { default as line } from "d3-shape/src/line.js";
export { extent } from "d3-array";
