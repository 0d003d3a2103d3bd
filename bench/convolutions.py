"""Two convolutional networks in weft, PyTorch and ONNX Runtime: the same outputs, then speed, latency, start and memory."""
import csv, io, json, math, os, statistics, subprocess
from pathlib import Path

import growth
from measure import PYTHON, ROOT, package, processor, ratios, spread, table, taken_by_others

NETWORKS = {  # name: the text, and the batch that training takes
    "A": ("conv 32 3x3, batchnorm, relu, conv 64 3x3, batchnorm, relu, maxpool 2, conv 128 3x3, batchnorm, relu, maxpool 2, "
          "conv 128 3x3, batchnorm, relu, globalmaxpool, dense 10", 128),
    "B": ("whiten 16 3x3, gelu, conv 32 3x3, maxpool 2, batchnorm, gelu, conv 32 3x3, batchnorm, gelu, conv 64 3x3, maxpool 2, "
          "batchnorm, gelu, conv 64 3x3, batchnorm, gelu, conv 128 3x3, maxpool 2, batchnorm, gelu, conv 128 3x3, batchnorm, gelu, "
          "maxpool 3, dense 10 nobias", 1000),
}
INPUT = "1x28x28"
COMPARED = 256  # pictures whose outputs are held against each other
CLOSE = 1e-4
TWIN = ROOT / "bench/peers/torch_twin.py"
LAYOUTS = {"default": "default layout", "channels_last": "channels_last", "frozen": "optimize_for_inference"}
TINIEST = 1e-30  # a probability below it has lost digits


class Programs:
    """Which of them are here, how they are called, and why the others are left out."""

    def __init__(self, bench, arguments):
        self.bench, self.seconds, self.modules = bench, arguments.seconds, arguments.modules
        self.wide = {"avx512_bf16", "amx_bf16"} & set(processor()[1])
        self.notes = []
        self.torch = self.has_torch()
        self.ort = self.torch and self.has_ort()
        self.benches = b"weft bench train" in subprocess.run([bench.weft, "bench", "train", "--help"], capture_output=True).stdout
        if not self.benches:
            self.notes.append("this weft has no command `bench`, so its speed is not measured")
        if not self.wide:
            self.notes.append("no bf16: this processor has no instructions for it, so `--precision auto` trains in f32")

    def has_torch(self):
        if package("python3-torch") == "not installed":
            self.notes.append("PyTorch is left out, and with it ONNX Runtime, whose file it writes: python3-torch is not installed")
            return False
        self.bench.run("self-test", [PYTHON, TWIN, "--self-test"])
        return True

    def has_ort(self):
        if not (self.modules / "onnxruntime-node").is_dir():
            self.notes.append("ONNX Runtime is left out: there is no onnxruntime-node in "
                              f"{os.path.relpath(self.modules, ROOT)} (scripts/bootstrap --bench installs it)")
            return False
        try:
            loads = subprocess.run(["node", "-e", "require(process.argv[1])", (self.modules / "onnxruntime-node").resolve()],
                                   capture_output=True).returncode == 0
        except FileNotFoundError:
            loads = False
        if not loads:
            self.notes.append("ONNX Runtime is left out: Node.js does not load onnxruntime-node here")
        return loads

    def weft_bench(self, name, what, network, batch, precision, threads=None):
        return self.bench.run(name, [
            self.bench.weft, "bench", what, "--network", network, "--input", INPUT, "--batch", batch, "--precision", precision,
            "--threads", threads or self.bench.threads, "--seconds", self.seconds, "--json"])[0]

    def twin(self, name, command, *options):
        return self.bench.run(name, [PYTHON, TWIN, command, *options, "--threads", self.bench.threads])

    def ort_infer(self, name, files, *options):
        return self.bench.run(name, ["node", ROOT / "bench/peers/ort_infer.mjs", "--modules", self.modules, "--onnx", files["onnx"],
                                     "--inputs", files["inputs"], "--shape", INPUT, *options, "--threads", self.bench.threads])[0]


def probabilities(text):
    """Of every picture, from the CSV of `weft predict`: index, label, probability, and then a column a class."""
    return [[float(value) for value in row[3:]] for row in list(csv.reader(io.StringIO(text)))[1:]]


def comparable(rows, others):
    """Something to compare, of one shape, and nothing but numbers."""
    return (len(rows) == len(others) > 0 and all(len(a) == len(b) > 0 for a, b in zip(rows, others))
            and all(math.isfinite(value) for row in (*rows, *others) for value in row))


