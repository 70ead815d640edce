"""How themes are learned: a scikit-learn estimator that judges as :class:`ThemeJudge` does.

The linear model learns the words; the three numbers that combine them with the codebook, the
threshold and the band of doubt of each theme are learned from scores of texts that the linear
model did not see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from pipeline.language.batch import Batch, in_batches
from pipeline.language.tokenize import Word, tokenize
from pipeline.themes.codebook import Codebook, Found, read_codebook
from pipeline.themes.features import word_features
from pipeline.themes.judge import CODEBOOK_ALONE, ThemeJudge, codebook_and_words, expit
from pipeline.themes.linear_learning import BinaryFeatureModel
from pipeline.themes.thresholds import best_threshold, choose_doubt, weights_for

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

CODEBOOK_BORDER = 0.575
"""The weights of terms are written so that a theme is given from a sum of 0.6 on."""
FOLDS = 5


class ThemeClassifier(ClassifierMixin, BaseEstimator, ThemeJudge):  # type: ignore[misc]
    """Multi-label classifier on codebook and words.

    Parameters
    ----------
    codebook : Codebook, optional
        The one that travels with the program when none is given.
    prevalence : mapping of str to float, optional
        The share of opinions that a theme has where the classifier will be used. Written
        training opinions hold more of every theme than a survey does; they are weighted so
        that thresholds and probabilities hold for the survey. None takes the training share.
    strength, min_count
        Of the linear model, see :class:`BinaryFeatureModel`.
    min_positives : int
        A theme with fewer labelled opinions than this rests on the codebook alone.
    doubt : float
        The share of opinions that may be left to a person.

    Attributes
    ----------
    held_out_ : ndarray of shape (n_opinions, n_themes)
        The probabilities of the training opinions, from words not learned on them.
    """

    def __init__(
        self,
        codebook: Codebook | None = None,
        *,
        prevalence: Mapping[str, float] | None = None,
        strength: float = 0.3,
        min_count: int = 3,
        min_positives: int = 20,
        doubt: float = 0.10,
    ) -> None:
        self.codebook = codebook
        self.prevalence = prevalence
        self.strength = strength
        self.min_count = min_count
        self.min_positives = min_positives
        self.doubt = doubt

    def fit(self, X: Sequence[str], y: ArrayLike, *, calibration: Sequence[bool] | None = None) -> Self:
        """Learn words, combination and thresholds.

        Parameters
        ----------
        X : sequence of str, length n_opinions
        y : array-like of shape (n_opinions, n_themes)
            1 where a theme belongs, columns in the order of the codebook.
        calibration : sequence of bool, length n_opinions, optional
            On which opinions the combination, the thresholds and the doubt are learned; the
            words are learned on all. Opinions by which the codebook was mended should not be
            the only ones, or it is trusted too far. All, when not given.
        """
        labels = np.asarray(y, dtype=bool)
        book = self.codebook or read_codebook()
        self.themes_ = book.names
        if labels.shape != (len(X), len(self.themes_)):
            raise ValueError(f"y has shape {labels.shape}, expected {(len(X), len(self.themes_))}")
        texts = [tokenize(text) for text in X]
        codebook = codebook_scores(book, texts)
        features = [word_features(words) for words in texts]
        words = BinaryFeatureModel(strength=self.strength, min_count=self.min_count)
        self.__dict__.pop("_word_rows", None)  # of an earlier fit
        held_out = _held_out(words, features, labels)
        self.words_ = words.fit(features, labels)
        chosen = np.ones(len(X), dtype=bool) if calibration is None else np.asarray(calibration, dtype=bool)
        if not chosen.any():
            raise ValueError("no opinion to learn the combination on")
        weights = np.column_stack(
            [weights_for(labels[:, k], (self.prevalence or {}).get(name)) for k, name in enumerate(self.themes_)]
        )
        enough = (labels & chosen[:, None]).sum(axis=0) >= self.min_positives
        self.codebook_only_ = tuple(name for name, has in zip(self.themes_, enough, strict=True) if not has)
        self.combination_ = np.array(
            [
                _combine(codebook[chosen, k], held_out[chosen, k], labels[chosen, k], weights[chosen, k])
                if enough[k]
                else CODEBOOK_ALONE
                for k in range(len(self.themes_))
            ]
        )
        self.corrections_ = [{} for _ in self.themes_]
        self.held_out_ = expit(self._scores(codebook, held_out))
        # where the codebook's terms alone stand at the border they were weighed for
        borders = expit(CODEBOOK_BORDER * self.combination_[:, 0] + self.combination_[:, 2])
        held, truth = self.held_out_[chosen], labels[chosen]
        given = {
            name: best_threshold(held[:, k], truth[:, k], weights[chosen, k], float(borders[k])) if enough[k] else 0.5
            for k, name in enumerate(self.themes_)
        }
        self.thresholds_ = choose_doubt(self.held_out_[chosen], given, self.doubt, weights[chosen].min(axis=1))
        return self

    def scores(self, batch: Batch) -> tuple[Floats, Found, Floats]:
        """Score many opinions, see :meth:`ThemeJudge.scores`."""
        check_is_fitted(self, "combination_")
        return super().scores(batch)

    def state(self) -> dict[str, Any]:
        """What was learned, as plain types and arrays."""
        check_is_fitted(self, "combination_")
        return super().state()


def codebook_scores(book: Codebook, texts: Sequence[Sequence[Word]]) -> Floats:
    """Sum of the weights of the terms found, shape (n_texts, n_themes)."""
    found = [book.search(Batch(some)).totals for some in in_batches(texts)]
    return np.concatenate(found) if found else np.zeros((0, len(book.names)))


def _combine(codebook: Floats, log_odds: Floats, labels: Flags, weights: Floats) -> Floats:
    """Fit ``a, b, c``; words that would speak against themselves are left out."""
    from sklearn.linear_model import LogisticRegression

    columns = codebook_and_words(codebook, log_odds)
    fit = LogisticRegression(C=10.0, max_iter=1000).fit(columns, labels, sample_weight=weights)
    if fit.coef_[0, 1] < 0:
        fit = LogisticRegression(C=10.0, max_iter=1000).fit(columns * [1, 0], labels, sample_weight=weights)
    return np.array([*fit.coef_[0], fit.intercept_[0]])


def _held_out(words: BinaryFeatureModel, features: Sequence[Sequence[str]], labels: Flags) -> Floats:
    """Log-odds of each text from a model that did not see it."""
    from sklearn.model_selection import KFold

    scores = np.zeros(labels.shape)
    for learned, held in KFold(FOLDS, shuffle=True, random_state=0).split(scores):
        words.fit([features[i] for i in learned], labels[learned])
        scores[held] = words.decision_function([features[i] for i in held])
    return scores
