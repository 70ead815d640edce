"""How facets are learned: from opinions and from measures together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.language.tokenize import tokenize
from pipeline.plan.facets import FACETS, FacetModel, text_of
from pipeline.records import Measure
from pipeline.themes.features import word_features
from pipeline.themes.linear_learning import BinaryFeatureModel

_MEASURE_COPIES = 3  # measures are few among thousands of opinions and are worded otherwise


def learn_facets(
    opinions: Sequence[tuple[str, Sequence[str]]], measures: Sequence[tuple[Measure, Sequence[str]]]
) -> FacetModel:
    """Learn from opinions and measures with their facets."""
    features = [word_features(tokenize(text)) for text, _ in opinions]
    labels = [facets for _, facets in opinions]
    for measure, facets in measures:
        features += [word_features(tokenize(text_of(measure)))] * _MEASURE_COPIES
        features.append(word_features(tokenize(measure.name)))
        labels += [facets] * (_MEASURE_COPIES + 1)
    flags = np.array([[facet in found for facet in FACETS] for found in labels])
    return FacetModel(BinaryFeatureModel(strength=0.3).fit(features, flags))
