"""What every comparison needs: programs run and timed, figures with their spread, tables, and where they are written."""
import json, os, re, shlex, statistics, subprocess, sys, threading, time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = Path("/usr/share/datasets/fashion-mnist")
PYTHON = "/usr/bin/python3"
BUSY = 0.1  # share of the processors that others may take: programs whose threads wait for each other suffer most


class Bench:
    def __init__(self, arguments, folder):
        self.environment = dict(os.environ, OMP_NUM_THREADS=str(arguments.threads), OPENBLAS_NUM_THREADS=str(arguments.threads))
        self.weft = str(arguments.weft)
        self.threads = arguments.threads
        self.rounds = arguments.rounds
        self.folder = folder  # for what runs leave behind
        self.names = {str(ROOT) + "/": "", folder: "RUNS"}  # what stands for what in the commands that are shown
        self.commands = {}  # each kind of command once, as first run

    def run(self, name, command, read=json.loads):
        """What `read` makes of what the command prints, its wall time in seconds and its peak memory in MiB.

        Memory is never below this program's own, which the system counts until the other one is loaded.
        """
        command = [str(part) for part in command]
        self.commands.setdefault(name, command)
        print("  " + short(shlex.join(command)), file=sys.stderr)
        start = time.monotonic()
        process = subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        messages = []
        reader = threading.Thread(target=lambda: messages.append(process.stderr.read()))
        reader.start()
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        reader.join()
        process.stdout.close()
        process.stderr.close()
        if process.returncode != 0:
            sys.exit(f"compare: {shlex.join(command)} ended with {process.returncode}: {messages[0].strip()[-500:]}")
        try:
            return read(printed), seconds, usage.ru_maxrss / 1024
        except ValueError as error:
            sys.exit(f"compare: {shlex.join(command)} should print one document, but ({error}) printed: {printed[:200]!r}")

    def conditions(self, versions, before):
        """Machine, versions, what others took of it before (taken_by_others()) and now, each command once; forgets the commands."""
        (name, sets), after = processor(), taken_by_others()
        lines = [f"- Processor: {name}, {len(os.sched_getaffinity(0))} cores; {', '.join(sets) or 'no wide vectors'}.",
                 f"- Threads: {self.threads} in every program, unless it says otherwise. Rounds: {self.rounds}; median (lowest to"
                 " highest).",
                 f"- Others took {100 * before:.0f} % of the processors just before, {100 * after:.0f} % just after"
                 + (": **the machine was busy, so take no figure from here**." if max(before, after) > BUSY else "."),
                 f"- Versions: {self.version()}; {versions}."]
        for command in self.commands.values():
            line = short(shlex.join(command))
            for whole, name in self.names.items():
                line = line.replace(whole, name)
            lines.append(f"- `OMP_NUM_THREADS={self.threads} OPENBLAS_NUM_THREADS={self.threads} {line}`")
        self.commands = {}
        return "\n".join(lines) + "\n"

    def version(self):
        asked = subprocess.run([self.weft, "--version"], capture_output=True, text=True)
        return asked.stdout.strip().replace("\n", ", ")


def short(line):
    """A command with long lists of numbers cut."""
    return re.sub(r"(\d+,\d+),[\d,]{20,},(\d+)", r"\1,...,\2", line)


def spread(values, form="{:.2f}"):
    """Median (lowest to highest)."""
    median, low, high = (form.format(v) for v in (statistics.median(values), min(values), max(values)))
    return median if len(values) == 1 else f"{median} ({low} to {high})"


def ratios(of, to):
    return [a / b for a, b in zip(of, to)]


def table(header, rows):
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"


def package(name):
    asked = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", name], capture_output=True, text=True)
    return asked.stdout if asked.returncode == 0 else "not installed"


def taken_by_others():
    """The share of the processors' time that was used, or held back by the host, while this program did nothing."""
    def times():
        with open("/proc/stat") as file:
            return [int(value) for value in file.readline().split()[1:9]]  # user nice system idle iowait irq softirq steal

    before = times()
    time.sleep(1)
    passed = [b - a for a, b in zip(before, times())]
    return 1 - (passed[3] + passed[4]) / max(1, sum(passed))


def processor():
    """The processor's name, and which of the instruction sets that matter it has."""
    with open("/proc/cpuinfo") as file:
        fields = dict(re.split(r"\s*:\s*", line.strip(), maxsplit=1) for line in file if ":" in line)
    flags = fields.get("flags", fields.get("Features", "")).split()
    sets = [flag for flag in ("avx2", "avx512f", "avx512_bf16", "amx_bf16", "asimd", "sve", "bf16") if flag in flags]
    return fields.get("model name", os.uname().machine), sets


def write(text, part):
    """Puts the text between the part's markers in docs/results.md, behind everything else where there are none."""
    begin, end = (f"<!-- bench/compare {part + ' ' if part else ''}{edge} -->" for edge in ("begin", "end"))
    path = ROOT / "docs/results.md"
    old = path.read_text() if path.exists() else "# Measured results\n"
    block = f"{begin}\n{text}{end}"
    if begin in old and end in old:
        new = old[:old.index(begin)] + block + old[old.index(end) + len(end):]
    else:
        new = old.rstrip("\n") + f"\n\n{block}\n"
    path.parent.mkdir(exist_ok=True)
    path.write_text(new)
    print(f"compare: wrote {path.relative_to(ROOT)}", file=sys.stderr)
