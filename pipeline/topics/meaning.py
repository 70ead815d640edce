"""What a text means, as a vector: its words' vectors, the telling ones weighing more.

A word tells more the rarer it is, among opinions at large and among those at hand (smooth inverse
frequency, Arora et al. 2017). What all texts at hand have in common tells none from the others and
is taken away.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline import resources
from pipeline.arrays import load_arrays
from pipeline.language.tokenize import Word
from pipeline.plan.comparing import Rarity, bags_of, word_bag
from pipeline.plan.vectors import read_vectors, unit_rows

Floats = NDArray[np.float64]

_DIGITS = 9  # rounded to, so that the order of sums does not show


@functools.cache
def rarity_at_large() -> Rarity:
    """How rare words are among the opinions that the default model was learned from."""
    mapping = load_arrays(resources.default_model() / "weights.npz")["mapping"]
    counts = dict(zip(mapping["words"].split("\n"), mapping["counts"].tolist(), strict=True))
    return Rarity(counts, int(mapping["opinions"]))


def meanings(texts: Sequence[Sequence[Word]], rarity: Rarity | None = None, *, centred: bool = True) -> Floats:
    """Give one row a text, of length 1; zeros for a text without a known word.

    Parameters
    ----------
    texts : sequence of sequence of Word
    rarity : Rarity, optional
        Among opinions at large; the default model's when none is given.
    centred : bool
        Whether to take away what all texts have in common; not where single texts are compared
        with others that come from elsewhere.

    Returns
    -------
    ndarray of shape (n_texts, n_dimensions)
    """
    rarity = rarity or rarity_at_large()
    bags = bags_of([word_bag(words) for words in texts])
    weights = np.array([rarity(name) for name in bags.names])
    vectors = read_vectors()
    rows = (
        np.asarray(bags.table @ (vectors.of(bags.names) * weights[:, None]))
        if bags.names
        else np.zeros((len(texts), vectors.dimensions))
    )
    rows = unit_rows(rows)
    if centred and len(texts) > 1:
        known = np.any(rows != 0.0, axis=1)
        rows[known] -= rows[known].mean(axis=0) if known.any() else 0.0
        rows = unit_rows(rows)
    return np.round(rows, _DIGITS)
