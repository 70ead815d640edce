"""Opinions that a source has already filed under measures: neighbours, each judged without itself.

People filed them, so they show what the measures mean to those people. An opinion is compared
with what *others* filed under each measure: its own filing, and that of its exact copies, is
left out, so that it never votes for itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.language.batch import Batch
from pipeline.language.tokenize import Word
from pipeline.plan.comparing import Comparison, PlanFeatures
from pipeline.plan.vectors import unit_rows

Floats = NDArray[np.float64]

FILED_PARTS = ("near_filed", "pieces_filed")
_NEAREST = 2


class FiledOpinions:
    """What was filed under the measures of one plan.

    Parameters
    ----------
    features : PlanFeatures
    texts : sequence of sequence of Word
    measures : sequence of int
        The number of the measure each was filed under.
    """

    def __init__(self, features: PlanFeatures, texts: Sequence[Sequence[Word]], measures: Sequence[int]) -> None:
        compared = features.compare(Batch(texts))
        self._copies: dict[tuple[Word, ...], list[int]] = {}
        for number, words in enumerate(texts):
            self._copies.setdefault(tuple(words), []).append(number)
        self._directions = compared.meaning[:, : features.dimensions]
        self._pieces = compared.pieces
        self._piece_rows = {name: row for row, name in enumerate(compared.piece_names)}
        self._under = [np.flatnonzero(np.array(measures) == k) for k in range(len(features.facets))]

    def compare(self, batch: Batch, compared: Comparison) -> Floats:
        """Compare opinions with what others filed under each measure.

        Returns
        -------
        ndarray of shape (n_opinions, n_measures, len(FILED_PARTS))
            A measure under which nobody else filed anything gets the mean of the others: that
            says neither yes nor no.
        """
        near = compared.meaning[:, : self._directions.shape[1]] @ self._directions.T
        own = np.zeros(near.shape, dtype=bool)
        for row, words in enumerate(batch.texts):
            own[row, self._copies.get(tuple(words), [])] = True
        pieces = self._shared_pieces(compared)
        parts = np.full((len(batch), len(self._under), len(FILED_PARTS)), np.nan)
        for k, numbers in enumerate(self._under):
            others = ~own[:, numbers]
            some = others.any(axis=1)
            if some.any():
                centre = unit_rows(others[some].astype(float) @ self._directions[numbers])
                directions = compared.meaning[some, : self._directions.shape[1]]
                parts[some, k, 0] = (directions * centre).sum(axis=1)
                nearest = np.sort(np.where(others, pieces[:, numbers], 0.0), axis=1)[some, -_NEAREST:]
                parts[some, k, 1] = nearest.mean(axis=1)
        known = ~np.isnan(parts)
        means = np.where(known, parts, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        return np.asarray(np.where(known, parts, means[:, None, :]))

    def _shared_pieces(self, compared: Comparison) -> Floats:
        rows = np.array([self._piece_rows.get(name, -1) for name in compared.piece_names], dtype=np.int64)
        known = np.flatnonzero(rows >= 0)
        return np.asarray((compared.pieces[:, known] @ self._pieces[:, rows[known]].T).toarray())
