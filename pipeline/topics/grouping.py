"""Grouping texts that are about the same, without labels.

Ward's tree over likeness gives a first cut; how many groups, their silhouette decides. Then every
text goes where it is most alike to the others there on average, until nothing moves (k-means with the
text itself left out, so that nobody is drawn by their own voice). What is hardly more alike to any
group than to the rest stays outside; what is about as alike to a second group stands in both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_matrix

from pipeline.topics.meaning import Likeness

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SMALLEST = 3
"""Voices that make a topic."""

_FEWEST = 6  # texts below which no topics are looked for
MOST = 20  # topics on one level: more, nobody keeps in mind
_SAMPLE = 1000  # texts that Ward's tree is built over; all others join its groups
_FROM, _TO = 1.0, 1.4  # groups tried, in roots of the number of texts
_FROM_MOST = 0.6  # of the most: there trying begins at the latest
_ROUNDS = 30
_DIGITS = 9
_MEMBER = 0.11  # mean likeness to the others of a group, from which a text belongs to it
_COHERENT = 0.15  # mean likeness within a group, from which it is one
_ALSO = 0.75  # of the likeness to its own group: from here on a text stands in another as well
_ALSO_LEAST = 0.18
_ALSO_MOST = 3  # groups that one text may stand in


@dataclass(frozen=True)
class Grouping:
    """Groups of texts.

    Attributes
    ----------
    fits : ndarray of shape (n_texts, n_groups)
        Mean likeness to the (other) texts of each group.
    own : ndarray of shape (n_texts,)
        The group a text belongs to first; -1 outside.
    stands : ndarray of shape (n_texts, n_groups), bool
        Which text stands in which group, first or also.
    """

    fits: Floats
    own: Ints
    stands: NDArray[np.bool_]

    @property
    def count(self) -> int:
        """The number of groups."""
        return int(self.fits.shape[1])

    def members(self, group: int) -> Ints:
        """Rows of the texts that stand in a group."""
        return np.flatnonzero(self.stands[:, group])

    def with_group(self, rows: Ints, texts: Likeness) -> Grouping:
        """Add a group of some texts; it is the first group of those that stood outside."""
        member = np.full(len(self.own), -1)
        member[rows] = 0
        fits = _without_self(texts.to(_averaging(member)), member, texts.own)
        own = np.where((self.own < 0) & (member == 0), self.count, self.own)
        return Grouping(np.hstack([self.fits, fits]), own, np.hstack([self.stands, (member == 0)[:, None]]))


def _standing(fits: Floats, own: Ints) -> NDArray[np.bool_]:
    """Each text in its own group, and in others where it is about as alike."""
    stands = np.zeros(fits.shape, dtype=bool)
    rows = np.flatnonzero(own >= 0)
    if not len(rows):
        return stands
    best = fits[rows, own[rows]]
    rank = np.argsort(np.argsort(-fits[rows], axis=1, kind="stable"), axis=1)
    stands[rows] = (fits[rows] >= np.maximum(_ALSO * best, _ALSO_LEAST)[:, None]) & (rank < _ALSO_MOST)
    stands[rows, own[rows]] = True
    return stands


def group_texts(
    texts: Likeness, order: Ints | None = None, most: int = MOST, *, exactly: int | None = None
) -> Grouping:
    """Group texts; the order of rows decides nothing but ties.

    Parameters
    ----------
    texts : Likeness
        No two that say the same.
    order : ndarray of int, optional
        Rows in the order in which a sample is drawn from them, where there are many.
    most : int
        Groups at the most.
    exactly : int, optional
        Groups to begin with, where that is not to be found out.

    Returns
    -------
    Grouping
        Without groups where there are too few texts, or none that are alike.
    """
    count = len(texts)
    rows = np.arange(count) if order is None else order
    drawn = np.sort(rows[:_SAMPLE])
    sample = texts if len(drawn) == count else texts.of(drawn)
    own = _best_cut(sample.table(), most, exactly) if count >= _FEWEST else np.full(len(drawn), -1)
    if own.max(initial=-1) < 0:
        return Grouping(np.zeros((count, 0)), np.full(count, -1), np.zeros((count, 0), dtype=bool))
    everywhere = np.full(count, -1)
    everywhere[drawn] = own
    if len(drawn) < count:
        # all others join the sample's groups, and the groups are then those of all
        fits = texts.to(_averaging(everywhere))
        everywhere = _nearest(fits)
    fits = _without_self(texts.to(_averaging(everywhere)), everywhere, texts.own)
    if len(drawn) < count:
        everywhere = _nearest(fits)
    return _by_size(fits, everywhere)


def _best_cut(table: Floats, most: int, exactly: int | None) -> Ints:
    """Cut Ward's tree where groups, once settled, stand most apart."""
    count = len(table)
    own = np.diag(table)
    above = np.triu_indices(count, 1)
    distances = np.sqrt(np.maximum(own[:, None] + own[None] - 2 * table, 0.0)[above])
    tree = linkage(distances, "ward")
    if exactly:
        return _settle(table, _cut(tree, exactly))
    root = math.sqrt(count)
    fewest = max(2, min(round(_FROM * root), round(_FROM_MOST * most)))
    largest = max(fewest, min(round(_TO * root), most))
    best, best_score = np.full(count, -1), 0.0
    for groups in range(fewest, largest + 1):
        settled = _settle(table, _cut(tree, groups))
        score = round(_apart(table, settled), 6)
        if score > best_score:
            best, best_score = settled, score
    return best


