"""Many texts as one long row of words, so that NumPy looks at all of them at once."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from pipeline.language.tokenize import Word

Ints = NDArray[np.int64]
T = TypeVar("T")

SIZE = 512
"""How many texts are looked at together: enough for NumPy, little enough for a progress bar."""


class Batch:
    """The words of some texts.

    Attributes
    ----------
    texts : sequence of sequence of Word
    words : list of Word
        Of all texts, one after another.
    numbers : ndarray of shape (n_words,)
        ``Word.number`` of each.
    starts, ends : ndarray of shape (n_texts,)
        Where each text begins in ``words``, and where it ends.
    owner : ndarray of shape (n_words,)
        The text each word belongs to.
    """

    def __init__(self, texts: Sequence[Sequence[Word]]) -> None:
        self.texts = texts
        self.words = list(itertools.chain.from_iterable(texts))
        self.numbers: Ints = np.array([word.number for word in self.words], dtype=np.int64)
        lengths = np.array([len(words) for words in texts], dtype=np.int64)
        self.ends: Ints = np.cumsum(lengths)
        self.starts: Ints = self.ends - lengths
        self.owner: Ints = np.repeat(np.arange(len(texts)), lengths)

    def __len__(self) -> int:
        """The number of texts."""
        return len(self.texts)


class WordColumn:
    """A number for every word, worked out once for each distinct word.

    Parameters
    ----------
    value : callable
        Gives the number of a word.
    """

    def __init__(self, value: Callable[[Word], int]) -> None:
        self._value = value
        self._column: Ints = np.full(1024, -1, dtype=np.int64)

    def __call__(self, batch: Batch) -> Ints:
        """The numbers of the batch's words, shape (n_words,); none of them negative."""
        numbers = batch.numbers
        if not len(numbers):
            return numbers
        highest = int(numbers.max())
        if highest >= len(self._column):
            grown = np.full(2 * (highest + 1), -1, dtype=np.int64)
            grown[: len(self._column)] = self._column
            self._column = grown
        found = self._column[numbers]
        new = np.flatnonzero(found < 0)
        if len(new):
            for position in new.tolist():
                word = batch.words[position]
                self._column[word.number] = self._value(word)
            found = self._column[numbers]
        return found


def in_batches(items: Iterable[T]) -> Iterator[list[T]]:
    """Cut a stream into lists of :data:`SIZE`."""
    stream = iter(items)
    while batch := list(itertools.islice(stream, SIZE)):
        yield batch
