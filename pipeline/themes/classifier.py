"""Themes: what the codebook's terms say, and what words say that no codebook lists.

The score of a theme is a sum with named parts::

    score = a * codebook + b * words + c + corrections

``codebook`` is the sum of the weights of the terms found, ``words`` the log-odds that a
linear model over the words of the text gives, each within bounds. The codebook carries the
wording of real surveys, the words carry paraphrase: they count only where they rather say
yes than no, so that they add what no codebook lists and never overrule it.

``corrections`` are what the labels of reviewers taught afterwards (:meth:`ThemeClassifier.adapt`),
nothing in the default model.

``fit`` follows scikit-learn's contract. The three numbers of a theme, its threshold and its
band of doubt are learned from scores of texts the linear model did not see.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from pipeline.language.batch import Batch, in_batches
from pipeline.language.tokenize import Word, tokenize
from pipeline.records import Evidence
from pipeline.themes.codebook import Codebook, Found, Hit, read_codebook
from pipeline.themes.corrections import WORD, Correction, Corrections, learn_corrections
from pipeline.themes.decision import DEFAULT, Decision, Threshold, decide
from pipeline.themes.features import WordRows, word_features
from pipeline.themes.linear import BinaryFeatureModel
from pipeline.themes.thresholds import best_threshold, choose_doubt, weights_for

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

CODEBOOK_LOW, CODEBOOK_HIGH = -0.5, 1.4
"""A codebook sum says no more beyond these: two strong terms are as sure as five."""
CODEBOOK_BORDER = 0.575
"""The weights of terms are written so that a theme is given from a sum of 0.6 on."""
WORDS_LOW, WORDS_HIGH = 0.0, 3.0
"""Log-odds: below, the words say nothing; above, they are as sure as words get."""
FOLDS = 5
_CODEBOOK_ALONE = np.array([4.0, 0.0, -2.4])


class ThemeClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
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
    themes_ : tuple of str
        In the order of the codebook.
    words_ : BinaryFeatureModel
        One class a theme.
    combination_ : ndarray of shape (n_themes, 3)
        ``a, b, c`` of each theme.
    thresholds_ : dict of str to Threshold
    codebook_only_ : tuple of str
        Themes with too few positives.
    corrections_ : list of dict of str to float
        For each theme, what reviewers' labels add to its score for each of its terms.
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
                else _CODEBOOK_ALONE
                for k in range(len(self.themes_))
            ]
        )
        self.corrections_: list[Corrections] = [{} for _ in self.themes_]
        self.held_out_ = _expit(self._scores(codebook, held_out))
        # where the codebook's terms alone stand at the border they were weighed for
        borders = _expit(CODEBOOK_BORDER * self.combination_[:, 0] + self.combination_[:, 2])
        held, truth = self.held_out_[chosen], labels[chosen]
        given = {
            name: best_threshold(held[:, k], truth[:, k], weights[chosen, k], float(borders[k])) if enough[k] else 0.5
            for k, name in enumerate(self.themes_)
        }
        self.thresholds_ = choose_doubt(self.held_out_[chosen], given, self.doubt, weights[chosen].min(axis=1))
        return self

    def adapt(self, X: Sequence[str], y: ArrayLike) -> tuple[Correction, ...]:
        """Learn corrections from opinions that people labelled, see :mod:`pipeline.themes.corrections`.

        Parameters
        ----------
        X : sequence of str, length n_opinions
        y : array-like of shape (n_opinions, n_themes)

        Returns
        -------
        tuple of Correction
            What became of each theme.
        """
        labels = np.asarray(y, dtype=bool)
        self.corrections_ = [{} for _ in self.themes_]
        batch = Batch([tokenize(text) for text in X])
        scores, terms, _ = self.scores(batch)
        words = [[WORD + name for name in word_features(text)] for text in batch.texts]
        learned = [
            learn_corrections(
                name,
                [[*_expressions(hits, k), *some] for hits, some in zip(terms.hits, words, strict=True)],
                scores[:, k],
                labels[:, k],
            )
            for k, name in enumerate(self.themes_)
        ]
        self.corrections_ = [corrections for corrections, _ in learned]
        return tuple(told for _, told in learned)

    def decision_function(self, X: Sequence[str]) -> Floats:
        """Scores, shape (n_opinions, n_themes)."""
        found = [self.scores(Batch(texts))[0] for texts in in_batches(map(tokenize, X))]
        return np.concatenate(found) if found else np.zeros((0, len(self.themes_)))

    def predict_proba(self, X: Sequence[str]) -> Floats:
        """Probabilities of belonging, shape (n_opinions, n_themes)."""
        return _expit(self.decision_function(X))

    def predict(self, X: Sequence[str]) -> NDArray[np.int64]:
        """1 where a theme is given, shape (n_opinions, n_themes)."""
        given = np.array([threshold.given for threshold in self.thresholds_.values()])
        return (self.predict_proba(X) >= given).astype(np.int64)

    def scores(self, batch: Batch) -> tuple[Floats, Found, Floats]:
        """Score many opinions.

        Returns
        -------
        scores : ndarray of shape (n_opinions, n_themes)
        terms : Found
            The codebook's terms behind them.
        log_odds : ndarray of shape (n_opinions, n_themes)
            What the words say.
        """
        check_is_fitted(self, "combination_")
        terms = self._book().search(batch)
        log_odds = self.words_.scores(*self._word_rows(batch), len(batch))
        return self._scores(terms.totals, log_odds) + self._corrected(terms), terms, log_odds

    def _corrected(self, terms: Found) -> Floats:
        """What corrections add to the scores."""
        added = np.zeros(terms.totals.shape)
        if any(self.corrections_):
            for i, (hits, words) in enumerate(zip(terms.hits, terms.batch.texts, strict=True)):
                names = [WORD + name for name in word_features(words)]
                for k, corrections in enumerate(self.corrections_):
                    added[i, k] = sum(corrections.get(name, 0.0) for name in (*_expressions(hits, k), *names))
        return added

    def scores_of(self, words: Sequence[Word]) -> Floats:
        """The scores of one opinion, shape (n_themes,)."""
        return np.asarray(self.scores(Batch([words]))[0][0])

    def judge_all(self, batch: Batch) -> list[Decision]:
        """Decide on many opinions, with the words behind every theme that is given or in doubt."""
        scores, terms, log_odds = self.scores(batch)
        probabilities = _expit(scores)
        shown = probabilities >= np.array([threshold.doubt_from for threshold in self.thresholds_.values()])
        return [
            decide(
                row,
                [
                    self._parts(batch.texts[i], k, terms.theme_evidence(i, k), float(log_odds[i, k])) if has else ()
                    for k, has in enumerate(has_words)
                ],
                self.thresholds_,
            )
            for i, (row, has_words) in enumerate(zip(probabilities.tolist(), shown.tolist(), strict=True))
        ]

    def judge(self, words: Sequence[Word]) -> Decision:
        """Decide on one opinion, see :meth:`judge_all`."""
        return self.judge_all(Batch([words]))[0]

    def explain(self, words: Sequence[Word], k: int) -> tuple[Evidence, ...]:
        """The parts of a theme's score, in the order of the text.

        Their weights add up to the score but for the constant ``c`` (and the intercept of
        the words, where they count), which no word carries.
        """
        _, terms, log_odds = self.scores(Batch([words]))
        return self._parts(words, k, terms.theme_evidence(0, k), float(log_odds[0, k]))

    def _parts(self, words: Sequence[Word], k: int, terms: Sequence[Evidence], log_odds: float) -> tuple[Evidence, ...]:
        a, b, _ = self.combination_[k].tolist()
        total = sum(part.weight for part in terms)
        slope = a * _kept(total, CODEBOOK_LOW, CODEBOOK_HIGH)
        corrected = self.corrections_[k].get
        found = [Evidence(part.words, part.weight * slope + corrected(part.term, 0.0), part.term) for part in terms]
        slope = b * _kept(log_odds, WORDS_LOW, WORDS_HIGH)
        if slope or self.corrections_[k]:
            shown = {word.key: word.surface for word in words}
            names = word_features(words)
            learned = self.words_.parts(names, k)
            parts = {name: slope * learned.get(name, 0.0) + corrected(WORD + name, 0.0) for name in names}
            found += [Evidence(shown[name], weight, name) for name, weight in parts.items() if weight]
        return tuple(found)

    def _scores(self, codebook: Floats, log_odds: Floats) -> Floats:
        columns = _columns(codebook, log_odds)
        result: Floats = (columns * self.combination_[:, :2]).sum(axis=-1) + self.combination_[:, 2]
        return result

    def _book(self) -> Codebook:
        return self.codebook or read_codebook()

    @functools.cached_property
    def _word_rows(self) -> WordRows:
        return WordRows(self.words_.vocabulary_)

    def state(self) -> dict[str, Any]:
        """What ``fit`` learned, as plain types and arrays."""
        check_is_fitted(self, "combination_")
        return {
            "themes": list(self.themes_),
            "combination": self.combination_,
            "codebook_only": list(self.codebook_only_),
            "words": self.words_.state(),
            "corrections": dict(zip(self.themes_, self.corrections_, strict=True)),
        }

    @classmethod
    def from_state(cls, state: dict[str, Any], thresholds: Mapping[str, Threshold], codebook: Codebook) -> Self:
        """Build the classifier that ``state`` describes, for the themes of a codebook.

        A theme the state does not know rests on its codebook terms.
        """
        known = {name: row for row, name in enumerate(state["themes"])}
        words = BinaryFeatureModel.from_state(state["words"])
        classifier = cls(codebook)
        classifier.themes_ = codebook.names
        classifier.words_ = words.with_classes([known.get(name) for name in codebook.names])
        classifier.corrections_ = [dict(state["corrections"].get(name, {})) for name in codebook.names]
        combination = np.asarray(state["combination"], dtype=float)
        classifier.combination_ = np.array(
            [combination[known[name]] if name in known else _CODEBOOK_ALONE for name in codebook.names]
        )
        classifier.codebook_only_ = tuple(
            name for name in codebook.names if name not in known or name in state["codebook_only"]
        )
        classifier.thresholds_ = {name: thresholds.get(name, DEFAULT) for name in codebook.names}
        return classifier


def _expressions(hits: Mapping[int, Sequence[Hit]], k: int) -> list[str]:
    return [term.expression for term, _ in hits.get(k, ())]


def codebook_scores(book: Codebook, texts: Sequence[Sequence[Word]]) -> Floats:
    """Sum of the weights of the terms found, shape (n_texts, n_themes)."""
    found = [book.search(Batch(some)).totals for some in in_batches(texts)]
    return np.concatenate(found) if found else np.zeros((0, len(book.names)))


def _columns(codebook: Floats, log_odds: Floats) -> Floats:
    """The two columns that are combined, on a last axis of length 2."""
    return np.stack([np.clip(codebook, CODEBOOK_LOW, CODEBOOK_HIGH), np.clip(log_odds, WORDS_LOW, WORDS_HIGH)], axis=-1)


def _kept(value: float, low: float, high: float) -> float:
    """What share of a value its bounds leave."""
    return min(max(value, low), high) / value if value else 1.0


def _combine(codebook: Floats, log_odds: Floats, labels: Flags, weights: Floats) -> Floats:
    """Fit ``a, b, c``; words that would speak against themselves are left out."""
    from sklearn.linear_model import LogisticRegression

    columns = _columns(codebook, log_odds)
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


def _expit(scores: Floats) -> Floats:
    result: Floats = 1.0 / (1.0 + np.exp(-np.clip(scores, -30, 30)))
    return result
