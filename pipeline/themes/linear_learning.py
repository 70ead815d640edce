"""How the weights of the linear model are learned: a scikit-learn estimator.

Apart from :mod:`pipeline.themes.linear`, because importing scikit-learn takes longer than judging
a round.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from pipeline.themes.linear import Floats, LinearModel, Row


class BinaryFeatureModel(BaseEstimator, LinearModel):  # type: ignore[misc]
    """One-vs-rest logistic regression over feature names.

    Parameters
    ----------
    strength : float
        Inverse of the regularization (scikit-learn's ``C``).
    min_count : int
        A feature that fewer texts have is not learned.
    """

    def __init__(self, *, strength: float = 0.3, min_count: int = 3) -> None:
        self.strength = strength
        self.min_count = min_count

    def fit(self, X: Sequence[Row], y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Learn.

        Parameters
        ----------
        X : sequence of iterables of str
            The features of each text.
        y : array-like of shape (n_texts, n_classes)
            1 where the class belongs.
        sample_weight : array-like of shape (n_texts,), optional
        """
        from scipy.sparse import csr_matrix
        from sklearn.linear_model import LogisticRegression
        from threadpoolctl import threadpool_limits

        labels = np.asarray(y, dtype=bool)
        rows = [set(row) for row in X]
        counts = Counter(name for row in rows for name in row)
        names = sorted(name for name, count in counts.items() if count >= self.min_count)
        self.vocabulary_ = {name: number for number, name in enumerate(names, 1)}
        known = [[self.vocabulary_[name] for name in row if name in self.vocabulary_] for row in rows]
        starts = np.concatenate([[0], np.cumsum([len(row) for row in known])])
        columns = np.concatenate([np.array(row, dtype=np.int64) for row in known])
        matrix = csr_matrix((np.ones(len(columns)), columns, starts), shape=(len(rows), len(names) + 1))
        matrix.sort_indices()
        self.weights_ = np.zeros((len(names) + 1, labels.shape[1]), dtype=np.float32)
        self.intercepts_ = np.full(labels.shape[1], -4.0)
        # one thread is faster than two on problems of this size, and gives the same sums each time
        with threadpool_limits(1):
            for k in range(labels.shape[1]):
                if labels[:, k].any() and not labels[:, k].all():
                    fit = LogisticRegression(C=self.strength, solver="liblinear", random_state=0)
                    fit.fit(matrix, labels[:, k], sample_weight=sample_weight)
                    self.weights_[:, k] = fit.coef_[0]
                    self.intercepts_[k] = fit.intercept_[0]
        return self

    def decision_function(self, X: Sequence[Row]) -> Floats:
        """Give the scores (log-odds), shape (n_texts, n_classes)."""
        check_is_fitted(self, "weights_")
        return super().decision_function(X)

    def state(self) -> dict[str, Any]:
        """What was learned, see :meth:`LinearModel.state`."""
        check_is_fitted(self, "weights_")
        return super().state()
