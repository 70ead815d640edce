"""How much a few labels of a new city help: the curve from 20 to 200.

Usage: python scripts/few_labels.py LABELS [DRAWS]

LABELS (text, themes) is a city the default model knows nothing of. Again and again some of its
opinions are drawn, the default model learns corrections from their labels
(:mod:`pipeline.themes.corrections`), and both are measured on the opinions not drawn.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.model_folder import load_model
from pipeline.themes.codebook import read_codebook
from pipeline.themes.evaluation import macro_f1
from pipeline.themes.labels import read_labels
from pipeline.training import flags_of

SIZES = (20, 50, 100, 200)
DRAWS = 40


@dataclass(frozen=True)
class Point:
    """What a number of labels brought, over all draws.

    Attributes
    ----------
    labels : int
    default : float
        Mean macro-F1 of the default model on the opinions not drawn.
    gain, worst : float
        Mean and smallest difference that the corrections made.
    fell : float
        The share of draws in which the score fell.
    """

    labels: int
    default: float
    gain: float
    worst: float
    fell: float


def curve(labels: Path, draws: int = DRAWS) -> list[Point]:
    """Measure each number of labels."""
    book = read_codebook()
    model = load_model(None, book).themes
    opinions = read_labels(labels, book.names)
    truth = flags_of(opinions, book)
    texts = np.array([one.text for one in opinions], dtype=object)
    random = np.random.default_rng(0)
    default = model.predict(texts.tolist()).astype(bool)
    points = []
    for size in (size for size in SIZES if size < len(texts)):
        before, gains = [], []
        for _ in range(draws):
            order = random.permutation(len(texts))
            drawn, rest = order[:size], order[size:]
            model.adapt(texts[drawn].tolist(), truth[drawn])
            corrected = model.predict(texts[rest].tolist()).astype(bool)
            before.append(macro_f1(default[rest], truth[rest]))
            gains.append(macro_f1(corrected, truth[rest]) - before[-1])
        fell = float((np.array(gains) < 0).mean())
        points.append(Point(size, float(np.mean(before)), float(np.mean(gains)), float(min(gains)), fell))
    return points


def main(labels: Path, draws: int) -> None:
    """Measure and print."""
    print(f"{labels.name}: 少しのラベルで学んだ補正（{draws} 回の平均、残りの意見で測る）")
    for point in curve(labels, draws):
        print(
            f"{point.labels:4d} 件  既定 {point.default:.3f}  差 {point.gain:+.4f}"
            f"（最悪 {point.worst:+.3f}、下がった回 {point.fell:.0%}）"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else DRAWS)
