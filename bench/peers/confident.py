#!/usr/bin/python3
"""Confident learning in NumPy (Northcutt, Jiang, Chuang, 2021): its own ranking of labels, from the probabilities that weft audit
writes with --probabilities, against that of weft's --csv. Prints one JSON document.

    bench/peers/confident.py probabilities.csv suspects.csv
"""
import csv, json, sys

import numpy as np


def read(path):
    with open(path, newline="") as file:
        rows = csv.reader(file)
        return next(rows), list(rows)


def ranks(values):
    """1, 2, ... with the mean rank for equal values, as Spearman's correlation takes them."""
    order = np.argsort(values, kind="stable")
    sorted_values = np.asarray(values)[order]
    begin = np.r_[0, np.flatnonzero(np.diff(sorted_values)) + 1]
    length = np.diff(np.r_[begin, len(values)])
    result = np.empty(len(values))
    result[order] = np.repeat(begin + (length + 1) / 2, length)
    return result


def spearman(a, b):
    return float(np.corrcoef(ranks(a), ranks(b))[0, 1])


def main():
    header, rows = read(sys.argv[1])
    names = {name: c for c, name in enumerate(header[2:])}
    given = np.array([names[row[1]] for row in rows])
    p = np.array([row[2:] for row in rows], dtype=np.float64)
    n, classes = p.shape
    every = np.arange(n)

    thresholds = np.array([p[given == c, c].mean() if np.any(given == c) else np.inf for c in range(classes)])
    above = np.where(p >= thresholds, p, -1)
    confident = above.argmax(1)
    counts = above.max(1) >= 0
    joint = np.zeros((classes, classes), dtype=int)
    np.add.at(joint, (given[counts], confident[counts]), 1)
    issues = counts & (confident != given)

    own = p[every, given]
    others = p.copy()
    others[every, given] = -1
    margin = (own - others.max(1) + 1) / 2

    columns, found = read(sys.argv[2])
    place, score, suspect = columns.index("index"), columns.index("score"), columns.index("suspect")
    weft, weft_issue, weft_rank = np.empty(n), np.zeros(n, dtype=bool), np.empty(n)
    for at, row in enumerate(found):
        i = int(row[place])
        weft[i], weft_issue[i], weft_rank[i] = float(row[score]), row[suspect] == "1", at
    print(json.dumps({"n": n, "spearman_normalized_margin": spearman(weft_rank, margin), "spearman_self_confidence": spearman(weft_rank, own),
                      "issues": int(issues.sum()), "weft_issues": int(weft_issue.sum()), "issues_that_differ": int((issues != weft_issue).sum()),
                      "confident_joint": joint.tolist(), "thresholds": thresholds.tolist()}))


if __name__ == "__main__":
    main()
