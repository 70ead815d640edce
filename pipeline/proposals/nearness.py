"""How near needs are to one another, and to the measures of a plan.

Two needs are about the same where they share telling words, mean the same, are about the same
themes and the same facets. What each of these is worth was learned (logistic regression) on
pairs of asks from the written plans, by whether they belong to one measure:
``python -m scripts.measure_proposals --fit`` prints the weights that stand here.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from pipeline import resources
from pipeline.arrays import load_arrays
from pipeline.language.batch import Batch
from pipeline.language.tokenize import Word, tokenize
from pipeline.plan.comparing import Bags, bags_of, word_bag
from pipeline.plan.facets import FacetModel
from pipeline.plan.vectors import read_vectors
from pipeline.proposals.needs import Need
from pipeline.records import Measure
from pipeline.topics.meaning import meanings, rarity_at_large

Floats = NDArray[np.float64]

PAIR_PARTS = ("the ask's words in the other text", "words of both texts", "meaning", "themes", "facets")
PAIR_WEIGHTS = np.array([0.8, 1.9, 4.5, 0.6, 7.2])
PAIR_CONSTANT = -3.5

_FACET_FLOOR = 0.3
_COMMON, _FEW = 0.2, 4  # a word of more needs than this tells nothing here
_SAME_MEANING = 0.7  # a cosine of two words from which one speaks for the other: 勉強会, 学習会


@functools.cache
def _facet_model() -> FacetModel:
    return FacetModel.from_state(load_arrays(resources.default_model() / "weights.npz")["mapping"]["facets"])


class Needs:
    """Needs as vectors, looked at together.

    Parameters
    ----------
    needs : sequence of Need

    Attributes
    ----------
    clauses, texts : list of tuple of Word
        What is asked, and the whole opinion.
    common : frozenset of str
        Words that so many of them say that they tell none from the others.
    meaning : ndarray of shape (n_needs, n_dimensions)
        Of the whole opinion, less what all have in common; rows of length 1.
    """

    def __init__(self, needs: Sequence[Need]) -> None:
        self.clauses = [tokenize(need.clause) for need in needs]
        whole = {text: tokenize(text) for text in dict.fromkeys(need.one.opinion.text for need in needs)}
        self.texts = [whole[need.one.opinion.text] for need in needs]
        names = bags_of([word_bag(words) for words in self.texts]).names
        rows = {name: row for row, name in enumerate(names)}
        self._clause_words = _weighed(self.clauses, rows)
        self._text_words = _weighed(self.texts, rows)
        counts = Counter(key for words in self.texts for key in word_bag(words))
        self.common = frozenset(key for key, count in counts.items() if count > max(_COMMON * len(needs), _FEW))
        self.meaning: Floats = meanings(self.texts)
        scores = [[score.probability for score in need.one.labelling.scores] for need in needs]
        self._themes = np.array(scores, dtype=float) if needs else np.zeros((0, 0))
        facets = _facet_model().of_opinions(Batch(self.texts)) if needs else np.zeros((0, 1))
        self._facets = facets / (facets.sum(axis=1, keepdims=True) + _FACET_FLOOR)

    def parts(self, rows: Sequence[int]) -> Floats:
        """Compare some needs with all: shape (n_rows, n_needs, len(PAIR_PARTS))."""
        some = np.array(rows, dtype=np.int64)
        return np.stack(
            [
                (self._clause_words[some] @ self._text_words.T).toarray(),
                (self._text_words[some] @ self._text_words.T).toarray(),
                self.meaning[some] @ self.meaning.T,
                self._themes[some] @ self._themes.T,
                self._facets[some] @ self._facets.T,
            ],
            axis=-1,
        )

    def same(self, rows: Sequence[int]) -> Floats:
        """How likely some needs are about the same as each of all, shape (n_rows, n_needs)."""
        scores = self.parts(rows) @ PAIR_WEIGHTS + PAIR_CONSTANT
        return np.asarray(1.0 / (1.0 + np.exp(-scores)))


def _weighed(texts: Sequence[Sequence[Word]], rows: dict[str, int]) -> csr_matrix:
    """Words by how rare they are, rows of length 1."""
    bags = [{key: 1.0 for key in word_bag(words) if key in rows} for words in texts]
    columns = np.array([rows[key] for bag in bags for key in bag], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum([len(bag) for bag in bags], dtype=np.int64)])
    table = csr_matrix((np.ones(len(columns)), columns, starts), shape=(len(texts), len(rows)))
    rarity = rarity_at_large()
    weights = np.array([rarity(name) for name in rows])
    return Bags(list(rows), table).weighted(weights)


class Said:
    """What some texts say, to tell how much of something else they say too."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.keys = frozenset(word_bag(words))
        self._vectors = read_vectors().of(sorted(self.keys))

    def of_each(self, keys: Sequence[str]) -> Floats:
        """How clearly each word is said: 1 by itself, the cosine of the nearest where that is near, else 0."""
        if not keys:
            return np.zeros(0)
        near = np.zeros(len(keys))
        if len(self._vectors):
            near = (read_vectors().of(keys) @ self._vectors.T).max(axis=1)
        near[near < _SAME_MEANING] = 0.0
        same = np.array([key in self.keys for key in keys])
        return np.where(same, 1.0, near)

    def share(self, words: Sequence[Word]) -> float:
        """How much of other words is said, each weighed by its rarity, between 0 and 1."""
        keys = list(word_bag(words))
        rarity = rarity_at_large()
        weights = np.array([rarity(key) for key in keys])
        total = float(weights.sum())
        return float(self.of_each(keys) @ weights) / total if total else 0.0


class MeasureText:
    """A measure, to be compared with what people need.

    Attributes
    ----------
    measure : Measure
    said : Said
        By its name and 概要.
    meaning : ndarray of shape (n_dimensions,)
        Of both, of length 1.
    """

    def __init__(self, measure: Measure) -> None:
        self.measure = measure
        words = tokenize(f"{measure.name}。{measure.overview}")
        self.said = Said(words)
        self.meaning: Floats = meanings([words], centred=False)[0]

    def similarity(self, words: Sequence[Word]) -> float:
        """How near a text is to the measure, between 0 and 1.

        The mean of two things: which share of the text's telling words stands in the measure's name
        or 概要 (by itself or by a word of nearly the same meaning), and the cosine of both meanings.
        """
        cosine = float(meanings([words], centred=False)[0] @ self.meaning)
        return (self.said.share(words) + max(cosine, 0.0)) / 2
