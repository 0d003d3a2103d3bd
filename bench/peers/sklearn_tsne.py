#!/usr/bin/python3
"""A map of Fashion-MNIST by scikit-learn's TSNE, as a whole process: what `weft map` is held against.

Needs: python3-sklearn dataset-fashion-mnist (Debian packages); run with /usr/bin/python3.
The pictures are the first of the 12,000 that the article holds out, pixels / 255; start, learning rate and all else as scikit-learn
has it by itself. Writes the map as CSV (index,x,y,label) and prints JSON: the seconds from the process's start to the map (imports
and reading included), those of the processors, and the divergence as scikit-learn tells it.
"""
import argparse, gzip, json, os, resource, struct, time
import numpy as np
from sklearn.manifold import TSNE

FOLDER = "/usr/share/datasets/fashion-mnist/"


def read_idx(name):
    raw = gzip.open(FOLDER + name).read()
    shape = struct.unpack(">%dI" % raw[3], raw[4:4 + 4 * raw[3]])
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape)


def article_test(n):
    """Pixels / 255 and labels of the first n pictures that train_test_split(test_size=0.2, random_state=42) holds out."""
    rows = np.random.RandomState(42).permutation(60_000)[:min(n, 12_000)]
    pixels = read_idx("train-images-idx3-ubyte.gz").reshape(-1, 784)[rows].astype(np.float32) / 255
    return pixels, read_idx("train-labels-idx1-ubyte.gz")[rows]


def seconds_since_start():
    with open("/proc/self/stat") as stat:
        start = int(stat.read().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - start


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--limit", type=int, default=12_000)
    parser.add_argument("--perplexity", type=float, default=30)
    parser.add_argument("--iterations", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--csv", required=True)
    arguments = parser.parse_args()
    pixels, labels = article_test(arguments.limit)
    tsne = TSNE(init="pca", learning_rate="auto", perplexity=arguments.perplexity, n_iter=arguments.iterations,
                n_jobs=arguments.threads, random_state=1)
    places = tsne.fit_transform(pixels)
    seconds = seconds_since_start()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    with open(arguments.csv, "w") as file:
        file.write("index,x,y,label\n")
        for i, ((x, y), label) in enumerate(zip(places, labels)):
            file.write(f"{i},{x:.9g},{y:.9g},{label}\n")
    print(json.dumps({"seconds": round(seconds, 3), "processor_seconds": round(usage.ru_utime + usage.ru_stime, 3),
                      "kl_divergence": float(tsne.kl_divergence_), "n": len(places)}))


if __name__ == "__main__":
    main()
