#!/usr/bin/env node
// A network's ONNX file in ONNX Runtime: its outputs, and how fast it predicts. Prints one JSON document.
//
//   ort_infer.mjs --modules build/bench/node_modules --onnx FILE --inputs FILE --shape 1x28x28 [--outputs 256]
//                 [--batch 256] [--seconds 3] [--threads 2]
//
// `--inputs` holds float32 values, pictures x channels x height x width. `--outputs N` prints the first N pictures' logits and
// measures nothing. Memory and time of the process are Node's too; what is measured in it is `session.run` alone.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { parseArgs } from "node:util";

const text = (fallback) => ({ type: "string", default: fallback });
const { values: options } = parseArgs({
  options: {
    modules: text("build/bench/node_modules"), onnx: text(), inputs: text(), shape: text("1x28x28"), outputs: text("0"),
    batch: text("256"), seconds: text("3"), threads: text("2"),
  },
});
if (!options.onnx || !options.inputs) throw new Error("ort_infer: --onnx and --inputs are needed");
const require = createRequire(path.resolve(options.modules, "here.js"));
const ort = require("onnxruntime-node");

const shape = options.shape.split("x").map(Number);
const size = shape.reduce((a, b) => a * b, 1);
const bytes = readFileSync(options.inputs);
const pictures = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);

// Pictures from the file, from the beginning again where it ends.
function batch(first, count) {
  const values = new Float32Array(count * size);
  for (let i = 0; i < count; ++i) {
    const from = ((first + i) * size) % pictures.length;
    values.set(pictures.subarray(from, from + size), i * size);
  }
  return new ort.Tensor("float32", values, [count, ...shape]);
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// Milliseconds of every run but the first two, for as long as asked for.
async function timed(session, inputs, seconds, least) {
  const times = [];
  const begin = performance.now();
  while (times.length < least + 2 || performance.now() - begin < 1000 * seconds) {
    const start = performance.now();
    await session.run({ input: inputs[times.length % inputs.length] });
    times.push(performance.now() - start);
  }
  return times.slice(2);
}

const threads = Number(options.threads);
const session = await ort.InferenceSession.create(options.onnx, {
  executionProviders: ["cpu"], executionMode: "sequential", graphOptimizationLevel: "all",
  intraOpNumThreads: threads, interOpNumThreads: 1,
});
const version = require("onnxruntime-node/package.json").version;
if (Number(options.outputs) > 0) {
  const { logits } = await session.run({ input: batch(0, Number(options.outputs)) });
  const columns = logits.dims[1];
  const rows = Array.from({ length: logits.dims[0] }, (_, i) => Array.from(logits.data.subarray(i * columns, (i + 1) * columns)));
  console.log(JSON.stringify({ logits: rows, version }));
} else {
  const count = Number(options.batch), seconds = Number(options.seconds);
  const times = await timed(session, [0, 1, 2, 3].map((i) => batch(i * count, count)), seconds, 3);
  const latencies = await timed(session, [0, 1, 2, 3].map((i) => batch(i, 1)), seconds / 2, 20);
  console.log(JSON.stringify({
    images_per_second: 1000 * count / median(times), step_ms: median(times), steps: times.length, latency_ms: median(latencies),
    batch: count, threads, version,
  }));
}
