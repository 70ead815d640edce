"""How good the labels are: precision, recall, F1 against people's labels, with intervals.

Intervals are percentile bootstrap (Efron 1979): opinions are drawn with replacement, the
figure is computed on each draw, and the middle 95 % is reported.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """As it is reported: ``0.848 [0.80–0.89]``."""
        return f"{self.value:.3f} [{self.low:.2f}–{self.high:.2f}]"


@dataclass(frozen=True, slots=True)
class ThemeFigures:
    """One theme's figures and how many opinions people gave it to."""

    theme: str
    positives: int
    precision: float
    recall: float
    f1: Figure


@dataclass(frozen=True, slots=True)
class Confusion:
    """A theme that was given wrongly or missed, what stood in its place, and opinions that show it.

    Attributes
    ----------
    given, truth : str
        Themes joined by ``|``, or なし.
    count : int
    texts : tuple of str
    """

    given: str
    truth: str
    count: int
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures, each with a 95 % interval.

    Attributes
    ----------
    opinions : int
    themes : tuple of ThemeFigures
    macro, micro : Figure
        F1 over all opinions, 保留 counted by its best guess.
    undecided : float
        The share left to a person (保留).
    macro_decided : Figure or None
        Macro-F1 of the others; None when nothing is left.
    calibration : float
        Expected calibration error of the probabilities.
    kinds : Figure or None
        Share of right 種別, where the labels have any.
    confusions : tuple of Confusion
        The commonest first.
    """

    opinions: int
    themes: tuple[ThemeFigures, ...]
    macro: Figure
    micro: Figure
    undecided: float
    macro_decided: Figure | None
    calibration: float
    kinds: Figure | None
    confusions: tuple[Confusion, ...]


def f1_score(given: Flags, truth: Flags) -> float:
    """F1 of one theme; 0 where nothing is right, 1 where there is nothing to find and nothing given."""
    hits = int((given & truth).sum())
    wanted = int(given.sum()) + int(truth.sum())
    return 2 * hits / wanted if wanted else 1.0


def macro_f1(given: Flags, truth: Flags) -> float:
    """Mean F1 over the columns."""
    return float(np.mean([f1_score(given[:, k], truth[:, k]) for k in range(truth.shape[1])]))


def micro_f1(given: Flags, truth: Flags) -> float:
    """F1 over all cells."""
    return f1_score(given.ravel(), truth.ravel())


def with_interval(measure: Callable[..., float], *columns: Flags, draws: int = DRAWS, seed: int = 0) -> Figure:
    """Compute a figure and its bootstrap interval.

    Parameters
    ----------
    measure : callable
        Takes the columns, gives a number.
    columns : ndarray
        All of the same length; rows are drawn together.
    """
    rng = np.random.default_rng(seed)
    rows = len(columns[0])
    samples = []
    for _ in range(draws):
        drawn = rng.integers(rows, size=rows)
        samples.append(measure(*(column[drawn] for column in columns)))
    low, high = np.percentile(samples, [2.5, 97.5])
    return Figure(measure(*columns), float(low), float(high))


def wilson(count: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's interval of a share (Wilson 1927); 95 % unless told."""
    rate = count / total
    middle = rate + z * z / (2 * total)
    half = z * math.sqrt(rate * (1 - rate) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def theme_figures(themes: Sequence[str], given: Flags, truth: Flags) -> list[ThemeFigures]:
    """Precision, recall and F1 of every theme."""
    rows = []
    for k, theme in enumerate(themes):
        hits = int((given[:, k] & truth[:, k]).sum())
        rows.append(
            ThemeFigures(
                theme,
                int(truth[:, k].sum()),
                hits / max(int(given[:, k].sum()), 1),
                hits / max(int(truth[:, k].sum()), 1),
                with_interval(f1_score, given[:, k], truth[:, k]),
            )
        )
    return rows


def calibration_error(probabilities: NDArray[np.float64], truth: Flags, bins: int = 10) -> float:
    """Expected calibration error (Naeini et al. 2015), in bins of equal width, over all cells."""
    p, y = probabilities.ravel(), truth.ravel()
    which = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [
        abs(p[which == b].mean() - y[which == b].mean()) * (which == b).sum() for b in range(bins) if (which == b).any()
    ]
    return float(sum(gaps) / len(p))
