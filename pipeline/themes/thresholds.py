"""Where to decide: thresholds and the band of doubt, chosen from labelled opinions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pipeline.themes.decision import Threshold

Floats = NDArray[np.float64]
_EDGE = 1e-6
_GAP = 1e-4
_ABOUT_AS_GOOD = 0.02


def weights_for(labels: NDArray[np.bool_], prevalence: float | None) -> Floats:
    """Give weights under which the labels have the given share of positives; all 1 without one.

    The weights of the negatives and of the positives each keep their own sum's proportion, and
    all weights together sum to the number of labels.
    """
    share = float(labels.mean())
    if prevalence is None or not 0 < share < 1:
        return np.ones(len(labels))
    return np.where(labels, prevalence / share, (1 - prevalence) / (1 - share))


def best_threshold(
    probabilities: Floats, labels: NDArray[np.bool_], weights: Floats | None = None, border: float | None = None
) -> float:
    """Give the probability at which F1 is highest; the middle of a gap between two opinions.

    Parameters
    ----------
    probabilities : ndarray of shape (n,)
        Held-out ones, or they flatter.
    labels : ndarray of shape (n,)
    weights : ndarray of shape (n,), optional
    border : float, optional
        A probability that is right by design. The top of F1 is flat, and where exactly its
        peak lies is chance: of all thresholds about as good, the one nearest to the border is
        taken. The highest, when not given.
    """
    weights = np.ones(len(labels)) if weights is None else weights
    order = np.argsort(-probabilities, kind="stable")
    above = probabilities[order]
    below = np.append(above[1:], 0.0)
    hits = np.cumsum((weights * labels)[order])
    given = np.cumsum(weights[order])
    # only where the next probability is lower can a threshold stand, and lower by more than the
    # noise of adding up in another order: many texts have the same terms and so the same score
    is_gap = np.append(above[:-1] - above[1:] > _GAP, True)
    f1 = np.where(is_gap, 2 * hits / (given + (weights * labels).sum()), -1.0)
    best = int(np.argmax(f1))
    if border is None:
        return float((above[best] + below[best]) / 2)
    # within a gap, as near to the border as keeps clear of both opinions
    points = np.clip(border, below + _GAP / 2, np.maximum(above - _GAP / 2, below + _GAP / 2))
    distance = np.where(f1 >= f1[best] - _ABOUT_AS_GOOD, np.abs(_logit(points) - _logit(np.array(border))), np.inf)
    return float(points[np.argmin(distance)])


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
