"""Word vectors: how near two words are in meaning, from a small file that travels along.

They are chiVe's, reduced (see ``models/vectors/NOTICE`` and ``scripts/build_vectors.py``).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline import resources

Floats = NDArray[np.float64]


class WordVectors:
    """Vectors by word key.

    Parameters
    ----------
    rows : mapping of str to int
        Word key to row.
    vectors : ndarray of shape (n_rows, dimensions), int8
        Direction only: they are brought to length 1 when they are used.
    """

    def __init__(self, rows: Mapping[str, int], vectors: NDArray[np.int8]) -> None:
        self._rows = rows
        self._vectors = vectors

    def __contains__(self, key: str) -> bool:
        """Whether the word is known."""
        return key in self._rows

    def of(self, key: str) -> Floats:
        """Give a known word's vector, of length 1."""
        vector = self._vectors[self._rows[key]].astype(np.float64)
        return np.asarray(vector / np.linalg.norm(vector))

    def of_text(self, weights: Mapping[str, float]) -> Floats:
        """Give the direction of a bag of words; all zeros when none is known.

        Parameters
        ----------
        weights : mapping of str to float
            Word key to weight.
        """
        total = np.zeros(self._vectors.shape[1])
        for key, weight in weights.items():
            if key in self._rows:
                total += weight * self.of(key)
        length = float(np.linalg.norm(total))
        return total / length if length else total


@functools.cache
def read_vectors(path: Path | None = None) -> WordVectors:
    """Read the vectors that travel with the program."""
    with np.load(path or resources.vectors(), allow_pickle=False) as data:
        keys = data["keys"].tobytes().decode("utf-8").split("\n")
        rows = dict(zip(keys, data["rows"].tolist(), strict=True))
        return WordVectors(rows, data["vectors"])
