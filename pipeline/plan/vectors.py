"""Word vectors: how near two words are in meaning, from a small file that travels along.

They are chiVe's, reduced (see ``models/vectors/NOTICE`` and ``scripts/build_vectors.py``).
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
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
        self.dimensions = int(vectors.shape[1])

    def __contains__(self, key: str) -> bool:
        """Whether the word is known."""
        return key in self._rows

    def of(self, keys: Sequence[str]) -> Floats:
        """Give vectors of length 1, shape (n_keys, dimensions); zeros for words that are not known."""
        rows = np.array([self._rows.get(key, -1) for key in keys], dtype=np.int64)
        vectors = self._vectors[rows].astype(np.float64)
        vectors[rows < 0] = 0.0
        return unit_rows(vectors)


def unit_rows(matrix: Floats) -> Floats:
    """Bring every row to length 1; rows of zeros stay."""
    lengths = np.linalg.norm(matrix, axis=-1, keepdims=True)
    return np.asarray(matrix / np.where(lengths > 0, lengths, 1.0))


@functools.cache
def read_vectors(path: Path | None = None) -> WordVectors:
    """Read the vectors that travel with the program."""
    with np.load(path or resources.vectors(), allow_pickle=False) as data:
        keys = data["keys"].tobytes().decode("utf-8").split("\n")
        rows = dict(zip(keys, data["rows"].tolist(), strict=True))
        return WordVectors(rows, data["vectors"])
