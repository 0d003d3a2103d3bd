"""(a) The article's classifier, (b) the whole process of training a small network, (c) its matrix products alone."""
import json, statistics, subprocess
from pathlib import Path

from measure import PYTHON, ROOT, package, processor, ratios, spread, table, taken_by_others

# Multiply-adds an epoch of the article's classifier, as two operations each: 48,000 pictures, 784 x 50 + 50 x 10 weights,
# forward and weight gradients.
FLOP_PER_EPOCH = 48_000 * (784 * 50 + 50 * 10) * 2 * 2
SEEDS = 5


def article(bench, epochs, precisions):
    """(a)"""
    seconds, answer = {}, {}
    for _ in range(bench.rounds):
        peer, _, _ = bench.run("numpy", [PYTHON, ROOT / "bench/peers/article_numpy.py", "--only", "scaled", "--epochs", epochs,
                                         "--dtype", "float64"])
        seconds.setdefault("numpy", []).append(peer["scaled"]["seconds"])
        for precision in precisions:
            answer[precision], _, _ = bench.run("article " + precision, [
                bench.weft, "article", "classifier", "--pixels", "scaled", "--precision", precision, "--epochs", epochs, "--json"])
            seconds.setdefault(precision, []).append(answer[precision]["seconds"])
    rows = [["NumPy, float64", spread(seconds["numpy"]), "1", f"{peer['scaled']['error_by_epoch'][-1]:.2f}"]]
    for precision in precisions:
        used = answer[precision]["precision"]
        rows.append([f"weft, {precision}" + (f" (took {used})" if used != precision else ""), spread(seconds[precision]),
                     spread(ratios(seconds["numpy"], seconds[precision])), f"{answer[precision]['error_by_epoch'][-1]:.2f}"])
    text = f"### The article's classifier, scaled pixels, {epochs} epochs: the training loop\n\n"
    return text + table(["program", "seconds", "times as fast", "error of the last epoch"], rows)


def whole_process(bench, folder):
    """(b); also the data digest, where weft tells it."""
    ours, peers, memory, peer_memory, peer_accuracy, accuracy, interval, size, digest = [], [], [], [], [], [], None, 0, None
    for seed in range(1, max(bench.rounds, SEEDS) + 1):
        if seed <= bench.rounds:
            peer, _, peak = bench.run("sklearn", [PYTHON, ROOT / "bench/peers/sklearn_mlp.py", "--seed", seed])
            peers.append(peer["seconds"])
            peer_memory.append(peak)
            peer_accuracy.append(peer["accuracy"])
        out = folder / f"seed{seed}"
        answer, seconds, peak = bench.run("train", [
            bench.weft, "train", "--data", "fashion-mnist", "--preset", "mlp", "--seed", seed, "--out", out, "--json"])
        if seed <= bench.rounds:
            ours.append(seconds)
            memory.append(peak)
        if seed <= SEEDS:
            scores, _, _ = bench.run("evaluate", [
                bench.weft, "evaluate", out / "model.safetensors", "--data", "fashion-mnist", "--json"])
            accuracy.append(100 * scores["accuracy"])
            interval, size = interval or scores.get("accuracy_interval"), scores["n"]
        digest = digest or find_digest(answer) or find_digest(read_json(out / "run.json"))
    text = "### From start to saved model: the whole process\n\n" + table(
        ["program", "seconds", "times as fast", f"accuracy on the {size:,} test images", "peak memory, MiB"],
        [["scikit-learn's MLPClassifier", spread(peers), "1", f"{100 * statistics.mean(peer_accuracy):.2f} %",
          spread(peer_memory, "{:.0f}")],
         ["weft train --preset mlp", spread(ours), spread(ratios(peers, ours)),
          f"{statistics.mean(accuracy):.2f} % ± {statistics.stdev(accuracy):.2f}", spread(memory, "{:.0f}")]])
    text += (f"\nweft's accuracy: mean and deviation over seeds 1 to {SEEDS}, last epoch ("
             + ", ".join(f"{value:.2f}" for value in accuracy) + ")")
    if interval:
        text += f"; the 95 % interval of seed 1 alone is {100 * interval[0]:.2f} to {100 * interval[1]:.2f} %"
    text += (".\nscikit-learn's seconds end with the fitted network; weft's are those of the whole process, with its"
             " validation scores and the saved model.\n")
    return text, digest


def products(bench, program, epochs):
    """(c), or why not."""
    title = f"### Its matrix products alone in oneDNN, {epochs} epochs\n\n"
    if not program.exists():
        return title + f"Not measured: {program.name} is not built (cmake --preset release -DWEFT_BENCH=ON).\n"
    answers = [bench.run("products", [program, "--epochs", epochs, "--json"])[0] for _ in range(bench.rounds)]
    rows = []
    for precision in ("f32", "bf16"):
        measured = [answer[precision] for answer in answers if answer.get(precision)]
        if not measured:
            rows.append([precision, "not on this processor", "", "", "", ""])
            continue
        theirs, ours = ([m[key] for m in measured] for key in ("oneDNN_seconds", "weft_seconds"))
        peaks = [value for answer in answers if (value := (answer.get("peak_gflops") or {}).get(precision))]
        peak = statistics.median(peaks) if peaks else None
        share = [FLOP_PER_EPOCH * epochs / 1e9 / s / peak * 100 for s in ours] if peak else None
        rows.append([precision, spread(theirs), spread(ours), spread(ratios(ours, theirs)), f"{peak:.0f}" if peak else "",
                     spread(share, "{:.0f} %") if share else ""])
    return title + table(["precision", "oneDNN, products alone, seconds", "weft, the training loop, seconds", "weft / oneDNN",
                          "ceiling, GFLOP/s", "weft's share of it"], rows)


def read_json(path):
    return json.loads(path.read_text()) if path.exists() else None


def find_digest(value):
    """The first string under a key that names a digest, however deep."""
    if not isinstance(value, dict):
        return None
    for key, inner in value.items():
        if "digest" in key and isinstance(inner, str):
            return inner
    return next(filter(None, map(find_digest, value.values())), None)


def blas():
    """The library that NumPy multiplies with, from NumPy itself."""
    code = ("import json, numpy, sklearn, threadpoolctl as t; numpy.ones((64, 64)) @ numpy.ones((64, 64));"
            "print(json.dumps({'numpy': numpy.__version__, 'sklearn': sklearn.__version__,"
            "'blas': [i for i in t.threadpool_info() if i['user_api'] == 'blas']}))")
    told = json.loads(subprocess.run([PYTHON, "-c", code], check=True, capture_output=True, text=True).stdout)
    libraries = ["{internal_api} {version} ({architecture}, {threading_layer})".format_map(i) for i in told["blas"]]
    if not any(i["internal_api"] == "openblas" for i in told["blas"]):
        libraries.append("**not OpenBLAS, which is several times faster: see update-alternatives**")
    return f"NumPy {told['numpy']} with {', '.join(libraries)}; scikit-learn {told['sklearn']}"


def measure(bench, arguments):
    epochs = 300 if arguments.full else arguments.epochs
    precisions = ["f32", "auto"] + (["bf16"] if "avx512_bf16" in processor()[1] else [])
    before = taken_by_others()
    first = article(bench, epochs, precisions)
    second, digest = whole_process(bench, Path(bench.folder))
    third = products(bench, arguments.products, epochs)
    versions = f"{blas()}; oneDNN {package('libdnnl-dev')}" + (f"; data digest {digest}" if digest else "")
    return "\n".join([first, second, third, "### Under which conditions\n\n" + bench.conditions(versions, before)])
