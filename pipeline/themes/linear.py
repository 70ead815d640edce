"""A linear model over features that are there or not: score = intercept + sum of weights.

Small enough to read: a vocabulary and one column of weights a class. Every part of a score
has a name, so the explanation is the score itself. Judging needs NumPy alone; how the weights
are learned stands in :mod:`pipeline.themes.linear_learning`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Row = Iterable[str]


class LinearModel:
    """Adds up learned weights of feature names; :class:`BinaryFeatureModel` learns them.

    Attributes
    ----------
    vocabulary_ : dict of str to int
        Feature to row of ``weights_``; row 0 stands for every feature that is not known.
    weights_ : ndarray of shape (1 + n_features, n_classes), float32
    intercepts_ : ndarray of shape (n_classes,)
    """

    vocabulary_: dict[str, int]
    weights_: NDArray[np.float32]
    intercepts_: Floats

    def decision_function(self, X: Sequence[Row]) -> Floats:
        """Give the scores (log-odds), shape (n_texts, n_classes)."""
        known = self.vocabulary_
        rows = [sorted({known[name] for name in row if name in known}) for row in X]
        owners = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
        return self.scores(owners, np.array([row for found in rows for row in found], dtype=np.int64), len(rows))

    def score(self, row: Row) -> Floats:
        """Give the scores of one text, shape (n_classes,)."""
        scores: Floats = self.decision_function([row])[0]
        return scores

    def scores(self, owners: Ints, rows: Ints, texts: int) -> Floats:
        """Add up the weights of rows of the table.

        Parameters
        ----------
        owners, rows : ndarray of shape (n,)
            Which text has which feature, each once, in the order of texts and rows.
        texts : int
            How many texts there are.

        Returns
        -------
        ndarray of shape (texts, n_classes)
        """
        weights = self.weights_[rows]
        sums = [np.bincount(owners, weights[:, k], minlength=texts) for k in range(weights.shape[1])]
        return np.asarray(np.column_stack(sums) + self.intercepts_)

    def parts(self, row: Row, k: int) -> dict[str, float]:
        """Give each known feature's part of the score for class ``k``."""
        known = self.vocabulary_
        return {name: float(self.weights_[known[name], k]) for name in row if name in known}

    def state(self) -> dict[str, Any]:
        """What was learned: names joined by line breaks, and arrays; features of no weight are left out."""
        kept = np.flatnonzero(np.abs(self.weights_).max(axis=1) > 1e-4)
        names = {number: name for name, number in self.vocabulary_.items()}
        return {
            "features": "\n".join(names[int(number)] for number in kept),
            "weights": self.weights_[kept].astype(np.float16),
            "intercepts": self.intercepts_,
        }

    def with_classes(self, columns: Sequence[int | None]) -> Self:
        """Give a model with these classes of this one, in this order; None is a class that nothing speaks for."""
        model = copy.copy(self)
        zeros = np.zeros(len(self.weights_), dtype=np.float32)
        model.weights_ = np.column_stack([zeros if k is None else self.weights_[:, k] for k in columns])
        model.intercepts_ = np.array([0.0 if k is None else self.intercepts_[k] for k in columns])
        return model

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """Build the model that ``state`` describes."""
        model = cls()
        names = state["features"].split("\n") if state["features"] else []
        model.vocabulary_ = {name: number for number, name in enumerate(names, 1)}
        weights = np.asarray(state["weights"], dtype=np.float32)
        model.weights_ = np.vstack([np.zeros((1, weights.shape[1]), dtype=np.float32), weights])
        model.intercepts_ = np.asarray(state["intercepts"], dtype=np.float64)
        return model
