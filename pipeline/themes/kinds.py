"""種別: what an opinion does – asks (要望), complains (課題), tells (事例), doubts (懸念).

A linear model over words, neighbours and the ends of sentences; the words shown are the
largest part of its score. How it is learned stands in :mod:`pipeline.themes.kind_classifier`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from pipeline.language.batch import Batch, in_batches
from pipeline.language.tokenize import Word, tokenize
from pipeline.themes.features import EndingRows, ending_surfaces, tail_surfaces
from pipeline.themes.linear import LinearModel

ASKING = "要望"
KINDS = (ASKING, "課題", "事例", "懸念")
_TELLING = re.compile(r"[一-龥ァ-ヺ]|[ぁ-ん]{2}")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind and the words that decided for it."""

    name: str
    evidence: str


class KindJudge:
    """Gives opinions their 種別; :class:`KindClassifier` learns how.

    Attributes
    ----------
    classes_ : ndarray of str
    model_ : LinearModel
    """

    classes_: NDArray[np.str_]
    model_: LinearModel

    def predict(self, X: Sequence[str]) -> NDArray[np.str_]:
        """Give the kind of each text."""
        found = [self.decide_all(Batch(texts)) for texts in in_batches(map(tokenize, X))]
        return np.array(KINDS)[np.concatenate(found)] if found else np.array([], dtype=str)

    def judge_all(self, batch: Batch) -> list[Kind]:
        """Judge many opinions and name the words that spoke loudest for each kind."""
        best = self.decide_all(batch).tolist()
        return [Kind(KINDS[k], self._telling_words(words, k)) for words, k in zip(batch.texts, best, strict=True)]

    def judge(self, words: Sequence[Word]) -> Kind:
        """Judge one opinion, see :meth:`judge_all`."""
        return self.judge_all(Batch([words]))[0]

    def decide_all(self, batch: Batch) -> NDArray[np.int64]:
        """Give the number of the kind (in :data:`KINDS`) of many opinions, shape (n_opinions,)."""
        return np.asarray(self.model_.scores(*self._ending_rows(batch), len(batch)).argmax(axis=1))

    @functools.cached_property
    def _ending_rows(self) -> EndingRows:
        return EndingRows(self.model_.vocabulary_)

    def _telling_words(self, words: Sequence[Word], k: int) -> str:
        # how the text ends tells a reader most; が or を may carry weight there, but says nothing
        for surfaces in (tail_surfaces, ending_surfaces):
            shown = surfaces(words)
            parts = self.model_.parts(shown, k)
            telling = [name for name, part in parts.items() if part > 0 and _TELLING.search(shown[name])]
            if telling:
                return shown[max(telling, key=lambda name: (parts[name], len(shown[name])))]
        return ""

    def state(self) -> dict[str, Any]:
        """What was learned, as plain arrays."""
        return self.model_.state()

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """Build the judge that ``state`` describes."""
        judge = cls()
        judge.classes_ = np.array(KINDS)
        judge.model_ = LinearModel.from_state(state)
        return judge
