"""How 種別 is learned: a scikit-learn estimator that judges as :class:`KindJudge` does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from pipeline.language.batch import Batch
from pipeline.language.tokenize import tokenize
from pipeline.themes.features import ending_features
from pipeline.themes.kinds import KINDS, KindJudge
from pipeline.themes.linear_learning import BinaryFeatureModel


class KindClassifier(ClassifierMixin, BaseEstimator, KindJudge):  # type: ignore[misc]
    """Single-label classifier of 種別.

    Parameters
    ----------
    strength, min_count
        Of the linear model, see :class:`BinaryFeatureModel`.
    """

    def __init__(self, *, strength: float = 0.2, min_count: int = 4) -> None:
        self.strength = strength
        self.min_count = min_count

    def fit(self, X: Sequence[str], y: Sequence[str]) -> Self:
        """Learn from texts and their kinds."""
        labels = np.array([[kind == name for name in KINDS] for kind in y])
        self.classes_ = np.array(KINDS)
        model = BinaryFeatureModel(strength=self.strength, min_count=self.min_count)
        self.__dict__.pop("_ending_rows", None)  # of an earlier fit
        self.model_ = model.fit([ending_features(tokenize(text)) for text in X], labels)
        return self

    def decide_all(self, batch: Batch) -> NDArray[np.int64]:
        """Give the number of the kind of many opinions, see :meth:`KindJudge.decide_all`."""
        check_is_fitted(self, "model_")
        return super().decide_all(batch)

    def state(self) -> dict[str, Any]:
        """What was learned, as plain arrays."""
        check_is_fitted(self, "model_")
        return super().state()
