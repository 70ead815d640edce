"""Themes by the codebook: the weights of the terms found, turned into probabilities.

The classifier follows scikit-learn's contract: ``__init__`` stores, ``fit`` learns names
that end in ``_``. What it learns is how much a score is worth (Platt's method: a logistic
curve per theme) and where to decide, both from held-out opinions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_is_fitted

from pipeline.language.tokenize import tokenize
from pipeline.records import Evidence
from pipeline.themes.codebook import Codebook, read_codebook
from pipeline.themes.thresholds import best_threshold, choose_doubt

Floats = NDArray[np.float64]
EvidenceByTheme = tuple[tuple[Evidence, ...], ...]


class CodebookClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Multi-label classifier that rests on the codebook alone.

    Parameters
    ----------
    codebook : Codebook, optional
        The one that travels with the program when none is given.
    min_positives : int
        A theme with fewer labelled opinions than this borrows the curve and the thresholds
        of all themes together.
    doubt : float
        The share of labelled opinions that may be left to a person, all themes together.

    Attributes
    ----------
    themes_ : tuple of str
        In the order of the codebook.
    curves_ : ndarray of shape (n_themes, 2)
        Slope and intercept of each theme's logistic curve over the score.
    thresholds_ : dict of str to Threshold
    borrowed_ : tuple of str
        Themes with too few positives.

    Examples
    --------
    >>> model = CodebookClassifier().fit(["会長のなり手がいない"] * 3, [[1, 0, 0, 0]] * 3)
    >>> model.themes_[0]
    '担い手'
    """

    def __init__(self, codebook: Codebook | None = None, *, min_positives: int = 20, doubt: float = 0.12) -> None:
        self.codebook = codebook
        self.min_positives = min_positives
        self.doubt = doubt

    def fit(self, X: Sequence[str], y: ArrayLike) -> Self:
        """Learn curves and thresholds.

        Parameters
        ----------
        X : sequence of str, length n_opinions
        y : array-like of shape (n_opinions, n_themes)
            1 where a theme belongs, columns in the order of the codebook.
        """
        labels = np.asarray(y, dtype=bool)
        book = self._book()
        self.themes_ = book.names
        if labels.shape != (len(X), len(self.themes_)):
            raise ValueError(f"y has shape {labels.shape}, expected {(len(X), len(self.themes_))}")
        scores = self.decision_function(X)
        pooled = _curve(scores.ravel(), labels.ravel())
        enough = labels.sum(axis=0) >= self.min_positives
        self.curves_ = np.array(
            [_curve(scores[:, k], labels[:, k]) if enough[k] else pooled for k in range(len(self.themes_))]
        )
        self.borrowed_ = tuple(name for name, has in zip(self.themes_, enough, strict=True) if not has)
        probabilities = self.predict_proba(X)
        common = best_threshold(probabilities.ravel(), labels.ravel())
        given = [
            best_threshold(probabilities[:, k], labels[:, k]) if enough[k] else common for k in range(len(self.themes_))
        ]
        self.thresholds_ = choose_doubt(probabilities, dict(zip(self.themes_, given, strict=True)), self.doubt)
        return self

    def decision_function(self, X: Sequence[str]) -> Floats:
        """Scores: the sum of the weights found, shape (n_opinions, n_themes)."""
        found = [self.evidence(text) for text in X]
        return np.array([[sum(part.weight for part in parts) for parts in row] for row in found], dtype=float).reshape(
            len(X), -1
        )

    def predict_proba(self, X: Sequence[str]) -> Floats:
        """Probabilities of belonging, shape (n_opinions, n_themes)."""
        check_is_fitted(self, "curves_")
        return self.probabilities(self.decision_function(X))

    def probabilities(self, scores: Floats) -> Floats:
        """Scores to probabilities."""
        with np.errstate(over="ignore"):
            result: Floats = 1.0 / (1.0 + np.exp(-(scores * self.curves_[:, 0] + self.curves_[:, 1])))
        return result

    def predict(self, X: Sequence[str]) -> NDArray[np.int64]:
        """1 where a theme is given, shape (n_opinions, n_themes)."""
        given = np.array([threshold.given for threshold in self.thresholds_.values()])
        return (self.predict_proba(X) >= given).astype(np.int64)

    def evidence(self, text: str) -> EvidenceByTheme:
        """The parts of the score: exactly these weights add up to it."""
        return self._book().evidence(tokenize(text))

    def _book(self) -> Codebook:
        return self.codebook or read_codebook()

    def state(self) -> dict[str, Any]:
        """What ``fit`` learned, as plain types and arrays."""
        check_is_fitted(self, "curves_")
        return {"themes": list(self.themes_), "curves": self.curves_, "borrowed": list(self.borrowed_)}


def _curve(scores: Floats, labels: NDArray[np.bool_]) -> Floats:
    """Slope and intercept of a logistic curve (Platt 1999); flat where there is one class only."""
    if labels.all() or not labels.any():
        return np.array([4.0, -2.0])
    fit = LogisticRegression(C=100.0).fit(scores.reshape(-1, 1), labels)
    return np.array([fit.coef_[0, 0], fit.intercept_[0]])