def _cut(tree: Floats, groups: int) -> Ints:
    return np.asarray(fcluster(tree, groups, "maxclust") - 1, dtype=np.int64)


def _apart(table: Floats, own: Ints) -> float:
    """By how much texts are more alike to their own group than to the next, on average; outside is 0."""
    if own.max(initial=-1) < 1:
        return float(np.where(own >= 0, _fits_within(table, own).max(axis=1, initial=0.0), 0.0).mean()) / 2
    fits = _fits_within(table, own)
    inside = np.flatnonzero(own >= 0)
    best = fits[inside, own[inside]]
    fits[inside, own[inside]] = -np.inf
    return float((best - np.maximum(fits[inside].max(axis=1), 0.0)).sum() / len(own))


def _settle(table: Floats, own: Ints) -> Ints:
    """Let every text go where it is most alike to the others, until nothing moves."""
    for _ in range(_ROUNDS):
        own = _renumbered(own)
        if own.max(initial=-1) < 0:
            return own
        fits = _fits_within(table, own)
        moved = _nearest(fits)
        sizes = np.bincount(moved[moved >= 0], minlength=fits.shape[1])
        inside = np.flatnonzero(moved >= 0)
        within = np.bincount(moved[inside], weights=fits[inside, moved[inside]], minlength=fits.shape[1])
        weak = (sizes < SMALLEST) | (np.round(within / np.maximum(sizes, 1), _DIGITS) < _COHERENT)
        if weak.any():
            # the weakest falls apart, the others may take its texts in
            weakest = int(np.where(weak, sizes, len(own) + 1).argmin())
            moved = np.where(moved == weakest, -1, moved)
        if np.array_equal(moved, own):
            break
        own = moved
    return _renumbered(own)


def _nearest(fits: Floats) -> Ints:
    best = fits.argmax(axis=1)
    return np.where(fits[np.arange(len(fits)), best] >= _MEMBER, best, -1)


def _fits_within(table: Floats, own: Ints) -> Floats:
    """Mean likeness of each text to the others of each group."""
    inside = np.flatnonzero(own >= 0)
    groups = np.zeros((len(own), int(own.max()) + 1))
    groups[inside, own[inside]] = 1.0
    return _without_self(table @ (groups / np.maximum(groups.sum(axis=0), 1.0)), own, np.diag(table))


def _without_self(fits: Floats, own: Ints, itself: Floats) -> Floats:
    sizes = np.bincount(own[own >= 0], minlength=fits.shape[1])
    inside = np.flatnonzero(own >= 0)
    size = sizes[own[inside]]
    fits = fits.copy()
    total = fits[inside, own[inside]] * size - itself[inside]
    fits[inside, own[inside]] = np.where(size > 1, total / np.maximum(size - 1, 1), -1.0)
    return np.round(fits, _DIGITS)


def _averaging(own: Ints) -> csr_matrix:
    """Shape (n_groups, n_texts): each row averages the texts of a group."""
    inside = np.flatnonzero(own >= 0)
    sizes = np.bincount(own[inside])
    values = 1.0 / sizes[own[inside]]
    return csr_matrix((values, (own[inside], inside)), shape=(len(sizes), len(own)))


def _renumbered(own: Ints) -> Ints:
    """Groups without gaps, in the order in which they were."""
    names, numbers = np.unique(own, return_inverse=True)
    return np.asarray(numbers - (1 if len(names) and names[0] < 0 else 0), dtype=np.int64)


def _by_size(fits: Floats, own: Ints) -> Grouping:
    """The largest first; what became too small is none."""
    sizes = np.bincount(own[own >= 0], minlength=fits.shape[1])
    order = np.argsort(-sizes, kind="stable")
    order = order[sizes[order] >= SMALLEST]
    numbers = np.full(fits.shape[1] + 1, -1)
    numbers[order] = np.arange(len(order))
    fits, own = fits[:, order], numbers[own]
    return Grouping(fits, own, _standing(fits, own))
