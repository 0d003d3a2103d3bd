#!/usr/bin/python3
"""Fashion-MNIST with scikit-learn's MLPClassifier, as a whole process: what `weft train --preset mlp` is held against.

Needs: python3-sklearn dataset-fashion-mnist (Debian packages); run with /usr/bin/python3.
Prints JSON: the seconds from the process's start to the fitted network (imports and reading included), then, outside
that time, its accuracy on the 10,000 test images as a fraction.
"""
import argparse, gzip, json, os, struct, time, warnings
import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

FOLDER = "/usr/share/datasets/fashion-mnist/"


def read_idx(name):
    raw = gzip.open(FOLDER + name).read()
    shape = struct.unpack(">%dI" % raw[3], raw[4:4 + 4 * raw[3]])
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape)


def read_part(part, dtype):
    images = read_idx(part + "-images-idx3-ubyte.gz").reshape(-1, 784).astype(dtype)
    return images, read_idx(part + "-labels-idx1-ubyte.gz")


def seconds_since_start():
    with open("/proc/self/stat") as stat:
        start = int(stat.read().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - start


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--dtype", default="float32", help="float32 (the faster) or float64")
    arguments = arguments.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)  # six epochs are what is asked for

    images, labels = read_part("train", arguments.dtype)
    scaler = StandardScaler(copy=False)
    network = MLPClassifier((50,), batch_size=200, max_iter=6, random_state=arguments.seed)
    network.fit(scaler.fit_transform(images), labels)
    seconds = seconds_since_start()

    images, labels = read_part("t10k", arguments.dtype)
    accuracy = network.score(scaler.transform(images), labels)
    print(json.dumps({"seconds": round(seconds, 3), "accuracy": float(accuracy), "dtype": arguments.dtype,
                      "seed": arguments.seed}))


if __name__ == "__main__":
    main()
