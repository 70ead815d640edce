"""What corrections do for opinions that they were not learned from: figures before and after.

Five-fold cross-validation over the labelled opinions: each is judged once by the model as it was, and once by
the model corrected with the labels of the other four fifths, where a theme's corrections are
kept or not by those alone (:mod:`pipeline.themes.corrections`).
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.themes.evaluation import Figure, f1_score, macro_f1, with_interval
from pipeline.themes.judge import ThemeJudge

Flags = NDArray[np.bool_]

FOLDS = 5
FEW = 20
"""With fewer labels nothing is measured."""


@dataclass(frozen=True, slots=True)
class Gain:
    """One figure before and after.

    Attributes
    ----------
    name : str
        A theme, or macro-F1.
    positives : int
        To how many people gave the theme; to macro-F1 all labels count.
    before, after : Figure
        F1.
    difference : Figure
        After less before, on the same opinions.
    """

    name: str
    positives: int
    before: Figure
    after: Figure
    difference: Figure


MACRO = "macro-F1"


def measure_gain(themes: ThemeJudge, texts: Sequence[str], labels: Flags) -> tuple[Gain, ...]:
    """Measure what learning from these labels brings, each theme and then macro-F1; nothing with too few.

    Parameters
    ----------
    themes : ThemeJudge
        As it was before; it is left as it is.
    texts : sequence of str, length n
        No copies among them, or they leak.
    labels : ndarray of shape (n, n_themes)
    """
    from sklearn.model_selection import KFold

    if len(texts) < FEW:
        return ()
    before = themes.predict(texts).astype(bool)
    after = before.copy()
    for learned, held in KFold(FOLDS, shuffle=True, random_state=0).split(labels):
        corrected = copy.copy(themes)  # adapt replaces its corrections and touches nothing else
        corrected.adapt([texts[i] for i in learned], labels[learned])
        after[held] = corrected.predict([texts[i] for i in held]).astype(bool)
    gains = [
        Gain(
            name,
            int(labels[:, k].sum()),
            with_interval(f1_score, before[:, k], labels[:, k]),
            with_interval(f1_score, after[:, k], labels[:, k]),
            with_interval(_f1_gain, before[:, k], after[:, k], labels[:, k]),
        )
        for k, name in enumerate(themes.themes_)
    ]
    gains.append(
        Gain(
            MACRO,
            len(labels),
            with_interval(macro_f1, before, labels),
            with_interval(macro_f1, after, labels),
            with_interval(_macro_gain, before, after, labels),
        )
    )
    return tuple(gains)


def _f1_gain(before: Flags, after: Flags, truth: Flags) -> float:
    return f1_score(after, truth) - f1_score(before, truth)


def _macro_gain(before: Flags, after: Flags, truth: Flags) -> float:
    return macro_f1(after, truth) - macro_f1(before, truth)
