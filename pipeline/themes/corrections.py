"""What reviewers' labels correct: how much terms and words weigh in their city.

A few dozen labels of a new city cannot teach a model anew, and must not spoil it. So they
only nudge the codebook's terms and the words that stand in several labelled opinions, up or
down, each held near 0 by a Gaussian prior. A theme's corrections are kept only when they make
labelled opinions they have not seen clearly more likely; otherwise it is judged as before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Corrections = dict[str, float]
"""What is added to a theme's score by each of its features that stands in a text, in log-odds."""

SPREAD = 0.3
"""Standard deviation of the prior, in log-odds: a correction is a nudge."""
SEEN_BY = 3
"""What stands in fewer labelled opinions teaches nothing that holds for others."""
FOLDS = 5
WORD = "語:"
"""Before a word, to tell it from a term of the codebook."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What became of one theme.

    Attributes
    ----------
    theme : str
    before, after : float
        Mean log-likelihood of the labels, without and with corrections that did not see them.
    kept : bool
        Whether they helped.
    terms : tuple of (str, float)
        The corrections that were kept, the largest first.
    """

    theme: str
    before: float
    after: float
    kept: bool
    terms: tuple[tuple[str, float], ...] = ()


def learn_corrections(
    theme: str, features: Sequence[Sequence[str]], scores: Floats, labels: Flags
) -> tuple[Corrections, Correction]:
    """Learn the corrections of one theme.

    Parameters
    ----------
    theme : str
    features : sequence of sequences of str, length n
        The theme's terms that stand in each labelled opinion, and its words after :data:`WORD`.
    scores : ndarray of shape (n,)
        What the model says, in log-odds.
    labels : ndarray of shape (n,)
        What people say.

    Returns
    -------
    (Corrections, Correction)
        Empty when they did not help.
    """
    counts = Counter(name for row in features for name in set(row))
    names = sorted(name for name, count in counts.items() if count >= SEEN_BY)
    columns = {name: column for column, name in enumerate(names)}
    table = np.zeros((len(features), len(names)))
    for number, row in enumerate(features):
        table[number, [columns[name] for name in row if name in columns]] = 1.0
    before = _likelihood(scores, labels)
    after = _likelihood(_held_out(table, scores, labels), labels)
    told = Correction(theme, float(before.mean()), float(after.mean()), kept=_is_clear(after - before))
    if not told.kept:
        return {}, told
    found = dict(zip(names, _fit(table, scores, labels).tolist(), strict=True))
    shown = sorted(found.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    return found, replace(told, terms=tuple(shown))


def _held_out(table: Floats, scores: Floats, labels: Flags) -> Floats:
    from sklearn.model_selection import KFold

    corrected = scores.copy()
    if len(scores) >= FOLDS:
        for learned, held in KFold(FOLDS, shuffle=True, random_state=0).split(table):
            corrected[held] += table[held] @ _fit(table[learned], scores[learned], labels[learned])
    return corrected


def _fit(table: Floats, scores: Floats, labels: Flags) -> Floats:
    """Find the corrections that are most likely a posteriori."""
    from scipy.optimize import minimize
    from threadpoolctl import threadpool_limits

    def loss(x: Floats) -> tuple[float, Floats]:
        z = scores + table @ x
        value = -float(_likelihood(z, labels).sum()) + float(x @ x) / (2 * SPREAD**2)
        return value, table.T @ (1.0 / (1.0 + np.exp(-z)) - labels) + x / SPREAD**2

    with threadpool_limits(1):
        found = minimize(loss, np.zeros(table.shape[1]), jac=True, method="L-BFGS-B").x
    return np.asarray(np.round(found, 4))


def _likelihood(scores: Floats, labels: Flags) -> Floats:
    """Log-likelihood of each label."""
    return np.asarray(labels * scores - np.logaddexp(0.0, scores))


def _is_clear(differences: Floats) -> bool:
    """Whether the mean lies above 0 by more than its standard error."""
    return bool(differences.mean() > differences.std() / np.sqrt(len(differences)))
