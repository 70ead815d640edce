"""Facets: what a measure does, whatever its subject.

An opinion says 「次の会長が見つからない」, a measure says 「団体運営の支援」: they share no word,
but both are about 継承・運営. Opinions and measures are brought into the same thirteen facets
by one model.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from pipeline.language.batch import Batch
from pipeline.language.tokenize import tokenize
from pipeline.records import Measure
from pipeline.themes.features import WordRows, word_features
from pipeline.themes.linear import BinaryFeatureModel

Floats = NDArray[np.float64]

FACETS = (
    *("参加のきっかけ", "人材の育成", "継承・運営", "情報発信", "相談", "資金支援", "学び・研修"),
    *("交流の場", "コーディネート", "場所・施設", "連携・協働", "庁内体制", "デジタル"),
)

_MEASURE_COPIES = 3  # measures are few among thousands of opinions and are worded otherwise


class FacetModel:
    """Gives each facet a probability, for an opinion and for a measure."""

    def __init__(self, model: BinaryFeatureModel | None = None) -> None:
        self._model = model or BinaryFeatureModel(strength=0.3)

    def fit(
        self, opinions: Sequence[tuple[str, Sequence[str]]], measures: Sequence[tuple[Measure, Sequence[str]]]
    ) -> Self:
        """Learn from opinions and measures with their facets."""
        features = [word_features(tokenize(text)) for text, _ in opinions]
        labels = [facets for _, facets in opinions]
        for measure, facets in measures:
            features += [word_features(tokenize(_text(measure)))] * _MEASURE_COPIES
            features.append(word_features(tokenize(measure.name)))
            labels += [facets] * (_MEASURE_COPIES + 1)
        self._model.fit(features, np.array([[facet in found for facet in FACETS] for found in labels]))
        return self

    def of_opinions(self, batch: Batch) -> Floats:
        """Probabilities for opinions, shape (n_opinions, n_facets)."""
        return _expit(self._model.scores(*self._rows(batch), len(batch)))

    def of_measure(self, measure: Measure) -> Floats:
        """Probabilities for a measure: from its name and 概要 together, or its name alone where that is clearer."""
        whole = self._model.score(word_features(tokenize(_text(measure))))
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
        return cls(BinaryFeatureModel.from_state(state))


def _text(measure: Measure) -> str:
    return f"{measure.name}。{measure.overview}"


def _expit(scores: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-scores)))