def difference(rows, others):
    """The largest; infinite for what cannot be compared."""
    if not comparable(rows, others):
        return math.inf
    return max(abs(a - b) for row, other in zip(rows, others) for a, b in zip(row, other))


def logit_difference(rows, logits):
    """Between probabilities and logits, as logits less the picture's largest one; in parts of the largest logit where that is
    above 1. Probabilities that have lost digits do not count."""
    if not comparable(rows, logits):
        return math.inf
    worst = 0.0
    for row, other in zip(rows, logits):
        best = max(range(len(row)), key=row.__getitem__)
        worst = max([worst] + [abs(math.log(p / row[best]) - (value - other[best]))
                               for p, value in zip(row, other) if p > TINIEST])
    return worst / max(1.0, max(abs(value) for row in logits for value in row))


def check_comparators():
    """They must see what is wrong, no number, or nothing."""
    logits = [[2.0, 0.5, -1.0], [0.0, 3.0, 1.0]]
    rows = softmax(logits)
    assert difference(rows, rows) == 0 and logit_difference(rows, logits) < 1e-12
    shifted = [[2.0, 0.5, -0.9], [0.0, 3.0, 1.0]]
    assert difference(rows, softmax(shifted)) > 1e-3 and logit_difference(rows, shifted) > 0.03
    for wrong in ([], logits[:1], [[math.nan, 0.5, -1.0], logits[1]], [[0.5, -1.0], logits[1]], [[0.0] * 3] * 2):
        assert not difference(rows, wrong) <= CLOSE and not logit_difference(rows, wrong) <= CLOSE
        assert not difference(wrong, rows) <= CLOSE


def same_function(programs, folder):
    """Trains each network for 20 steps, asks every program for the same pictures' outputs, and ends the comparison where they
    differ; gives the text, each network's files, and the memory that training took."""
    check_comparators()
    bench, rows, files, memory = programs.bench, [], {}, {}
    for name, (network, _) in NETWORKS.items():
        out = folder / name
        _, _, memory[name] = bench.run("train", [
            bench.weft, "train", "--data", "fashion-mnist", "--network", network, "--steps", 20, "--batch-size", 128, "--optimizer",
            "sgd", "--lr", 0.05, "--val-fraction", 0, "--precision", "f32", "--threads", bench.threads, "--out", out, "--json"])
        files[name] = {"model": out / "model.safetensors", "onnx": folder / f"{name}.onnx", "inputs": folder / f"{name}.f32"}
        if not programs.torch:
            continue
        ours, _, _ = bench.run("outputs", [
            bench.weft, "predict", files[name]["model"], "--data", "fashion-mnist", "--index",
            ",".join(map(str, range(COMPARED))), "--csv", "-", "--threads", bench.threads], probabilities)
        theirs, _, _ = programs.twin("twin outputs", "outputs", files[name]["model"], "--count", COMPARED)
        rows.append([name, "PyTorch", difference(ours, theirs["probabilities"]), logit_difference(ours, theirs["logits"])])
        programs.twin("export", "export", files[name]["model"], "--onnx", files[name]["onnx"], "--inputs", files[name]["inputs"],
                      "--count", COMPARED)
        if programs.ort:
            logits = programs.ort_infer("ort outputs", files[name], "--outputs", COMPARED)["logits"]
            rows.append([name, "ONNX Runtime", difference(ours, softmax(logits)), logit_difference(ours, logits)])
    for name, peer, *found in rows:
        if not max(found) <= CLOSE:
            raise SystemExit(f"compare: network {name}: weft's outputs differ from {peer}'s by {found[0]:.2g} in probabilities and "
                             f"{found[1]:.2g} in logits, above {CLOSE}: speeds of different functions are not compared")
    text = "### The same function\n\n"
    if not rows:
        return text + "Not compared: no peer is here.\n", files, memory
    text += f"From one model file, trained for 20 steps, the outputs of the first {COMPARED} test pictures.\n\n"
    text += table(["network", "weft against", "largest difference of probabilities", "of logits, in parts of the largest above 1"],
                  [[name, peer, f"{p:.1e}", f"{l:.1e}"] for name, peer, p, l in rows])
    return text, files, memory


def softmax(logits):
    rows = []
    for row in logits:
        powers = [math.exp(value - max(row)) for value in row]
        rows.append([power / sum(powers) for power in powers])
    return rows


