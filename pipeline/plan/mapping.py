"""Where an opinion belongs in the plan, by what it says, never by where it was filed.

Each measure is the bag of words of its name and its 概要, the name counting more. A word
is worth more the fewer measures share it. An opinion that meets no measure is 計画外.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from pipeline.language.tokenize import Word, content_words, tokenize
from pipeline.records import OUTSIDE, Candidate, Evidence, Measure, Plan, PlanMatch

CANDIDATES = 3
_NAME_WEIGHT = 3.0
_POLICY_WEIGHT = 0.5
_OVERVIEW_WEIGHT = 1.0
_OUTSIDE_SCORE = 0.1


class PlanMapper:
    """Ranks the measures of a plan for an opinion.

    Parameters
    ----------
    plan : Plan
    outside_score : float
        The similarity that a measure must beat to stand before 計画外.
    """

    def __init__(self, plan: Plan, *, outside_score: float = _OUTSIDE_SCORE) -> None:
        self._measures = plan.measures
        self._outside_score = outside_score
        bags = [_bag(measure) for measure in plan.measures]
        spread = Counter(key for bag in bags for key in bag)
        self._rarity = {key: math.log((1 + len(bags)) / count) for key, count in spread.items()}
        self._unknown = math.log(1 + len(bags))
        self._vectors = [
            _unit({key: (1 + math.log(1 + count)) * self._rarity[key] for key, count in bag.items()}) for bag in bags
        ]

    def match(self, words: Sequence[Word]) -> PlanMatch:
        """Rank the measures and 計画外; the best three are kept.

        The score is the cosine of the two bags of words; the evidence are the words both
        have, with their part of it.
        """
        shown: dict[str, str] = {}
        for word in content_words(tuple(words)):
            shown.setdefault(word.key, word.surface)
        weights = _unit({key: self._rarity.get(key, self._unknown) for key in shown})
        candidates = [Candidate(OUTSIDE, self._outside_score)]
        for measure, vector in zip(self._measures, self._vectors, strict=True):
            parts = [(key, weight * vector[key]) for key, weight in weights.items() if key in vector]
            evidence = tuple(Evidence(shown[key], part, key) for key, part in parts)
            candidates.append(Candidate(measure.label, sum(part for _, part in parts), evidence))
        # sorting keeps the order of the plan among equals, 計画外 first of all
        candidates.sort(key=lambda candidate: -candidate.score)
        return PlanMatch(tuple(candidates[:CANDIDATES]))


def _bag(measure: Measure) -> dict[str, float]:
    bag: dict[str, float] = {}
    for text, weight in (
        (measure.name, _NAME_WEIGHT),
        (measure.policy, _POLICY_WEIGHT),
        (measure.overview, _OVERVIEW_WEIGHT),
    ):
        for word in content_words(tokenize(text)):
            bag[word.key] = bag.get(word.key, 0.0) + weight
    return bag


def _unit(vector: dict[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
    return {key: value / length for key, value in vector.items()}
