#!/usr/bin/python3
"""The article's three experiments in NumPy, as the independent reference for the C++ code.

Needs: python3-numpy python3-sklearn python3-scipy dataset-fashion-mnist (Debian packages); run with /usr/bin/python3.
Prints JSON: the XOR trace, and for the raw and the scaled pixels the float64 error of each epoch and both accuracies.

    article_numpy.py --epochs 300 --dtype float64 > trace.json
    article_numpy.py --only scaled --epochs 20        one experiment; its `seconds` are those of the training loop alone
"""
import argparse, gzip, json, struct, time
import numpy as np
from scipy.special import expit as sigmoid
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import scale

FOLDER = "/usr/share/datasets/fashion-mnist/"


def read_idx(name):
    raw = gzip.open(FOLDER + name).read()
    shape = struct.unpack(">%dI" % raw[3], raw[4:4 + 4 * raw[3]])
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape)


def xor():
    """2-3-1, sigmoid hidden, linear output, no bias, 50,000 full-batch steps, learning rate 0.1."""
    np.random.seed(42)
    x, y = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0], [1], [1], [0]])
    hidden, output = np.random.uniform(size=(2, 3)), np.random.uniform(size=(3, 1))
    trace = []
    for epoch in range(50_000):
        act = sigmoid(x @ hidden)
        error = y - act @ output
        if epoch % 5000 == 0:
            trace.append(float(error.sum()))
        step = error * 0.1
        output += act.T @ step                       # the output weights move first ...
        slope = sigmoid(act)                         # the article takes the slope at act, not at x @ hidden
        hidden += x.T @ (step @ output.T * slope * (1 - slope))   # ... and the moved weights carry the error back
    return {"error_sum_every_5000": trace, "prediction_of_0_1": float((sigmoid(x[1] @ hidden) @ output)[0])}


def fit(x, labels, dtype, epochs, units=50, rate=0.001, l1=0.0, l2=0.5, batches=25, after_epoch=None):
    np.random.seed(42)
    w1 = np.random.uniform(-1, 1, (units, x.shape[1])).astype(dtype)
    w2 = np.random.uniform(-1, 1, (10, units)).astype(dtype)
    xs, ys = np.array_split(x.astype(dtype), batches), np.array_split(np.eye(10, dtype=dtype)[labels], batches)
    trace = []
    for _ in range(epochs):
        errors = []
        for xb, yb in zip(xs, ys):
            net_hidden = w1 @ xb.T
            act_hidden = sigmoid(net_hidden)
            act_out = sigmoid(w2 @ act_hidden)
            sigma3 = act_out - yb.T                                        # (10, batch)
            sigma2 = w2.T @ sigma3 * (act_hidden * (1 - act_hidden))       # (units, batch)
            grad1, grad2 = sigma2 @ xb + w1 * (l1 + l2), sigma3 @ act_hidden.T + w2 * (l1 + l2)
            with np.errstate(divide="ignore", invalid="ignore"):
                entropy = -np.sum(np.log(act_out) * yb.T, axis=1)          # summed over the batch: one a class
                penalty = l1 / 2 * (np.abs(w1).sum() + np.abs(w2).sum()) + l2 / 2 * ((w1 ** 2).sum() + (w2 ** 2).sum())
                errors.append(0.5 * np.mean(entropy + penalty))
            w1 -= rate * grad1
            w2 -= rate * grad2
        trace.append(float(np.mean(errors)))
        if after_epoch:
            after_epoch(w1, w2)
    return w1, w2, trace


def accuracy(w1, w2, x, labels):
    return float((np.argmax(w2 @ sigmoid(w1 @ x.T), axis=0) == labels).mean() * 100)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--epochs", type=int, default=300)
    arguments.add_argument("--dtype", default="float64")
    arguments.add_argument("--accuracy", action="store_true", help="also the held-out accuracy after each epoch (then `seconds` holds it too)")
    arguments.add_argument("--only", choices=["raw", "scaled"], help="this experiment alone, without XOR")
    arguments = arguments.parse_args()
    images = read_idx("train-images-idx3-ubyte.gz").reshape(-1, 784)
    labels = read_idx("train-labels-idx1-ubyte.gz")
    # The article never opens the t10k files: it holds out a fifth of the 60,000 training images.
    train_x, test_x, train_y, test_y = train_test_split(images, labels, test_size=0.2, random_state=42)
    result = {"dtype": arguments.dtype, "epochs": arguments.epochs, "xor": None if arguments.only else xor(),
              "split": {"train": len(train_y), "test": len(test_y), "first_train_labels": train_y[:20].tolist(),
                        "first_test_labels": test_y[:20].tolist()}}
    runs = {"raw": (train_x, test_x), "scaled": (scale(train_x.astype(np.float64)), scale(test_x.astype(np.float64)))}
    for name, (a, b) in runs.items():
        if arguments.only not in (None, name):
            continue
        tests = []
        watch = (lambda w1, w2: tests.append(round(accuracy(w1, w2, b, test_y), 4))) if arguments.accuracy else None
        start = time.time()
        w1, w2, trace = fit(a, train_y, np.dtype(arguments.dtype), arguments.epochs, after_epoch=watch)
        result[name] = {"seconds": round(time.time() - start, 3), "train_accuracy": accuracy(w1, w2, a, train_y),
                        "test_accuracy": accuracy(w1, w2, b, test_y), "error_by_epoch": trace}
        if tests:
            result[name]["test_accuracy_by_epoch"] = tests
            result[name]["median_test_accuracy_of_last_50"] = float(np.median(tests[-50:]))
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
