"""How an opinion and a measure are compared: by words, by pieces of words, by meaning, by facets.

Everything here is looked at for a batch of opinions and all measures of a plan at once. What
the comparisons are worth is learned elsewhere (:mod:`pipeline.plan.learning`) from plans
written for it, none of them a real one, so it holds for any plan.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from pipeline.language.batch import Batch
from pipeline.language.tokenize import Word, content_words, tokenize
from pipeline.plan.facets import FacetModel
from pipeline.plan.vectors import WordVectors, read_vectors, unit_rows
from pipeline.records import Measure
from pipeline.themes.codebook import Codebook

Floats = NDArray[np.float64]

PARTS = ("words", "pieces", "near_name", "near_overview", "facets", "facets_spread")
OUTSIDE_PARTS = ("constant", "uncovered_facet", "best_words", "best_near", "foreign_words")

_NAME_WEIGHT, _OVERVIEW_WEIGHT, _POLICY_WEIGHT = 3.0, 1.0, 1.0
_NAME_PIECES = 2  # how many times a name counts beside the overview
_POLICY_DIRECTION = 0.5
_TOLD_FACETS, _TOLD_THEMES = 0.5, 0.5  # in the meaning, beside a direction of length 1
_CLEARLY_TOLD = 1.2  # a sum of codebook weights above which more terms add nothing
_FACET_FLOOR = 0.3  # keeps a text that is about no facet from matching one by chance
_NOT_A_PIECE = re.compile(r"[ぁ-ん、。（）()「」『』〔〕［］\s・〜～,.]+")


@dataclass(frozen=True)
class Rarity:
    """How telling a word is: the rarer among many opinions, the more.

    Attributes
    ----------
    counts : mapping of str to int
        Word key to the number of opinions that have it.
    opinions : int
    """

    counts: Mapping[str, int]
    opinions: int

    def __call__(self, key: str) -> float:
        """Inverse document frequency, smoothed; never below 0."""
        return max(math.log((self.opinions + 5) / (self.counts.get(key, 0) + 5)), 0.0)

    @classmethod
    def of(cls, texts: Sequence[Sequence[Word]]) -> Self:
        """Count a collection."""
        counts = Counter(key for words in texts for key in {word.key for word in content_words(tuple(words))})
        return cls(counts, len(texts))


@dataclass(frozen=True)
class Bags:
    """Which texts have which things (words, pieces).

    Attributes
    ----------
    names : list of str
    table : csr_matrix of shape (n_texts, n_names)
        How often.
    """

    names: list[str]
    table: csr_matrix

    def weighted(self, weights: Floats) -> csr_matrix:
        """Weigh each thing, logarithmically by how often it stands in a text; rows of length 1."""
        table = self.table.copy()
        table.data = (1.0 + np.log(table.data)) * weights[table.indices]
        lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
        rows = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
        table.data /= np.where(lengths > 0, lengths, 1.0)[rows]
        return table


def bags_of(texts: Sequence[Mapping[str, float]]) -> Bags:
    """Put counted things into one table, names in order of appearance."""
    number: dict[str, int] = {}
    columns = [number.setdefault(name, len(number)) for text in texts for name in text]
    values = np.array([value for text in texts for value in text.values()], dtype=float)
    starts = np.concatenate([[0], np.cumsum([len(text) for text in texts], dtype=np.int64)])
    return Bags(list(number), csr_matrix((values, columns, starts), shape=(len(texts), len(number))))


def word_bag(words: Sequence[Word]) -> dict[str, float]:
    """The words that carry meaning, each once."""
    return {word.key: 1.0 for word in words if word.is_content}


def piece_bag(text: str) -> dict[str, float]:
    """Pairs of neighbouring characters of what is not hiragana, with their counts.

    They find 広報 in 広報紙 and 予約 in 予約制, where words are different ones.

    >>> piece_bag("広報紙の配布")
    {'広報': 1.0, '報紙': 1.0, '配布': 1.0}
    """
    found = Counter(
        part[start : start + 2] for part in _NOT_A_PIECE.split(text) for start in range(max(len(part) - 1, 0))
    )
    return {piece: float(count) for piece, count in found.items()}


@dataclass(frozen=True)
class ThemesTold:
    """How clearly the codebook's terms say each theme, between 0 and 1.

    Attributes
    ----------
    codebook : Codebook
    themes : tuple of str
        Those that the mapping learned with; one that the codebook does not have is never told.
    """

    codebook: Codebook
    themes: tuple[str, ...]

    def __call__(self, batch: Batch) -> Floats:
        """Shape (n_texts, n_themes)."""
        totals = np.clip(self.codebook.search(batch).totals / _CLEARLY_TOLD, 0.0, 1.0)
        columns = [self.codebook.names.index(name) if name in self.codebook.names else -1 for name in self.themes]
        return np.asarray(np.hstack([totals, np.zeros((len(batch), 1))])[:, columns])


@dataclass(frozen=True)
class Comparison:
    """A batch of opinions beside the measures of a plan.

    Attributes
    ----------
    parts : ndarray of shape (n_opinions, n_measures, len(PARTS))
    outside : ndarray of shape (n_opinions, len(OUTSIDE_PARTS))
        What speaks for and against 計画外.
    meaning : ndarray of shape (n_opinions, n_meaning)
        Direction of the words, then facets, then themes; to be bridged to :attr:`PlanFeatures.meaning`.
    words : Bags
    word_weights : csr_matrix of shape (n_opinions, n_names)
        Of the shared words; rows of length 1.
    word_directions : ndarray of shape (n_names, n_dimensions)
        Of each of the words, weighed by its rarity.
    lengths : ndarray of shape (n_opinions,)
        What the sum of an opinion's directions was divided by.
    pieces : csr_matrix of shape (n_opinions, n_pieces)
        Weighed pieces, rows of length 1, columns as in ``piece_names``.
    piece_names : list of str
    facets : ndarray of shape (n_opinions, n_facets)
    """

    parts: Floats
    outside: Floats
    meaning: Floats
    words: Bags
    word_weights: csr_matrix
    word_directions: Floats
    lengths: Floats
    pieces: csr_matrix
    piece_names: list[str]
    facets: Floats


class PlanFeatures:
    """Compares opinions with the measures of one plan.

    Parameters
    ----------
    measures : sequence of Measure
    facets : FacetModel
    rarity : Rarity
    told : ThemesTold
    vectors : WordVectors, optional
        Those that travel with the program when none are given.

    Attributes
    ----------
    meaning : ndarray of shape (n_measures, n_meaning)
        As of opinions, less the plan's mean: what sets a measure apart from the others.
    names, overviews : ndarray of shape (n_measures, n_dimensions)
        Directions.
    facets : ndarray of shape (n_measures, n_facets)
    """

    def __init__(
        self,
        measures: Sequence[Measure],
        facets: FacetModel,
        rarity: Rarity,
        told: ThemesTold,
        vectors: WordVectors | None = None,
    ) -> None:
        self._facet_model = facets
        self._told = told
        self._rarity = rarity
        self._vectors = vectors or read_vectors()
        bags = [_measure_bag(measure) for measure in measures]
        # a word of one measure tells more than a word of all
        self._local = _spread(bags)
        self._unseen = math.log(len(bags) + 1)
        words = bags_of(bags)
        self._words = {name: row for row, name in enumerate(words.names)}
        self._word_table = _transposed(words.weighted(self._weights(words.names)))
        pieces = [
            piece_bag("、".join([measure.name] * _NAME_PIECES + [measure.overview, measure.policy]))
            for measure in measures
        ]
        self._local_pieces = _spread(pieces)
        piece_table = bags_of(pieces)
        self._pieces = {name: row for row, name in enumerate(piece_table.names)}
        self._piece_table = _transposed(piece_table.weighted(self._piece_weights(piece_table.names)))
        self.names = self._directions([measure.name for measure in measures])
        self.overviews = self._directions([measure.overview for measure in measures])
        policies = self._directions([measure.policy for measure in measures])
        self.facets = np.array([facets.of_measure(measure) for measure in measures])
        self._facet_shares = _shares(self.facets)
        direction = unit_rows(self.names + self.overviews + _POLICY_DIRECTION * policies)
        themes = np.maximum(
            told(Batch([tokenize(f"{measure.name}。{measure.overview}") for measure in measures])),
            told(Batch([tokenize(measure.name) for measure in measures])),
        )
        meaning = _meaning(direction, self.facets, themes)
        self.meaning: Floats = meaning - meaning.mean(axis=0)

    def _weights(self, names: Sequence[str]) -> Floats:
        return np.array([self._local.get(name, self._unseen) * math.sqrt(self._rarity(name)) for name in names])

    def _piece_weights(self, names: Sequence[str]) -> Floats:
        return np.array([self._local_pieces.get(name, self._unseen) for name in names])

    def _directions(self, texts: Sequence[str]) -> Floats:
        return self._summed(bags_of([word_bag(tokenize(text)) for text in texts]))[1]

    def _summed(self, bags: Bags) -> tuple[Floats, Floats, Floats]:
        """Directions of words (weighed) and of texts (of length 1), and the lengths of their sums."""
        rarity = np.array([self._rarity(name) for name in bags.names])
        directions = self._vectors.of(bags.names) * rarity[:, None]
        sums = np.asarray(bags.table @ directions)
        return directions, unit_rows(sums), np.linalg.norm(sums, axis=1)

    def compare(self, batch: Batch) -> Comparison:
        """Compare opinions with every measure and with the plan as a whole."""
        words = bags_of([word_bag(text) for text in batch.texts])
        weights = words.weighted(self._weights(words.names))
        shared = weights @ _picked(self._word_table, self._words, words.names)
        pieces = bags_of([piece_bag("".join(word.surface for word in text)) for text in batch.texts])
        piece_weights = pieces.weighted(self._piece_weights(pieces.names))
        shared_pieces = piece_weights @ _picked(self._piece_table, self._pieces, pieces.names)
        word_directions, direction, lengths = self._summed(words)
        facets = self._facet_model.of_opinions(batch)
        shares = _shares(facets)
        near_name, near_overview = direction @ self.names.T, direction @ self.overviews.T
        parts = np.stack(
            [
                *(shared, shared_pieces, near_name, near_overview),
                *(shares @ self._facet_shares.T, np.sqrt(shares) @ np.sqrt(self._facet_shares).T),
            ],
            axis=-1,
        )
        rarity = np.array([self._rarity(name) for name in words.names])
        foreign = np.array([name not in self._local for name in words.names], dtype=float)
        total = words.table @ rarity
        outside = np.column_stack(
            [
                np.ones(len(batch)),
                (facets * (1 - self.facets.max(axis=0))).max(axis=1),
                shared.max(axis=1),
                np.maximum(near_name, near_overview).max(axis=1),
                (words.table @ (rarity * foreign)) / np.where(total > 0, total, 1.0),
            ]
        )
        return Comparison(
            parts=parts,
            outside=outside,
            meaning=_meaning(direction, facets, self._told(batch)),
            words=words,
            word_weights=weights,
            word_directions=word_directions,
            lengths=lengths,
            pieces=piece_weights,
            piece_names=pieces.names,
            facets=facets,
        )

    def shared_words(self, names: Sequence[str]) -> Floats:
        """Weights of words in the measures, shape (n_names, n_measures)."""
        return _picked(self._word_table, self._words, names)

    @property
    def dimensions(self) -> int:
        """Of a direction."""
        return self._vectors.dimensions


def _meaning(direction: Floats, facets: Floats, themes: Floats) -> Floats:
    return np.hstack([direction, _TOLD_FACETS * facets, _TOLD_THEMES * themes])


def _measure_bag(measure: Measure) -> dict[str, float]:
    bag: dict[str, float] = {}
    for text, weight in (
        (measure.name, _NAME_WEIGHT),
        (measure.overview, _OVERVIEW_WEIGHT),
        (measure.policy, _POLICY_WEIGHT),
    ):
        for word in content_words(tokenize(text)):
            bag[word.key] = bag.get(word.key, 0.0) + weight
    return bag


def _spread(bags: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """How telling each thing is within the plan: log of (measures + 1) / measures that have it."""
    counts = Counter(name for bag in bags for name in bag)
    return {name: math.log((len(bags) + 1) / count) for name, count in counts.items()}


def _transposed(table: csr_matrix) -> Floats:
    """By name and measure, with a last row of zeros for names the plan does not have."""
    dense = table.toarray().T
    return np.vstack([dense, np.zeros((1, dense.shape[1]))])


def _picked(table: Floats, rows: Mapping[str, int], names: Sequence[str]) -> Floats:
    return np.asarray(table[np.array([rows.get(name, -1) for name in names], dtype=np.int64)])


def _shares(facets: Floats) -> Floats:
    return np.asarray(facets / (facets.sum(axis=-1, keepdims=True) + _FACET_FLOOR))
