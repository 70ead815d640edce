"""Where opinions stand on a map: near each other when they are about the same."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.language.tokenize import tokenize
from pipeline.records import Judged
from pipeline.topics.find import voices_of
from pipeline.topics.meaning import meanings

Floats = NDArray[np.float64]

_DIGITS = 6


def positions(judged: Sequence[Judged]) -> Floats:
    """Lay opinions out in two dimensions.

    The two directions in which what they mean differs most (principal components), each turned
    so that its largest coordinate is positive, and brought to lie between -1 and 1. Copies lie
    on one another; what says nothing lies in the middle.

    Returns
    -------
    ndarray of shape (n_opinions, 2)
        In the order of the opinions.
    """
    voices = voices_of(judged)
    found = np.zeros((len(judged), 2))
    if len(voices) < 2:
        return found
    rows = meanings([tokenize(voice.text) for voice in voices])
    rows = rows - rows.mean(axis=0)
    variances, axes = np.linalg.eigh(rows.T @ rows)
    spread = rows @ axes[:, np.argsort(-variances, kind="stable")[:2]]
    largest = spread[np.abs(np.round(spread, _DIGITS)).argmax(axis=0), [0, 1]]
    spread = spread * np.where(largest < 0, -1.0, 1.0) / np.maximum(np.abs(largest), 1e-12)
    for voice, place in zip(voices, np.round(spread, _DIGITS) + 0.0, strict=True):
        found[list(voice.rows)] = place
    return found
