#!/usr/bin/python3
"""How good maps of Fashion-MNIST are: the same measure for all, whoever made them.

Needs: python3-sklearn dataset-fashion-mnist (Debian packages); run with /usr/bin/python3. Takes maps as CSV (index,x,y,label) of the
first of the article's 12,000 held-out pictures; prints a JSON list with, for each,
- kl_divergence: from scikit-learn's affinities (exact neighbours, 3 perplexity + 1 of them), with the sum over all pairs of the map
  in float64;
- trustworthiness: scikit-learn's, of so many neighbours.
"""
import argparse, json
import numpy as np
from sklearn.manifold import trustworthiness
from sklearn.manifold._t_sne import _joint_probabilities_nn
from sklearn.neighbors import NearestNeighbors

from sklearn_tsne import article_test


def affinities(pixels, perplexity):
    count = min(len(pixels) - 1, int(3 * perplexity + 1))
    distances = NearestNeighbors(n_neighbors=count).fit(pixels).kneighbors_graph(mode="distance")
    distances.data **= 2
    return _joint_probabilities_nn(distances, perplexity, 0).tocoo()


def similarities(a, b):
    squares = (a[:, None, 0] - b[None, :, 0]) ** 2 + (a[:, None, 1] - b[None, :, 1]) ** 2
    return 1 / (1 + squares)


def divergence(p, places):
    rows = 256
    total = sum(similarities(places[i:i + rows], places).sum() for i in range(0, len(places), rows)) - len(places)
    squares = ((places[p.row] - places[p.col]) ** 2).sum(1)
    weights = p.data.astype(float)
    chosen = weights > 0
    return float((weights[chosen] * np.log(weights[chosen] * (1 + squares[chosen]) * total)).sum())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("maps", nargs="+", help="CSV files")
    parser.add_argument("--perplexity", type=float, default=30)
    parser.add_argument("--neighbours", type=int, default=12)
    arguments = parser.parse_args()
    maps = [np.loadtxt(name, delimiter=",", skiprows=1, usecols=(0, 1, 2)) for name in arguments.maps]
    pixels, _ = article_test(len(maps[0]))
    p = affinities(pixels, arguments.perplexity)
    answers = []
    for name, places in zip(arguments.maps, maps):
        assert (places[:, 0] == np.arange(len(pixels))).all(), f"{name} is not of the pictures 0 to {len(pixels) - 1}"
        places = places[:, 1:]
        answers.append({"kl_divergence": divergence(p, places),
                        "trustworthiness": float(trustworthiness(pixels, places, n_neighbors=arguments.neighbours))})
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
