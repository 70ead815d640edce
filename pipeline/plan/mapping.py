"""Where an opinion belongs in the plan, by what it says, never by where it was filed.

Each measure gets a score: a weighted sum of how many telling words it shares with the
opinion, how near their meaning is, and how far both are about the same facets. The weights
are learned on plans and opinions written for it (``corpus/plans``), none of them a real
plan, so they hold for any. 計画外 is a candidate of its own, and it comes first where an
opinion is about a theme that no measure of the plan speaks of. Scores become shares of 1.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from pipeline.language.tokenize import Word, content_words, tokenize
from pipeline.plan.facets import FACETS, FacetModel
from pipeline.plan.vectors import WordVectors, read_vectors
from pipeline.records import OUTSIDE, Candidate, Evidence, Measure, Plan, PlanMatch
from pipeline.themes.codebook import Codebook

Floats = NDArray[np.float64]

CANDIDATES = 3
PARTS = ("words", "near_name", "near_overview", "facets", "facets_spread")
OUTSIDE_PARTS = ("constant", "uncovered_facet", "best_words", "best_near", "foreign_words")

_NAME_WEIGHT, _OVERVIEW_WEIGHT, _POLICY_WEIGHT = 3.0, 1.0, 1.0
_FACET_FLOOR = 0.3  # keeps a text that is about no facet from matching one by chance
_SHOWN_FACETS = 2

# What every plan and every wish is worded with: it counts, but tells a reader nothing.
_FORMULAIC = frozenset(
    {
        *(
            "必要",
            "重要",
            "大切",
            "充実",
            "推進",
            "促進",
            "強化",
            "図る",
            "進める",
            "求める",
            "努める",
            "行う",
            "行なう",
        ),
        *("向ける", "関する", "対する", "因る", "取り組む", "取り組み", "考える", "出来る", "為す", "幅広い", "様々"),
    }
)
_CLEARLY = 0.8  # a sum of codebook weights that leaves no doubt
_SURE = 1e-6


@dataclass(frozen=True)
class Rarity:
    """How telling a word is: the rarer among many opinions, the more.

    Attributes
    ----------
    counts : mapping of str to int
        Word key to the number of opinions that have it.
    opinions : int
    """

    counts: Mapping[str, int]
    opinions: int

    def __call__(self, key: str) -> float:
        """Inverse document frequency, smoothed."""
        return math.log((self.opinions + 5) / (self.counts.get(key, 0) + 5))

    @classmethod
    def of(cls, texts: Sequence[Sequence[Word]]) -> Self:
        """Count a collection."""
        counts = Counter(key for words in texts for key in {word.key for word in content_words(tuple(words))})
        return cls(counts, len(texts))


@dataclass(frozen=True)
class MappingModel:
    """What the mapping learned, good for any plan.

    Attributes
    ----------
    facets : FacetModel
    rarity : Rarity
    weights : ndarray of shape (len(PARTS),)
    outside : ndarray of shape (len(OUTSIDE_PARTS),)
    """

    facets: FacetModel
    rarity: Rarity
    weights: Floats
    outside: Floats

    def state(self) -> dict[str, Any]:
        """As plain types and arrays; words that stand once are as rare as unknown ones."""
        counts = {key: count for key, count in sorted(self.rarity.counts.items()) if count > 1}
        return {
            "facets": self.facets.state(),
            "words": "\n".join(counts),
            "counts": np.array(list(counts.values()), dtype=np.int32),
            "opinions": self.rarity.opinions,
            "weights": self.weights,
            "outside": self.outside,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """Build what ``state`` describes."""
        counts = dict(zip(state["words"].split("\n"), state["counts"].tolist(), strict=True))
        return cls(
            FacetModel.from_state(state["facets"]),
            Rarity(counts, int(state["opinions"])),
            np.asarray(state["weights"], dtype=float),
            np.asarray(state["outside"], dtype=float),
        )


class PlanFeatures:
    """Compares opinions with the measures of one plan.

    Parameters
    ----------
    measures : sequence of Measure
    facets : FacetModel
    rarity : Rarity
    vectors : WordVectors, optional
        Those that travel with the program when none are given.
    """

    def __init__(
        self, measures: Sequence[Measure], facets: FacetModel, rarity: Rarity, vectors: WordVectors | None = None
    ) -> None:
        self._facets = facets
        self._rarity = rarity
        self._vectors = vectors or read_vectors()
        bags = [_bag(measure) for measure in measures]
        spread = Counter(key for bag in bags for key in bag)
        # a word of one measure tells more than a word of all
        self._local = {key: math.log((len(bags) + 1) / count) for key, count in spread.items()}
        self._unseen = math.log(len(bags) + 1)
        self.bags = [
            _unit({key: (1 + math.log(count)) * self._weight(key) for key, count in bag.items()}) for bag in bags
        ]
        self._names = np.array([self._direction(_keys(measure.name)) for measure in measures])
        self._overviews = np.array([self._direction(_keys(measure.overview)) for measure in measures])
        self.measure_facets = np.array([facets.of_measure(measure) for measure in measures])
        self._facet_shares = _shares(self.measure_facets)

    def _weight(self, key: str) -> float:
        return self._local.get(key, self._unseen) * math.sqrt(max(self._rarity(key), 0.0))

    def _direction(self, keys: Sequence[str]) -> Floats:
        return self._vectors.of_text({key: self._rarity(key) for key in keys})

    def word_weights(self, words: Sequence[Word]) -> dict[str, float]:
        """The opinion's words and their weights, of length 1 together."""
        return _unit({word.key: self._weight(word.key) for word in content_words(tuple(words))})

    def compare(self, words: Sequence[Word]) -> tuple[Floats, Floats]:
        """Compare one opinion with every measure and with the plan as a whole.

        Returns
        -------
        parts : ndarray of shape (n_measures, len(PARTS))
        outside : ndarray of shape (len(OUTSIDE_PARTS),)
        """
        weights = self.word_weights(words)
        shared = np.array([sum(w * bag[key] for key, w in weights.items() if key in bag) for bag in self.bags])
        direction = self._direction(list(weights))
        facets = self._facets.of_opinion(words)
        share = _shares(facets)
        near_name, near_overview = self._names @ direction, self._overviews @ direction
        parts = np.column_stack(
            [
                shared,
                near_name,
                near_overview,
                self._facet_shares @ share,
                np.sqrt(self._facet_shares) @ np.sqrt(share),
            ]
        )
        total = sum(self._rarity(key) for key in weights) or 1.0
        foreign = sum(self._rarity(key) for key in weights if key not in self._local)
        outside = np.array(
            [
                1.0,
                float((facets * (1 - self.measure_facets.max(axis=0))).max()),
                float(shared.max()),
                float(max(near_name.max(), near_overview.max())),
                foreign / total,
            ]
        )
        return parts, outside

    def facets_shared(self, words: Sequence[Word], measure: int) -> list[str]:
        """The facets that an opinion and a measure are both about, the strongest first."""
        both = self._facets.of_opinion(words) * self.measure_facets[measure]
        return [FACETS[k] for k in np.argsort(-both)[:_SHOWN_FACETS] if both[k] > _FACET_FLOOR]


