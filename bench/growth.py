"""How the cost of training grows, in weft alone: with pictures, with multiply-adds, and what a second thread brings."""
import gzip, os, statistics, struct

from measure import DATA, ratios, spread, table

TIMES = (1, 2, 4, 8, 16)
PICTURES = 60_000 // TIMES[-1]
WIDTHS = (16, 24, 32, 48, 64)  # of A's first layer, 32 there: about 1 to 16 times the multiply-adds


def network(width):
    """A with another width."""
    w = width
    return (f"conv {w} 3x3, batchnorm, relu, conv {2 * w} 3x3, batchnorm, relu, maxpool 2, conv {4 * w} 3x3, batchnorm, relu, "
            f"maxpool 2, conv {4 * w} 3x3, batchnorm, relu, globalmaxpool, dense 10")


def multiply_adds(width):
    w = width
    return 9 * (784 * (w + w * 2 * w) + 196 * 2 * w * 4 * w + 49 * 4 * w * 4 * w) + 40 * w


def write_first(count, folder):
    """A data set of the first so many training pictures."""
    folder.mkdir()
    for name, heads in (("train-images-idx3-ubyte", 4), ("train-labels-idx1-ubyte", 2)):
        raw = gzip.decompress((DATA / (name + ".gz")).read_bytes())
        head = list(struct.unpack(f">{heads}I", raw[:4 * heads]))
        each = (len(raw) - 4 * heads) // head[1]
        head[1] = count
        (folder / name).write_bytes(struct.pack(f">{heads}I", *head) + raw[4 * heads:4 * heads + count * each])


def by_size(taken, sizes, form):
    """Rows of a table: the size in times the first, its time, and the time in times what is linear."""
    rows, first = [], sizes[0]
    for size in sizes:
        share = [ratio * first / size for ratio in ratios(taken[size], taken[first])]
        rows.append([f"{size:,}", f"{size / first:.2f}", spread(taken[size], form), spread(share)])
    return rows


def pictures(programs, rounds, folder):
    bench, taken = programs.bench, {}
    sizes = [PICTURES * times for times in TIMES]
    for size in sizes:
        write_first(size, folder / f"first{size}")
    for round_ in range(rounds):
        for size in sizes:
            answer, _, _ = bench.run("growth", [
                bench.weft, "train", "--data", folder / f"first{size}", "--network", network(8), "--epochs", 1, "--optimizer",
                "sgd", "--lr", 0.05, "--batch-size", 125, "--val-fraction", 0, "--precision", "f32", "--threads", bench.threads,
                "--out", folder / f"growth{size}.{round_}", "--json"])
            taken.setdefault(size, []).append(answer["seconds"])
    return (f"An epoch of A at a quarter of its width ({multiply_adds(8) / 1e6:.1f} million multiply-adds), batches of 125, from "
            "files to saved model:\n\n"
            + table(["pictures", "times the first", "seconds", "times linear"], by_size(taken, sizes, "{:.2f}")))


def widths(programs, rounds):
    taken = {}
    for _ in range(rounds):
        for width in WIDTHS:
            answer = programs.weft_bench("width", "train", network(width), 128, "f32")
            taken.setdefault(multiply_adds(width), []).append(answer["step_ms"])
    return ("\nA step of A at other widths, batches of 128:\n\n"
            + table(["multiply-adds a picture", "times the first", "milliseconds", "times linear"],
                    by_size(taken, [multiply_adds(width) for width in WIDTHS], "{:.0f}")))


def threads(programs, rounds):
    if len(os.sched_getaffinity(0)) < 2:
        return ""
    taken = {1: [], 2: []}
    for _ in range(rounds):
        for count, times in taken.items():
            times.append(programs.weft_bench(f"threads {count}", "train", network(32), 128, "f32", count)["step_ms"])
    one, two = (statistics.median(times) for times in taken.values())
    return (f"\nA step of A, batches of 128: {one:.0f} ms with one thread, {two:.0f} ms with two: "
            f"{spread(ratios(taken[1], taken[2]))} times as fast.\n")


def measure(programs, rounds, folder):
    text = "### How the cost of training grows\n\n" + pictures(programs, rounds, folder)
    if programs.benches:
        text += widths(programs, rounds) + threads(programs, rounds)
    return text
