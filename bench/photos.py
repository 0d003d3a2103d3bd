"""Photos: what each step towards a catalogue picture is worth, and how fast they are read and converted.

Accuracy needs labelled photos, which the project has none of: a folder with index.csv (path, class, kind, view), named by --photos.
Speed is against a loop in Pillow, in as many processes as weft has threads, over the same JPEG files, made anew: drawn scenes of 1
to 2 megapixels. Pillow does what Fashion-MNIST's authors did; weft does that, and once more with the product found first.
"""
import csv, json, math, random, statistics, subprocess
from pathlib import Path

from measure import PYTHON, ROOT, spread, table, taken_by_others

AUTHORS = ["trim", "fit", "sharpen", "centre", "negate", "grey"]
OURS = ["product", "trim", "fit", "centre", "negate", "grey"]
# Fit and centre are always done.
VARIANTS = [("the authors'", AUTHORS), ("weft's: product, trim, fit, centre, negate, grey", OURS)] + [
    (f"weft's without {step}", [s for s in OURS if s != step]) for step in ("product", "trim", "negate")] + [
    ("weft's with sharpen", ["product"] + AUTHORS)]
KINDS = [("catalogue, product alone", lambda r: r["kind"] == "catalogue" and r["view"] != "worn"),
         ("catalogue, worn", lambda r: r["kind"] == "catalogue" and r["view"] == "worn"),
         ("casual, one product", lambda r: r["kind"] == "casual" and r["view"] in ("product", "folded")),
         ("casual, worn", lambda r: r["kind"] == "casual" and r["view"] == "worn"),
         ("casual, pairs", lambda r: r["kind"] == "casual" and r["view"] == "pair"),
         ("casual, all", lambda r: r["kind"] == "casual")]


def wilson(right, n, z=1.96):
    """The 95 % interval of a share, in percent."""
    share = right / n
    middle, half = share + z * z / (2 * n), z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return 100 * (middle - half) / (1 + z * z / n), 100 * (middle + half) / (1 + z * z / n)


def lines_of_json(text):
    return [json.loads(line) for line in text.splitlines()]


def accuracy(bench, model, folder):
    rows = list(csv.DictReader((folder / "index.csv").open()))
    text = []
    for name, steps in VARIANTS:
        found, _, _ = bench.run("photos", [bench.weft, "predict", model, folder, "--json", "--photo-steps", ", ".join(steps)],
                                lines_of_json)
        by_file = {answer["file"]: answer for answer in found}
        answers = [by_file[str(folder / row["path"])] for row in rows]
        cells = [name]
        for _, chosen in KINDS:
            pairs = [(row, answer) for row, answer in zip(rows, answers) if chosen(row)]
            right = sum(row["class"] == answer.get("label") for row, answer in pairs)
            low, high = wilson(right, len(pairs))
            cells.append(f"{100 * right / len(pairs):.0f} ({low:.0f} to {high:.0f})")
        catalogue = [answer for row, answer in zip(rows, answers) if KINDS[0][1](row)]
        cells.append(f"{100 * statistics.mean(answer['none_of_these'] for answer in catalogue):.0f}")
        text.append(cells)
    counts = ", ".join(f"{name}: {sum(map(chosen, rows))}" for name, chosen in KINDS)
    head = ["steps", *(name for name, _ in KINDS), "none of these, of catalogue products"]
    return f"Percent, with 95 % intervals. Photos: {counts}.\n\n" + table(head, text)


def draw_scenes(folder, count, pillow):
    """Writes JPEG files of 1 to 2 megapixels: lit backgrounds, shapes with texture. The same ones every time."""
    program = f"""
import random, sys
import numpy as np
from PIL import Image, ImageDraw
random.seed(1)
numbers = np.random.default_rng(1)
for i in range({count}):
    width = random.randrange(900, 1500)
    height = random.randrange(1_000_000 // width, 2_000_000 // width)
    light = np.linspace(random.randrange(140, 256), random.randrange(140, 256), width)[None, :, None]
    noise = numbers.normal(0, 6, (height // 2 + 1, width // 2 + 1, 1)).repeat(2, 0).repeat(2, 1)[:height, :width]
    scene = Image.fromarray(np.clip(light + noise + np.zeros((height, width, 3)), 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(scene)
    for _ in range(random.randrange(1, 6)):
        x, y = random.randrange(width // 4, width // 2), random.randrange(height // 4, height // 2)
        colour = tuple(random.randrange(256) for _ in range(3))
        pen.rounded_rectangle([x, y, x + width // 3, y + height // 3], 40, fill=colour)
    scene.save(f"{{sys.argv[1]}}/{{i:04}}.jpg", quality=90)
"""
    subprocess.run([pillow, "-c", program, folder], check=True)