class Rates:
    """Images a second and what else each program told, by round."""

    def __init__(self):
        self.told = {}  # (program, format or precision): an answer a round

    def add(self, program, kind, answer):
        self.told.setdefault((program, kind), []).append(answer)

    def of(self, key, what="images_per_second"):
        return [answer[what] for answer in self.told.get(key, []) if answer.get(what)]

    def fastest(self, program, bf16):
        """The kind of the program's with the best median in this arithmetic, or none."""
        keys = [key for key in self.told if key[0] == program and key[1].endswith("_bf16") == bf16]
        return max(keys, key=lambda key: statistics.median(self.of(key)), default=None)

    def against(self, key, other, what="images_per_second"):
        """Ratios as text, above 1 where `key` is better; nothing without the other."""
        ours, theirs = self.of(key, what), self.of(other, what)
        if not ours or not theirs:
            return ""
        return spread(ratios(theirs, ours) if what == "latency_ms" else ratios(ours, theirs))

    def name(self, key):
        program, kind = key
        if program == "weft":
            used = self.told[key][0].get("precision", kind)
            return f"weft, {kind}" + (f" (took {used})" if used != kind else "")
        if program == "torch":
            plain = kind.removesuffix("_bf16")
            return f"PyTorch, {'bf16' if plain != kind else 'f32'}, {LAYOUTS[plain]}"
        return "ONNX Runtime, f32"

    def is_bf16(self, key):
        return self.told[key][0].get("precision", key[1]) == "bf16" if key[0] == "weft" else key[1].endswith("_bf16")

    def where_time_goes(self):
        """What weft tells about itself: its share of the ceiling, and its step against its primitives."""
        lines = []
        for key, answers in self.told.items():
            parts = []
            if key[0] == "weft" and (rate := self.of(key, "gflops")):
                parts.append(f"{statistics.median(rate):.0f} GFLOP/s")
                if ceiling := self.of(key, "ceiling_gflops"):
                    parts.append(f"{spread([100 * s for s in ratios(rate, ceiling)], '{:.0f} %')} of its ceiling")
                if primitives := self.of(key, "primitives_ms"):
                    parts.append(f"{spread(ratios(self.of(key, 'step_ms'), primitives))} times the time of its primitives alone")
            if parts:
                lines.append(f"{self.name(key)}: {', '.join(parts)}.")
        said = "Operations and ceiling are those of direct convolutions, of which Winograd's do fewer."
        return "\n" + "\n".join([*lines, said]) + "\n" if lines else ""


def training(programs, name):
    network, batch = NETWORKS[name]
    precisions = ["f32"] + (["auto", "bf16"] if programs.wide else [])
    formats = ["default", "channels_last"] + (["default_bf16", "channels_last_bf16"] if programs.wide else [])
    rates = Rates()
    for _ in range(programs.bench.rounds):
        for precision in precisions if programs.benches else []:
            rates.add("weft", precision, programs.weft_bench(f"bench train {precision}", "train", network, batch, precision))
        if programs.torch:
            answer, _, _ = programs.twin("twin train", "train", "--network", network, "--input", INPUT, "--batch", batch,
                                         "--formats", ",".join(formats), "--seconds", programs.seconds)
            for kind, told in answer["formats"].items():
                rates.add("torch", kind, told)
    usual = ("torch", "default")
    rows = [[rates.name(key), spread(rates.of(key), "{:.0f}"),
             rates.against(key, rates.fastest("torch", rates.is_bf16(key))), rates.against(key, usual)] for key in rates.told]
    return f"### Training {name}, batches of {batch}\n\n" + table(
        ["program", "images a second", "times PyTorch's fastest in this precision",
         "times PyTorch as it comes (f32, default layout)"], rows) + rates.where_time_goes()


