"""The audit: how many wrong labels and copies that were planted in Fashion-MNIST it finds, and what fixing them is worth.

3 of 100 training labels become another class, drawn at random. Behind the training pictures stand copies of some: equal, moved by a
pixel, brighter or darker.
"""
import csv, gzip, random
from pathlib import Path

from measure import DATA, PYTHON, ROOT, table, taken_by_others

FLIPPED = 0.03
COPIES = {"equal": ["same"],
          "moved by a pixel": ["up", "down", "left", "right", "up left", "down right"],
          "brighter or darker": ["x 0.5", "x 0.8", "x 1.2", "x 1.3", "+ 20", "+ 40", "- 15"]}
EACH = 210  # copies of each kind
SIDE = 28


def read_idx(name, header):
    return bytearray(gzip.decompress((DATA / (name + ".gz")).read_bytes())[header:])


def write_idx(path, magic, sizes, values):
    path.write_bytes(b"".join(number.to_bytes(4, "big") for number in (magic, *sizes)) + bytes(values))


def changed(picture, how):
    if how == "same":
        return picture
    if how[0] in "x+-":
        by = float(how[2:])
        level = {"x": lambda v: v * by, "+": lambda v: v + by, "-": lambda v: v - by}[how[0]]
        return bytes(min(255, max(0, round(level(v)))) for v in picture)
    down, right = how.count("down") - how.count("up"), how.count("right") - how.count("left")
    moved = bytearray(SIDE * SIDE)
    for y in range(SIDE):
        for x in range(SIDE):
            if 0 <= y - down < SIDE and 0 <= x - right < SIDE:
                moved[y * SIDE + x] = picture[(y - down) * SIDE + x - right]
    return moved


def plant(folder):
    """Writes the data; returns the flipped rows, and for each copy (original, kind, how)."""
    drawn = random.Random(3)
    images, labels = read_idx("train-images-idx3-ubyte", 16), read_idx("train-labels-idx1-ubyte", 8)
    n = len(labels)
    copies = []
    for kind, ways in COPIES.items():
        for i, original in enumerate(drawn.sample(range(n), EACH)):
            how = ways[i % len(ways)]
            images += changed(images[original * SIDE * SIDE:(original + 1) * SIDE * SIDE], how)
            labels.append(labels[original])
            copies.append((original, kind, how))
    flipped = drawn.sample(range(n), round(FLIPPED * n))
    for row in flipped:
        labels[row] = (labels[row] + drawn.randrange(1, 10)) % 10
    folder.mkdir()
    write_idx(folder / "train-images-idx3-ubyte", 2051, (len(labels), SIDE, SIDE), images)
    write_idx(folder / "train-labels-idx1-ubyte", 2049, (len(labels),), labels)
    for name, header in (("t10k-images-idx3-ubyte", 16), ("t10k-labels-idx1-ubyte", 8)):
        (folder / name).write_bytes(gzip.decompress((DATA / (name + ".gz")).read_bytes()))
    return n, set(flipped), copies


def labels_found(found, n, flipped):
    with (found / "suspects.csv").open() as file:
        ranked = [row for row in csv.DictReader(file) if int(row["index"]) < n]
    rows = []
    for most in (len(flipped), 3000, 2 * len(flipped)):
        right = sum(int(row["index"]) in flipped for row in ranked[:most])
        rows.append([f"{most:,}", f"{right:,} of {len(flipped):,}", f"{100 * right / len(flipped):.1f}"])
    return table(["most suspect", "flipped labels among them", "%"], rows)


def copies_found(answer, n, copies):
    pairs = [(c["first"]["part"], c["first"]["index"], c["second"]["part"], c["second"]["index"]) for c in answer["copies"]]
    second = {index for _, _, part, index in pairs if part == "train"}
    rows = []
    for kind in COPIES:
        of_kind = [n + i for i, (_, k, _) in enumerate(copies) if k == kind]
        rows.append([kind, f"{sum(i in second for i in of_kind)} of {len(of_kind)}"])
    missed = [f"{how} (of {original})" for i, (original, _, how) in enumerate(copies) if n + i not in second]
    own = [pair for pair in pairs if not (pair[2] == "train" and pair[3] >= n)]
    equal = sum(c["equal"] for c in answer["copies"] if not (c["second"]["part"] == "train" and c["second"]["index"] >= n))
    return (table(["planted", "found"], rows) + f"\nMissed: {', '.join(missed) or 'none'}. Pictures of Fashion-MNIST's own 70,000 that are "
            f"told to be copies: {len(own)}, {equal} of them equal to the byte.\n")


def accuracies(bench, folder, found):
    """Of the test pictures, after training on the labels as they are, with the fixes, and on the true ones."""
    rows = []
    for name, data, options in (("flipped", folder, []), ("flipped, with the fixes", folder, ["--fixes", found / "fixes.csv"]),
                                ("as they were", "fashion-mnist", [])):
        out = Path(bench.folder) / f"audit-{len(rows)}"
        bench.run("train " + name, [bench.weft, "train", "--data", data, "--preset", "quick", "--select", 1, "--epochs", 4, "--seed", 1,
                                    "--threads", bench.threads, *options, "--out", out, "--json"])
        tested, _, _ = bench.run("evaluate " + name, [bench.weft, "evaluate", out, "--data", data, "--split", "test", "--json"])
        low, high = tested["accuracy_interval"]
        rows.append([name, f"{100 * tested['accuracy']:.2f}", f"{100 * low:.2f} to {100 * high:.2f}"])
    return table(["training labels", "test accuracy, %", "95 % interval"], rows)


def measure(bench, arguments):
    before = taken_by_others()
    folder, found = Path(bench.folder) / "planted", Path(bench.folder) / "found"
    found.mkdir()
    n, flipped, copies = plant(folder)
    answer, seconds, memory = bench.run("audit", [
        bench.weft, "audit", "--data", folder, "--seed", 1, "--threads", bench.threads, "--csv", found / "suspects.csv",
        "--probabilities", found / "probabilities.csv", "--fixes", found / "fixes.csv", "--report", found / "audit.html", "--json"])
    peer, _, _ = bench.run("confident learning in NumPy", [
        PYTHON, ROOT / "bench/peers/confident.py", found / "probabilities.csv", found / "suspects.csv"])
    text = (f"## The audit\n\nFashion-MNIST with {len(flipped):,} of its {n:,} training labels made another class, drawn at random, and "
            f"{len(copies)} copies of training pictures behind them.\n\n")
    text += labels_found(found, n, flipped)
    text += (f"\n{answer['suspects']:,} labels are told to look wrong; {100 * answer['estimated_noise']:.1f} % of all are estimated to be. "
             f"The whole audit took {seconds:.0f} s and {memory:.0f} MiB. Confident learning in NumPy, from the same probabilities: Spearman "
             f"{peer['spearman_normalized_margin']:.4f} by normalised margin, {peer['spearman_self_confidence']:.4f} by self-confidence; "
             f"{peer['issues_that_differ']} of {peer['issues']:,} suspects differ.\n\n")
    text += copies_found(answer, n, copies) + "\n" + accuracies(bench, folder, found)
    return text + "\n" + bench.conditions(f"data digest {answer['data_digest']}", before)
