"""The presets' accuracy for time on Fashion-MNIST: whole processes, the last epoch, the official test pictures."""
import statistics
from pathlib import Path

from measure import spread, table, taken_by_others

SEEDS = {"quick": 5, "default": 3, "mlp-large": 3, "best": 1}
SEEDS_F32 = {"quick": 5, "default": 1, "mlp-large": 1}  # told beside the preset's own arithmetic
LIMIT = {"quick": 30, "default": 300, "mlp-large": 60, "best": 7200}  # seconds that the preset is meant to need at most


def percent(shares):
    """Mean and deviation of fractions."""
    values = [100 * share for share in shares]
    mean = f"{statistics.mean(values):.2f}"
    if len(values) == 1:
        return mean
    return f"{mean} ± {statistics.stdev(values):.2f} ({', '.join(f'{v:.2f}' for v in values)})"


def preset(bench, name, precision):
    """A row of the table, and the data's digest."""
    trained, tested, took, evaluating, memory = [], [], [], [], []
    for seed in range(1, (SEEDS_F32 if precision == "f32" else SEEDS)[name] + 1):
        out = Path(bench.folder) / f"{name}-{precision}-{seed}"
        options = [] if precision == "auto" else ["--precision", precision]
        answer, seconds, peak = bench.run("train " + name + precision, [
            bench.weft, "train", "--data", "fashion-mnist", "--preset", name, "--seed", seed, *options, "--threads",
            bench.threads, "--out", out, "--json"])
        trained.append(answer)
        took.append(seconds)
        memory.append(peak)
        answer, seconds, _ = bench.run("evaluate " + name, [
            bench.weft, "evaluate", out / "model.safetensors", "--data", "fashion-mnist", "--json", "--threads", bench.threads])
        tested.append(answer)
        evaluating.append(seconds)
    low, high = tested[0]["accuracy_interval"]
    row = [name, precision if precision == trained[0]["precision"] else f"auto ({trained[0]['precision']})",
           percent([t["accuracy"] for t in tested]), f"{100 * low:.2f} to {100 * high:.2f}",
           percent([t["val_accuracy"] for t in trained]), spread(took, "{:.1f}"), LIMIT[name], spread(evaluating),
           ", ".join(tested[0]["views"]), f"{max(memory):.0f}"]
    return row, trained[0]["data_digest"]


def measure_these(bench, names, precisions):
    before = taken_by_others()
    rows, digest = [], ""
    for name in names:
        for precision in precisions:
            row, digest = preset(bench, name, precision)
            rows.append(row)
    text = table(["preset", "arithmetic", "test accuracy, %", "95 % interval of seed 1", "validation accuracy, %",
                  "training, whole process, s", "meant for, s", "evaluating, whole process, s", "views averaged", "peak MiB"], rows)
    return text + "\n" + bench.conditions(f"data digest {digest}", before)


def measure(bench, arguments):
    return ("## The presets: accuracy for time\n\nMean and deviation over the seeds from 1 on, each seed's figure behind them; 55,000 "
            "pictures trained on and 5,000 held out for validation.\n\n"
            + measure_these(bench, ("quick", "default", "mlp-large"), ("auto", "f32")))


def measure_best(bench, arguments):
    return "## The preset for hours\n\n" + measure_these(bench, ("best",), ("auto",))