class PlanMapper:
    """Ranks the measures of a plan and 計画外 for an opinion.

    Parameters
    ----------
    plan : Plan
    model : MappingModel
    codebook : Codebook
        Its terms tell which themes the plan speaks of.
    """

    def __init__(self, plan: Plan, model: MappingModel, codebook: Codebook) -> None:
        self._measures = plan.measures
        self._model = model
        self._features = PlanFeatures(plan.measures, model.facets, model.rarity)
        self._themes = codebook.names
        self._spoken = themes_spoken_of(plan, codebook)

    def match(self, words: Sequence[Word], themes: Sequence[float] = ()) -> PlanMatch:
        """Give the best three; scores are shares of 1 over all measures and 計画外.

        Parameters
        ----------
        words : sequence of Word
        themes : sequence of float, optional
            The probability of each theme of the codebook, to tell whether the plan speaks of
            what the opinion is about.
        """
        parts, outside = self._features.compare(words)
        scores = np.append(parts @ self._model.weights, outside @ self._model.outside)
        unspoken = self._unspoken(themes)
        # 計画外 is to the best measure as "the plan is silent" is to "it is not"
        scores[-1] = max(scores[-1], scores[:-1].max() + math.log(unspoken / (1 - unspoken)))
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        # a stable sort keeps the order of the plan among equals
        best = np.argsort(-shares, kind="stable")[:CANDIDATES]
        return PlanMatch(tuple(self._candidate(int(k), float(shares[k]), words, themes) for k in best))

    def _unspoken(self, themes: Sequence[float]) -> float:
        """How likely the opinion is about a theme the plan is silent on, and about none it speaks of."""
        if not len(themes):
            return _SURE
        given = np.asarray(themes, dtype=float)
        silent = float((given * (1 - self._spoken)).max())
        return min(max(silent * float(np.prod(1 - given * self._spoken)), _SURE), 1 - _SURE)

    def _silence(self, themes: Sequence[float]) -> tuple[Evidence, ...]:
        """The themes of the opinion that no measure speaks of."""
        return tuple(
            Evidence(f"［{name}を述べる施策がない］", 0.0, name)
            for name, given, spoken in zip(self._themes, themes, self._spoken, strict=False)
            if given * (1 - spoken) > 1 / 2
        )

    def _candidate(self, k: int, share: float, words: Sequence[Word], themes: Sequence[float]) -> Candidate:
        if k == len(self._measures):
            return Candidate(OUTSIDE, share, self._silence(themes))
        shown = {word.key: word.surface for word in words}
        weights = self._features.word_weights(words)
        bag = self._features.bags[k]
        found = [
            Evidence(shown[key], w * bag[key], key)
            for key, w in weights.items()
            if key in bag and key not in _FORMULAIC
        ]
        found += [Evidence(f"［{facet}］", 0.0, facet) for facet in self._features.facets_shared(words, k)]
        return Candidate(self._measures[k].label, share, tuple(found))


def themes_spoken_of(plan: Plan, codebook: Codebook) -> Floats:
    """How clearly the measure that speaks most of a theme does so, between 0 and 1, for each theme."""
    scores = [
        [sum(part.weight for part in parts) for parts in codebook.evidence(tokenize(f"{m.name}。{m.overview}"))]
        for m in plan.measures
    ]
    return np.asarray(np.clip(np.array(scores).max(axis=0) / _CLEARLY, 0.0, 1.0))


def _keys(text: str) -> list[str]:
    return [word.key for word in content_words(tokenize(text))]


def _bag(measure: Measure) -> dict[str, float]:
    bag: dict[str, float] = {}
    for text, weight in (
        (measure.name, _NAME_WEIGHT),
        (measure.overview, _OVERVIEW_WEIGHT),
        (measure.policy, _POLICY_WEIGHT),
    ):
        for key in _keys(text):
            bag[key] = bag.get(key, 0.0) + weight
    return bag


def _unit(vector: dict[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
    return {key: value / length for key, value in vector.items()}


def _shares(facets: Floats) -> Floats:
    return np.asarray(facets / (facets.sum(axis=-1, keepdims=True) + _FACET_FLOOR))
