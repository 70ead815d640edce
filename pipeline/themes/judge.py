"""Themes: what the codebook's terms say, and what words say that no codebook lists.

The score of a theme is a sum with named parts::

    score = a * codebook + b * words + c + corrections

``codebook`` is the sum of the weights of the terms found, ``words`` the log-odds that a
linear model over the words of the text gives, each within bounds. The codebook carries the
wording of real surveys, the words carry paraphrase: they count only where they rather say
yes than no, so that they add what no codebook lists and never overrule it.

``corrections`` are what the labels of reviewers taught afterwards (:meth:`ThemeJudge.adapt`),
nothing in the default model.

Judging needs NumPy alone; how all of it is learned stands in :mod:`pipeline.themes.classifier`.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipeline.language.batch import Batch, in_batches
from pipeline.language.tokenize import Word, tokenize
from pipeline.records import Evidence
from pipeline.themes.codebook import Codebook, Found, Hit, read_codebook
from pipeline.themes.corrections import WORD, Correction, Corrections, learn_corrections
from pipeline.themes.decision import DEFAULT, Decision, Threshold, decide
from pipeline.themes.features import WordRows, word_features
from pipeline.themes.linear import LinearModel

Floats = NDArray[np.float64]

CODEBOOK_LOW, CODEBOOK_HIGH = -0.5, 1.4
"""A codebook sum says no more beyond these: two strong terms are as sure as five."""
WORDS_LOW, WORDS_HIGH = 0.0, 3.0
"""Log-odds: below, the words say nothing; above, they are as sure as words get."""
CODEBOOK_ALONE = np.array([4.0, 0.0, -2.4])
"""``a, b, c`` of a theme that is judged by its terms only."""


class ThemeJudge:
    """Gives opinions their themes; :class:`ThemeClassifier` learns how.

    Parameters
    ----------
    codebook : Codebook, optional
        The one that travels with the program when none is given.

    Attributes
    ----------
    themes_ : tuple of str
        In the order of the codebook.
    words_ : LinearModel
        One class a theme.
    combination_ : ndarray of shape (n_themes, 3)
        ``a, b, c`` of each theme.
    thresholds_ : dict of str to Threshold
    codebook_only_ : tuple of str
        Themes with too few positives.
    corrections_ : list of dict of str to float
        For each theme, what reviewers' labels add to its score for each of its terms.
    """

    themes_: tuple[str, ...]
    words_: LinearModel
    combination_: Floats
    thresholds_: dict[str, Threshold]
    codebook_only_: tuple[str, ...]
    corrections_: list[Corrections]

    def __init__(self, codebook: Codebook | None = None) -> None:
        self.codebook = codebook

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
        return expit(self.decision_function(X))

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
        probabilities = expit(scores)
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
        columns = codebook_and_words(codebook, log_odds)
        result: Floats = (columns * self.combination_[:, :2]).sum(axis=-1) + self.combination_[:, 2]
        return result

    def _book(self) -> Codebook:
        return self.codebook or read_codebook()

    @functools.cached_property
    def _word_rows(self) -> WordRows:
        return WordRows(self.words_.vocabulary_)

    def state(self) -> dict[str, Any]:
        """What was learned, as plain types and arrays."""
        return {
            "themes": list(self.themes_),
            "combination": self.combination_,
            "codebook_only": list(self.codebook_only_),
            "words": self.words_.state(),
            "corrections": dict(zip(self.themes_, self.corrections_, strict=True)),
        }

    @classmethod
    def from_state(cls, state: dict[str, Any], thresholds: Mapping[str, Threshold], codebook: Codebook) -> Self:
        """Build the judge that ``state`` describes, for the themes of a codebook.

        A theme the state does not know rests on its codebook terms.
        """
        known = {name: row for row, name in enumerate(state["themes"])}
        words = LinearModel.from_state(state["words"])
        judge = cls(codebook)
        judge.themes_ = codebook.names
        judge.words_ = words.with_classes([known.get(name) for name in codebook.names])
        judge.corrections_ = [dict(state["corrections"].get(name, {})) for name in codebook.names]
        combination = np.asarray(state["combination"], dtype=float)
        judge.combination_ = np.array(
            [combination[known[name]] if name in known else CODEBOOK_ALONE for name in codebook.names]
        )
        judge.codebook_only_ = tuple(
            name for name in codebook.names if name not in known or name in state["codebook_only"]
        )
        judge.thresholds_ = {name: thresholds.get(name, DEFAULT) for name in codebook.names}
        return judge


def _expressions(hits: Mapping[int, Sequence[Hit]], k: int) -> list[str]:
    return [term.expression for term, _ in hits.get(k, ())]


def codebook_and_words(codebook: Floats, log_odds: Floats) -> Floats:
    """The two columns that are combined, on a last axis of length 2."""
    return np.stack([np.clip(codebook, CODEBOOK_LOW, CODEBOOK_HIGH), np.clip(log_odds, WORDS_LOW, WORDS_HIGH)], axis=-1)


def _kept(value: float, low: float, high: float) -> float:
    """What share of a value its bounds leave."""
    return min(max(value, low), high) / value if value else 1.0


def expit(scores: Floats) -> Floats:
    """Probabilities from log-odds."""
    result: Floats = 1.0 / (1.0 + np.exp(-np.clip(scores, -30, 30)))
    return result
