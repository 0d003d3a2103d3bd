"""Maps by t-SNE: weft against scikit-learn on the article's held-out pictures, whole processes in turn; then all 70,000.

Both maps are judged by one program (peers/map_quality.py): divergence with exact neighbours and all pairs, and trustworthiness.
"""
import statistics
from pathlib import Path

from measure import PYTHON, ROOT, package, ratios, spread, table, taken_by_others


def measure(bench, arguments):
    before = taken_by_others()
    limit, iterations = arguments.map_limit, arguments.map_iterations
    took, processor, memory, maps, answers = ({name: [] for name in ("sklearn", "weft")} for _ in range(5))
    for i in range(bench.rounds):
        csv = {name: Path(bench.folder) / f"{name}-{i}.csv" for name in took}
        commands = {
            "sklearn": [PYTHON, ROOT / "bench/peers/sklearn_tsne.py", "--limit", limit, "--iterations", iterations, "--threads",
                        bench.threads, "--csv", csv["sklearn"]],
            "weft": [bench.weft, "map", "--data", "fashion-mnist", "--split", "article-test", "--limit", limit, "--iterations",
                     iterations, "--threads", bench.threads, "--csv", csv["weft"], "--json"]}
        for name, command in commands.items():
            answer, seconds, peak = bench.run("map " + name, command)
            took[name].append(seconds)
            memory[name].append(peak)
            answers[name].append(answer)
            maps[name].append(csv[name])
    judged, _, _ = bench.run("quality", [PYTHON, ROOT / "bench/peers/map_quality.py", maps["sklearn"][0], maps["weft"][0]])
    same = len({path.read_bytes() for path in maps["weft"]}) == 1
    rows = []
    for name, shown, quality in (("sklearn", "scikit-learn's TSNE", judged[0]), ("weft", "weft map", judged[1])):
        rows.append([shown, spread(took[name]), spread(ratios(took["sklearn"], took[name]), "{:.1f}"),
                     f"{quality['kl_divergence']:.4f}", f"{quality['trustworthiness']:.4f}", spread(memory[name], "{:.0f}")])
    kl = judged[1]["kl_divergence"] / judged[0]["kl_divergence"] - 1
    trust = judged[1]["trustworthiness"] - judged[0]["trustworthiness"]
    text = (f"## Maps\n\n{answers['weft'][0]['n']:,} pictures that the article holds out, 784 pixels, perplexity 30, {iterations:,} "
            "iterations, start by principal components; whole processes.\n\n"
            + table(["program", "seconds", "times as fast", "divergence", "trustworthiness, 12 neighbours", "peak memory, MiB"], rows)
            + f"\nweft's divergence is {abs(100 * kl):.2f} % {'above' if kl > 0 else 'below'} scikit-learn's, its trustworthiness "
            f"{abs(trust):.4f} {'above' if trust > 0 else 'below'}. Both by one program, exactly; what weft itself tells is "
            f"{answers['weft'][0]['kl_divergence']:.4f}. Its maps of {bench.rounds} runs are {'the same bytes' if same else '**not the same**'}.\n")
    whole, seconds, peak = [], [], []
    for _ in range(bench.rounds):
        answer, wall, memory_used = bench.run("map all", [
            bench.weft, "map", "--data", "fashion-mnist", "--split", "all", "--iterations", iterations, "--threads", bench.threads,
            "--csv", Path(bench.folder) / "all.csv", "--json", *(["--limit", limit] if limit < 12_000 else [])])
        whole.append(answer)
        seconds.append(wall)
        peak.append(memory_used)
    text += (f"\nAll {whole[0]['n']:,} pictures: {spread(seconds, '{:.1f}')} s, divergence {whole[0]['kl_divergence']:.4f}, "
             f"{statistics.median(peak):.0f} MiB.\n")
    return text + "\n" + bench.conditions(f"scikit-learn {package('python3-sklearn')}; data digest {answers['weft'][0]['digest']}", before)
