"""How much of a topic is found again when the opinions are drawn anew.

After Hennig (2007, "Cluster-wise assessment of cluster stability"): parts of the texts are grouped
again and again, and each topic is compared with the group most like it (Jaccard).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.topics.grouping import Grouping

_DRAWS, _DRAWS_OF_MANY = 20, 8  # many texts differ less from draw to draw, and take longer
_MANY = 400
_SHARE = 0.8
_LARGEST = 800  # texts of one draw


def stabilities(
    grouping: Grouping, names: Sequence[str], group: Callable[[NDArray[np.int64]], Grouping]
) -> list[float]:
    """Give the mean of the best Jaccard index over the draws, for each group.

    Parameters
    ----------
    grouping : Grouping
        What is to be found again.
    names : sequence of str
        Of the texts, each its own: what is drawn hangs on them, not on chance or order.
    group : callable
        Groups some of the texts, given by their rows, as they were grouped.
    """
    if not grouping.count:
        return []
    draws = _DRAWS if len(names) <= _MANY else _DRAWS_OF_MANY
    found = np.zeros((draws, grouping.count))
    for draw in range(draws):
        rows = np.sort(drawn(names, str(draw))[: min(round(_SHARE * len(names)), _LARGEST)])
        again = group(rows)
        found[draw] = _best_jaccard(grouping.stands[rows], again.stands)
    return [round(float(value), 4) for value in found.mean(axis=0)]


def drawn(names: Sequence[str], draw: str) -> NDArray[np.int64]:
    """All rows in an order that looks like chance and is the same every time."""
    keys = [hashlib.blake2b(f"{draw}\\n{name}".encode(), digest_size=8).digest() for name in names]
    return np.array(sorted(range(len(names)), key=keys.__getitem__), dtype=np.int64)


def _best_jaccard(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> NDArray[np.float64]:
    if not after.shape[1]:
        return np.zeros(before.shape[1])
    both = before.T.astype(np.int64) @ after.astype(np.int64)
    either = before.sum(axis=0)[:, None] + after.sum(axis=0)[None] - both
    return np.asarray((both / np.maximum(either, 1)).max(axis=1), dtype=np.float64)
