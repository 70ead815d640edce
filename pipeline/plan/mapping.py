"""Where an opinion belongs in the plan, by what it says, never by where it was filed itself.

Each measure gets a score: a weighted sum of how many telling words and pieces of words it
shares with the opinion, how near their meaning is, and how far both are about the same
facets; and a learned bridge between what opinions mean and what measures mean (「次の会長が
見つからない」 to 「運営を担う人材を育てる」), a bilinear form over their directions. All of it is
learned on plans and opinions written for it (``corpus/plans``), none of them a real plan, so it
holds for any. Where a source has opinions filed by people, those of others are neighbours that
count as well (:mod:`pipeline.plan.filed`). 計画外 is a candidate of its own, and it comes first
where an opinion is about a theme that no measure of the plan speaks of. Scores become shares of 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from pipeline.language.batch import Batch
from pipeline.language.tokenize import Word, tokenize
from pipeline.plan.comparing import Comparison, PlanFeatures, Rarity, ThemesTold
from pipeline.plan.facets import FACETS, FacetModel
from pipeline.plan.filed import FiledOpinions
from pipeline.records import OUTSIDE, Candidate, Evidence, Plan, PlanMatch
from pipeline.themes.codebook import Codebook

Floats = NDArray[np.float64]

CANDIDATES = 3
_SHOWN_WORDS, _SHOWN_FACETS = 6, 2
_FACET_SHOWN_FROM = 0.3
_DRAWN = 0.25  # of a score: from here on the filing of others is named as a reason

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
_DIGITS = 9  # rounded to: the last bits of a sum depend on how many threads add it up


@dataclass(frozen=True)
class MappingModel:
    """What the mapping learned, good for any plan.

    Attributes
    ----------
    themes : tuple of str
        Those of the codebook it was learned with.
    facets : FacetModel
    rarity : Rarity
    weights : ndarray of shape (len(PARTS),)
    outside : ndarray of shape (len(OUTSIDE_PARTS),)
    bridge : ndarray of shape (n_meaning, n_meaning)
        From what an opinion means to what a measure means.
    filed : ndarray of shape (1 + len(FILED_PARTS),)
        Where others filed opinions: what all else is worth then, and what their filing is.
    """

    themes: tuple[str, ...]
    facets: FacetModel
    rarity: Rarity
    weights: Floats
    outside: Floats
    bridge: Floats
    filed: Floats

    def scores(self, features: PlanFeatures, compared: Comparison) -> Floats:
        """Score every measure and, in the last column, 計画外."""
        inside = compared.parts @ self.weights + compared.meaning @ self.bridge @ features.meaning.T
        return np.column_stack([inside, compared.outside @ self.outside])

    def with_filed(self, scores: Floats, filed: Floats) -> Floats:
        """Add what others filed to the scores of the measures."""
        inside = self.filed[0] * scores[:, :-1] + filed @ self.filed[1:]
        return np.column_stack([inside, self.filed[0] * scores[:, -1]])

    def state(self) -> dict[str, Any]:
        """As plain types and arrays; words that stand once are as rare as unknown ones."""
        counts = {key: count for key, count in sorted(self.rarity.counts.items()) if count > 1}
        return {
            "themes": list(self.themes),
            "facets": self.facets.state(),
            "words": "\n".join(counts),
            "counts": np.array(list(counts.values()), dtype=np.int32),
            "opinions": self.rarity.opinions,
            "weights": self.weights,
            "outside": self.outside,
            "bridge": self.bridge.astype(np.float16),
            "filed": self.filed,
        }

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """Build what ``state`` describes."""
        counts = dict(zip(state["words"].split("\n"), state["counts"].tolist(), strict=True))
        return cls(
            tuple(state["themes"]),
            FacetModel.from_state(state["facets"]),
            Rarity(counts, int(state["opinions"])),
            np.asarray(state["weights"], dtype=float),
            np.asarray(state["outside"], dtype=float),
            np.asarray(state["bridge"], dtype=float),
            np.asarray(state["filed"], dtype=float),
        )


class PlanMapper:
    """Ranks the measures of a plan and 計画外 for opinions.

    Parameters
    ----------
    plan : Plan
    model : MappingModel
    codebook : Codebook
        Its terms tell which themes the plan speaks of.
    filed : sequence of (words, label), optional
        Opinions that people filed, and the measure's label they filed them under; those filed
        elsewhere are passed over.
    """

    def __init__(
        self,
        plan: Plan,
        model: MappingModel,
        codebook: Codebook,
        filed: Sequence[tuple[Sequence[Word], str]] = (),
    ) -> None:
        self._measures = plan.measures
        self._model = model
        told = ThemesTold(codebook, model.themes)
        self._features = PlanFeatures(plan.measures, model.facets, model.rarity, told)
        self._themes = codebook.names
        self._spoken = themes_spoken_of(plan, codebook)
        numbers = {measure.label: number for number, measure in enumerate(plan.measures)}
        known = [(words, numbers[label]) for words, label in filed if label in numbers]
        # under one measure alone, neighbours cannot tell measures apart
        several = len({number for _, number in known}) > 1
        self._filed = (
            FiledOpinions(self._features, [words for words, _ in known], [number for _, number in known])
            if several
            else None
        )

    def match_all(self, batch: Batch, themes: Floats | None = None) -> list[PlanMatch]:
        """Give the best three for each opinion; scores are shares of 1 over all measures and 計画外.

        Parameters
        ----------
        batch : Batch
        themes : ndarray of shape (n_opinions, n_themes), optional
            The probability of each theme of the codebook, to tell whether the plan speaks of
            what the opinion is about.
        """
        compared = self._features.compare(batch)
        scores = self._model.scores(self._features, compared)
        filed = self._filed.compare(batch, compared) if self._filed else None
        if filed is not None:
            scores = self._model.with_filed(scores, filed)
        if themes is not None:
            unspoken = self._unspoken(themes)
            # 計画外 is to the best measure as "the plan is silent" is to "it is not"
            silent = scores[:, :-1].max(axis=1) + np.log(unspoken / (1 - unspoken))
            scores[:, -1] = np.maximum(scores[:, -1], silent)
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares = np.round(shares / shares.sum(axis=1, keepdims=True), _DIGITS)
        # a stable sort keeps the order of the plan among equals
        best = np.argsort(-shares, axis=1, kind="stable")[:, :CANDIDATES]
        drawn = np.zeros((len(batch), len(self._measures) + 1), dtype=bool)
        if filed is not None:
            votes = filed @ self._model.filed[1:]
            drawn[:, :-1] = votes - votes.mean(axis=1, keepdims=True) > _DRAWN

        parts = self._word_parts(compared)

        def candidate(i: int, k: int) -> Candidate:
            if k == len(self._measures):
                return Candidate(OUTSIDE, float(shares[i, k]), self._silence(themes[i]) if themes is not None else ())
            found = self._evidence(batch.texts[i], compared, parts, i, k)
            if drawn[i, k]:
                found.append(Evidence("［ほかの意見の置き場所］", 0.0, "filed"))
            return Candidate(self._measures[k].label, float(shares[i, k]), tuple(found))

        return [PlanMatch(tuple(candidate(i, k) for k in row)) for i, row in enumerate(best.tolist())]

    def match(self, words: Sequence[Word], themes: Sequence[float] = ()) -> PlanMatch:
        """Give the best three for one opinion, see :meth:`match_all`."""
        return self.match_all(Batch([words]), np.array([themes]) if len(themes) else None)[0]

    def _unspoken(self, themes: Floats) -> Floats:
        """How likely each opinion is about a theme the plan is silent on, and about none it speaks of."""
        silent = (themes * (1 - self._spoken)).max(axis=1)
        spoken = np.prod(1 - themes * self._spoken, axis=1)
        return np.asarray(np.clip(silent * spoken, _SURE, 1 - _SURE))

    def _silence(self, themes: Floats) -> tuple[Evidence, ...]:
        """The themes of an opinion that no measure speaks of."""
        return tuple(
            Evidence(f"［{name}を述べる施策がない］", 0.0, name)
            for name, given, spoken in zip(self._themes, themes.tolist(), self._spoken, strict=True)
            if given * (1 - spoken) > 1 / 2
        )

    def _evidence(self, words: Sequence[Word], compared: Comparison, parts: Floats, i: int, k: int) -> list[Evidence]:
        """The words that draw an opinion to a measure, and the facets both are about."""
        shown = {word.key: word.surface for word in words}
        table = compared.words.table
        entries = slice(table.indptr[i], table.indptr[i + 1])
        names = [compared.words.names[column] for column in table.indices[entries].tolist()]
        found = [
            (key, part)
            for key, part in zip(names, parts[entries, k].tolist(), strict=True)
            if part > 0 and key not in _FORMULAIC
        ]
        # small parts say nothing beside the largest ones
        largest = sorted((part for _, part in found), reverse=True)[:_SHOWN_WORDS]
        least = max(largest[-1], largest[0] / 4) if largest else 0.0
        evidence = [Evidence(shown[key], part, key) for key, part in found if part >= least]
        both = (compared.facets[i] * self._features.facets[k]).tolist()
        clear = sorted((f for f, value in enumerate(both) if value > _FACET_SHOWN_FROM), key=lambda f: -both[f])
        return evidence + [Evidence(f"［{FACETS[f]}］", 0.0, FACETS[f]) for f in clear[:_SHOWN_FACETS]]

    def _word_parts(self, compared: Comparison) -> Floats:
        """What each word of each opinion adds to each measure's score: by being shared, and by its meaning.

        Pieces and facets are left out: no single word carries them.

        Returns
        -------
        ndarray of shape (n_entries, n_measures)
            One row for each entry of the words' table.
        """
        features, model = self._features, self._model
        table = compared.words.table
        columns = table.indices
        owners = np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))
        literal = compared.word_weights.data[:, None] * features.shared_words(compared.words.names)[columns]
        bridged = (features.meaning @ model.bridge.T)[:, : features.dimensions]
        toward = model.weights[2] * features.names + model.weights[3] * features.overviews + bridged
        lengths = np.where(compared.lengths > 0, compared.lengths, 1.0)
        meant = (compared.word_directions @ toward.T)[columns] / lengths[owners][:, None]
        return np.asarray(np.round(model.weights[0] * literal + meant, _DIGITS))


def themes_spoken_of(plan: Plan, codebook: Codebook) -> Floats:
    """How clearly the measure that speaks most of a theme does so, between 0 and 1, for each theme."""
    scores = [
        [sum(part.weight for part in parts) for parts in codebook.evidence(tokenize(f"{m.name}。{m.overview}"))]
        for m in plan.measures
    ]
    return np.asarray(np.clip(np.array(scores).max(axis=0) / _CLEARLY, 0.0, 1.0))
