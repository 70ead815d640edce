"""How much of a topic is found again when the opinions are drawn anew.

After Hennig (2007, "Cluster-wise assessment of cluster stability"): parts of the texts are grouped
again and again, and each topic is compared with the group most like it (Jaccard).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.topics.grouping import Grouping, group_texts
from pipeline.topics.meaning import Likeness

_DRAWS = 20
_SHARE = 0.8
_LARGEST = 300  # texts of one draw


def stabilities(texts: Likeness, names: Sequence[str], grouping: Grouping) -> list[float]:
    """Give the mean of the best Jaccard index over the draws, for each group.

    Parameters
    ----------
    texts : Likeness
    names : sequence of str
        Of the texts, each its own: what is drawn hangs on them, not on chance or order.
    grouping : Grouping
        What is to be found again, among as many groups.
    """
    if not grouping.count:
        return []
    stands = grouping.stands
    found = np.zeros((_DRAWS, grouping.count))
    for draw in range(_DRAWS):
        rows = np.sort(drawn(names, str(draw))[: min(round(_SHARE * len(names)), _LARGEST)])
        again = group_texts(texts.of(rows), exactly=grouping.count)
        found[draw] = _best_jaccard(stands[rows], again.stands)
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
