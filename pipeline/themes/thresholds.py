"""Where to decide: thresholds and the band of doubt, chosen from labelled opinions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pipeline.themes.decision import Threshold

Floats = NDArray[np.float64]
_EDGE = 1e-6


def weights_for(labels: NDArray[np.bool_], prevalence: float | None) -> Floats:
    """Give weights under which the labels have the given share of positives; all 1 without one.

    The weights of the negatives and of the positives each keep their own sum's proportion, and
    all weights together sum to the number of labels.
    """
    share = float(labels.mean())
    if prevalence is None or not 0 < share < 1:
        return np.ones(len(labels))
    return np.where(labels, prevalence / share, (1 - prevalence) / (1 - share))


def best_threshold(probabilities: Floats, labels: NDArray[np.bool_], weights: Floats | None = None) -> float:
    """Give the probability at which F1 is highest; the middle of a gap between two opinions.

    Parameters
    ----------
    probabilities : ndarray of shape (n,)
        Held-out ones, or they flatter.
    labels : ndarray of shape (n,)
    weights : ndarray of shape (n,), optional
    """
    weights = np.ones(len(labels)) if weights is None else weights
    order = np.argsort(-probabilities, kind="stable")
    sorted_probabilities = probabilities[order]
    hits = np.cumsum((weights * labels)[order])
    given = np.cumsum(weights[order])
    f1 = 2 * hits / (given + (weights * labels).sum())
    # only where the next probability is lower can a threshold stand
    is_gap = np.append(sorted_probabilities[:-1] > sorted_probabilities[1:], True)
    best = int(np.argmax(np.where(is_gap, f1, -1.0)))
    below = sorted_probabilities[best + 1] if best + 1 < len(order) else 0.0
    return float((sorted_probabilities[best] + below) / 2)


def choose_doubt(
    probabilities: Floats, given: Mapping[str, float], share: float, weights: Floats | None = None
) -> dict[str, Threshold]:
    """Lay a band of doubt around the thresholds so that at most ``share`` of the opinions fall in it.

    The band has one width for all themes, in log-odds, so that a theme that is hard to tell
    gets more of the doubt.

    Parameters
    ----------
    probabilities : ndarray of shape (n, n_themes)
        Held-out ones.
    given : mapping of str to float
        The threshold of each theme, in the order of the columns.
    share : float
        Between 0 and 1.
    weights : ndarray of shape (n,), optional
    """
    weights = np.ones(len(probabilities)) if weights is None else weights
    points = _logit(np.array(list(given.values())))
    distance = np.abs(_logit(probabilities) - points).min(axis=1)
    order = np.argsort(distance, kind="stable")
    inside = np.cumsum(weights[order]) <= share * weights.sum() + _EDGE
    # a little less than the distance of the first opinion that must stay out of the band
    width = float(distance[order][min(int(inside.sum()), len(order) - 1)]) * (1 - _EDGE)
    return {
        name: Threshold(threshold, float(_expit(point - width)), float(_expit(point + width)))
        for (name, threshold), point in zip(given.items(), points, strict=True)
    }


def _logit(p: Floats) -> Floats:
    clipped = np.clip(p, _EDGE, 1 - _EDGE)
    result: Floats = np.log(clipped / (1 - clipped))
    return result


def _expit(x: float) -> float:
    return float(1 / (1 + np.exp(-x)))
