"""Facets: what a measure does, whatever its subject.

An opinion says 「次の会長が見つからない」, a measure says 「団体運営の支援」: they share no word,
but both are about 継承・運営. Opinions and measures are brought into the same thirteen facets
by one model, learned in :mod:`pipeline.plan.facet_learning`.
"""

from __future__ import annotations

import functools
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from pipeline.language.batch import Batch
from pipeline.language.tokenize import tokenize
from pipeline.records import Measure
from pipeline.themes.features import WordRows, word_features
from pipeline.themes.linear import LinearModel

Floats = NDArray[np.float64]

FACETS = (
    *("参加のきっかけ", "人材の育成", "継承・運営", "情報発信", "相談", "資金支援", "学び・研修"),
    *("交流の場", "コーディネート", "場所・施設", "連携・協働", "庁内体制", "デジタル"),
)


class FacetModel:
    """Gives each facet a probability, for an opinion and for a measure."""

    def __init__(self, model: LinearModel) -> None:
        self._model = model

    def of_opinions(self, batch: Batch) -> Floats:
        """Probabilities for opinions, shape (n_opinions, n_facets)."""
        return _expit(self._model.scores(*self._rows(batch), len(batch)))

    def of_measure(self, measure: Measure) -> Floats:
        """Probabilities for a measure: from its name and 概要 together, or its name alone where that is clearer."""
        whole = self._model.score(word_features(tokenize(text_of(measure))))
        name = self._model.score(word_features(tokenize(measure.name)))
        return _expit(np.maximum(whole, name))

    @functools.cached_property
    def _rows(self) -> WordRows:
        return WordRows(self._model.vocabulary_)

    def state(self) -> dict[str, Any]:
        """What was learned, as plain arrays."""
        return self._model.state()

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """Build the model that ``state`` describes."""
        return cls(LinearModel.from_state(state))


def text_of(measure: Measure) -> str:
    """The name and the 概要 of a measure as one text."""
    return f"{measure.name}。{measure.overview}"


def _expit(scores: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-scores)))
