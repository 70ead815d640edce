"""What texts mean, as vectors, and how alike they are.

A text's vector is the sum of its words' vectors, the telling ones weighing more: a word tells more
the rarer it is among opinions (smooth inverse frequency: Arora et al. 2017). A learned map then keeps
what sets matters apart (:mod:`pipeline.topics.metric`), and what the texts at hand have in common is
taken away. Names and new words, which word vectors do not know, speak as shared words and pieces of words.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from pipeline import resources
from pipeline.arrays import load_arrays
from pipeline.language.tokenize import Word
from pipeline.plan.comparing import Bags, Rarity, bags_of, piece_bag, word_bag
from pipeline.plan.vectors import read_vectors, unit_rows
from pipeline.topics.metric import Metric, read_metric
from pipeline.topics.phrases import read_vague

Floats = NDArray[np.float64]

_DIGITS = 9  # rounded to, so that the last bits of a sum decide nothing
_STANDING = 20.0  # how many texts the learned centre counts for beside those at hand
_MEANING, _WORDS, _PIECES = 0.5, 0.3, 0.2  # shares of a likeness


@functools.cache
def rarity_at_large() -> Rarity:
    """How rare words are among the opinions that the default model was learned from."""
    mapping = load_arrays(resources.default_model() / "weights.npz")["mapping"]
    counts = dict(zip(mapping["words"].split("\n"), mapping["counts"].tolist(), strict=True))
    return Rarity(counts, int(mapping["opinions"]))


def word_sums(texts: Sequence[Sequence[Word]]) -> Floats:
    """Sums of word vectors, weighed by rarity; rows of length 1, zeros for a text without a known word."""
    bags = bags_of([word_bag(words) for words in texts])
    vectors, rarity = read_vectors(), rarity_at_large()
    if not bags.names:
        return np.zeros((bags.table.shape[0], vectors.dimensions))
    weights = np.array([rarity(name) for name in bags.names])
    return unit_rows(np.asarray(bags.table @ (vectors.of(bags.names) * weights[:, None])))


def meanings(texts: Sequence[Sequence[Word]], *, centred: bool = True, metric: Metric | None = None) -> Floats:
    """Give one row a text, of length 1; zeros for a text without a known word.

    Parameters
    ----------
    texts : sequence of sequence of Word
    centred : bool
        Whether to take away what the texts at hand have in common, beside what opinions have in
        common at large. Where texts of several collections are compared it stays.
    metric : Metric, optional
        That which travels with the program when none is given.

    Returns
    -------
    ndarray of shape (n_texts, n_dimensions)
    """
    metric, sums = metric or read_metric(), word_sums(texts)
    centre = metric.centre
    known = sums[np.any(sums != 0.0, axis=1)]
    if centred and len(known):
        centre = (known.sum(axis=0) + _STANDING * centre) / (len(known) + _STANDING)
    return np.round(metric(sums, centre), _DIGITS)


@dataclass(frozen=True)
class Likeness:
    """How alike texts are: meaning, shared words and shared pieces of words, between about -1 and 1.

    Attributes
    ----------
    meaning : ndarray of shape (n_texts, n_dimensions)
    words, pieces : csr_matrix of shape (n_texts, n_names)
        Weighed; rows of length 1.
    """

    meaning: Floats
    words: csr_matrix
    pieces: csr_matrix

    def __len__(self) -> int:
        """The number of texts."""
        return len(self.meaning)

    def of(self, rows: NDArray[np.int64]) -> Likeness:
        """Some of the texts."""
        return Likeness(self.meaning[rows], self.words[rows], self.pieces[rows])

    def to(self, groups: csr_matrix) -> Floats:
        """Mean likeness of every text to the texts of each group, itself included.

        Parameters
        ----------
        groups : csr_matrix of shape (n_groups, n_texts)
            Rows that add up to 1.

        Returns
        -------
        ndarray of shape (n_texts, n_groups)
        """
        found = _MEANING * self.meaning @ np.asarray(groups @ self.meaning).T
        for share, table in ((_WORDS, self.words), (_PIECES, self.pieces)):
            found = found + share * np.asarray((table @ (groups @ table).T).todense())
        return np.asarray(np.round(found, _DIGITS))

    def table(self) -> Floats:
        """Of every two texts, shape (n_texts, n_texts)."""
        found = _MEANING * self.meaning @ self.meaning.T
        for share, table in ((_WORDS, self.words), (_PIECES, self.pieces)):
            found += share * (table @ table.T).toarray()
        return np.asarray(np.round(found, _DIGITS))

    @property
    def own(self) -> Floats:
        """Of each text to itself, shape (n_texts,): 1 but for texts that say nothing."""
        found = _MEANING * np.square(self.meaning).sum(axis=1)
        for share, table in ((_WORDS, self.words), (_PIECES, self.pieces)):
            found = found + share * np.asarray(table.multiply(table).sum(axis=1)).ravel()
        return np.asarray(np.round(found, _DIGITS))


def likeness(texts: Sequence[Sequence[Word]], metric: Metric | None = None) -> Likeness:
    """Compare texts with each other."""
    formulaic = read_vague().formulaic
    words = bags_of([word_bag([word for word in text if word.key not in formulaic]) for text in texts])
    pieces = bags_of([piece_bag("".join(word.surface for word in text)) for text in texts])
    rarity = rarity_at_large()
    at_large = np.array([rarity(name) for name in words.names])
    return Likeness(
        meanings(texts, metric=metric),
        words.weighted(np.sqrt(_among(words) * at_large)),
        pieces.weighted(_among(pieces)),
    )


def _among(bags: Bags) -> Floats:
    """How telling things are among these texts: those that few have tell much, those that one has tell nothing.

    The inverse frequency, times how much of it is shared: オンライン in five opinions joins them; a
    word that stands once only takes room.
    """
    counts = np.maximum(np.bincount(bags.table.indices, minlength=len(bags.names)), 1)
    return np.asarray(np.log((bags.table.shape[0] + 1) / counts) * (1.0 - 1.0 / counts))