def speed(bench, count, rounds):
    model = Path(bench.folder) / "mlp"  # next to nothing beside decoding
    bench.run("train mlp", [bench.weft, "train", "--data", "fashion-mnist", "--preset", "mlp", "--out", model, "--json"])
    folder = Path(bench.folder) / "scenes"
    folder.mkdir()
    draw_scenes(folder, count, PYTHON)
    took = {"Pillow, the authors' steps": [], "weft, the authors' steps": [], "weft, its own steps": []}
    for _ in range(rounds):
        _, seconds, _ = bench.run("pillow", [PYTHON, ROOT / "bench/peers/pillow_photos.py", folder, "--processes", bench.threads])
        took["Pillow, the authors' steps"].append(seconds)
        for name, steps in (("weft, the authors' steps", AUTHORS), ("weft, its own steps", OURS)):
            _, seconds, _ = bench.run(name, [bench.weft, "predict", model, folder, "--json", "--threads", bench.threads,
                                             "--photo-steps", ", ".join(steps)], lines_of_json)
            took[name].append(seconds)
    peer = took["Pillow, the authors' steps"]
    rows = [[name, spread(seconds), spread([count / s for s in seconds], "{:.0f}"),
             spread([p / s for p, s in zip(peer, seconds)])] for name, seconds in took.items()]
    return (f"{count} JPEG files of 1 to 2 megapixels; whole processes; weft's also predict, with the preset mlp.\n\n"
            + table(["program", "seconds", "photos a second", "times Pillow"], rows))


def draw_junk(folder):
    """Pictures of no clothing: what Debian's icon themes have, drawn shapes, noise. The same ones every time."""
    program = """
import glob, random, sys
import numpy as np
from PIL import Image, ImageDraw
random.seed(5)
numbers = np.random.default_rng(5)
to = sys.argv[1]
icons = sorted(set(glob.glob('/usr/share/icons/**/*.png', recursive=True) + glob.glob('/usr/share/pixmaps/*.png')))
icons = [path for path in icons if min(Image.open(path).size) >= 32]
for i, path in enumerate(random.sample(icons, min(1000, len(icons)))):
    Image.open(path).save(f'{to}/icon-{i}.png')
for i in range(100):
    width, height = random.randrange(120, 400), random.randrange(120, 400)
    colour = lambda: tuple(random.randrange(256) for _ in range(3))
    scene = Image.new('RGB', (width, height), colour() if i % 2 else (255, 255, 255))
    pen = ImageDraw.Draw(scene)
    for _ in range(random.randrange(1, 6)):
        (left, right), (top, bottom) = sorted(random.sample(range(width), 2)), sorted(random.sample(range(height), 2))
        kind = random.randrange(4)
        if kind == 0: pen.ellipse([left, top, right, bottom], fill=colour())
        if kind == 1: pen.rectangle([left, top, right, bottom], fill=colour())
        if kind == 2: pen.polygon([(random.randrange(width), random.randrange(height)) for _ in range(random.randrange(3, 8))], fill=colour())
        if kind == 3: pen.line([left, top, right, bottom], fill=colour(), width=random.randrange(2, 30))
    scene.save(f'{to}/shape-{i}.png')
for i in range(100):
    grain = random.choice([1, 2, 4, 8, 16, 40])
    values = numbers.integers(0, 256, (240 // grain + 1, 240 // grain + 1, 3)).astype(np.uint8)
    Image.fromarray(values).resize((240, 240), random.choice([Image.NEAREST, Image.BICUBIC])).save(f'{to}/noise-{i}.png')
"""
    subprocess.run([PYTHON, "-c", program, folder], check=True)


def nothing(bench, model):
    """How often things that are no clothing are told, and what is clothing taken for none."""
    folder = Path(bench.folder) / "junk"
    folder.mkdir()
    draw_junk(folder)
    answers, _, _ = bench.run("junk", [bench.weft, "predict", model, folder, "--json"], lines_of_json)
    rows = []
    for kind in ("icon", "shape", "noise"):
        of_kind = [a["none_of_these"] for a in answers if Path(a["file"]).name.startswith(kind)]
        if of_kind:
            low, high = wilson(sum(of_kind), len(of_kind))
            rows.append([f"{kind}s, {len(of_kind)}", f"{100 * statistics.mean(of_kind):.0f} ({low:.0f} to {high:.0f})"])
    tested, _, _ = bench.run("evaluate", [bench.weft, "evaluate", model, "--data", "fashion-mnist", "--json"])
    rows.append([f"test pictures, {tested['n']}", f"{100 * tested['none_of_these']:.1f}"])
    text = table(["what it is shown", "none of these, %"], rows)
    return text + f"\nAccuracy on the test pictures: {100 * tested['accuracy']:.2f} %.\n"


def measure(bench, arguments):
    before = taken_by_others()
    model = arguments.model
    if model is None:
        model = Path(bench.folder) / "photos"
        bench.run("train", [bench.weft, "train", "--data", "fashion-mnist", "--preset", "photos", "--seed", 1, "--out", model, "--json"])
    text = "## Photos\n\n"
    if arguments.photos:
        text += accuracy(bench, model, arguments.photos) + "\n"
    text += nothing(bench, model) + "\n"
    text += speed(bench, 1000, arguments.rounds)
    pillow = subprocess.run([PYTHON, "-c", "import PIL; print(PIL.__version__)"], capture_output=True, text=True).stdout.strip()
    for path, shown in ((arguments.photos, "PHOTOS"), (arguments.model, "RUNS/photos")):
        if path:
            bench.names[str(path)] = shown
    return text + "\n" + bench.conditions(f"Pillow {pillow}", before)