def inference(programs, name, files):
    network, batch = NETWORKS[name][0], 256
    formats = ["default", "channels_last", "frozen"] + (["default_bf16", "channels_last_bf16"] if programs.wide else [])
    rates = Rates()
    for _ in range(programs.bench.rounds):
        for precision in ("f32", "auto") if programs.benches else ():
            told = programs.weft_bench(f"bench infer {precision}", "infer", network, batch, precision)
            one = programs.weft_bench(f"bench one {precision}", "infer", network, 1, precision)
            rates.add("weft", precision, {**told, "latency_ms": one["step_ms"]})
        if programs.torch:
            answer, _, _ = programs.twin("twin infer", "infer", "--network", network, "--input", INPUT, "--batch", batch,
                                         "--formats", ",".join(formats), "--seconds", programs.seconds)
            for kind, told in answer["formats"].items():
                rates.add("torch", kind, told)
        if programs.ort:
            rates.add("ort", "f32", programs.ort_infer("ort infer", files, "--batch", batch, "--seconds", programs.seconds))
    ort, torch = ("ort", "f32"), rates.fastest("torch", False)
    rows = [[rates.name(key), spread(rates.of(key), "{:.0f}"), rates.against(key, ort), rates.against(key, torch),
             spread(rates.of(key, "latency_ms"), "{:.3f}"), rates.against(key, ort, "latency_ms")] for key in rates.told]
    return f"### Predicting with {name}, batches of {batch}, and one picture\n\n" + table(
        ["program", "images a second", "times ONNX Runtime", "times PyTorch's fastest f32", "one picture, ms, in process",
         "times as fast as ONNX Runtime's"], rows) + rates.where_time_goes()


def start_and_memory(programs, files, trained_in):
    """The whole process of one prediction; peaks of memory of it and of training."""
    bench, ours, theirs, memory, answers = programs.bench, [], [], {"weft": [], "torch": []}, {}
    for _ in range(bench.rounds):
        answers["weft"], seconds, peak = bench.run("predict", [
            bench.weft, "predict", files["model"], "--data", "fashion-mnist", "--index", 0, "--json"])
        ours.append(1000 * seconds)
        memory["weft"].append(peak)
        if programs.torch:
            answers["torch"], seconds, peak = programs.twin("twin predict", "predict", files["model"], "--index", 0)
            theirs.append(1000 * seconds)
            memory["torch"].append(peak)
    labels = {answer["label"] for answer in answers.values()}
    if len(labels) != 1:
        raise SystemExit(f"compare: of one picture the programs say {' and '.join(sorted(labels))}")
    rows = [["weft predict", spread(ours, "{:.0f}"), spread(ratios(theirs, ours), "{:.0f}") if theirs else "",
             spread(memory["weft"], "{:.0f}"), f"{trained_in:.0f}"]]
    if programs.torch:
        network, batch = NETWORKS["A"]
        _, _, peak = programs.twin("twin memory", "train", "--network", network, "--batch", batch, "--formats", "default",
                                   "--seconds", 0)
        rows.insert(0, ["the same in PyTorch", spread(theirs, "{:.0f}"), "1", spread(memory["torch"], "{:.0f}"), f"{peak:.0f}"])
    return "### A, from cold start to the answer for one picture; memory\n\n" + table(
        ["program", "milliseconds, whole process", "times as fast", "peak memory, MiB",
         "peak memory of training, batches of 128, MiB"], rows)


def versions(programs):
    told = []
    if programs.torch:
        code = "import torch; print(*[l.strip(' -') for l in torch.__config__.show().split('\\n') if 'MKL-DNN' in l])"
        asked = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True).stdout.strip()
        told.append(f"PyTorch {package('python3-torch')} ({asked})")
    if programs.ort:
        node = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
        manifest = json.loads((programs.modules / "onnxruntime-node/package.json").read_text())
        told.append(f"ONNX Runtime {manifest['version']} (onnxruntime-node, graph optimisation all) in Node.js {node}")
    return "; ".join(told) or "no peer"


def measure(bench, arguments):
    before, folder = taken_by_others(), Path(bench.folder)
    programs = Programs(bench, arguments)
    texts = "".join(f"- {name}: `{network}`, on {INPUT}\n" for name, (network, _) in NETWORKS.items())
    sections = ["## Convolutional networks\n\n" + texts + "".join(f"\nNote: {note}.\n" for note in programs.notes)]
    same, files, memory = same_function(programs, folder)
    sections.append(same)
    if programs.benches or programs.torch:
        sections += [training(programs, name) for name in NETWORKS]
        sections += [inference(programs, name, files[name]) for name in NETWORKS]
    sections.append(start_and_memory(programs, files["A"], memory["A"]))
    sections.append(growth.measure(programs, bench.rounds if arguments.full else 1, folder))
    for name, (network, _) in NETWORKS.items():
        bench.names[f"'{network}'"] = f'"${name}"'
    sections.append("### Under which conditions\n\n" + bench.conditions(versions(programs), before)
                    + "\nOf each kind of command the first is shown: those for B, other sizes and other widths are alike.\n"
                    "PyTorch trains on batches that lie ready in memory; its figures and ONNX Runtime's are medians over steps.\n")
    return "\n".join(sections)
