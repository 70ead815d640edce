"""How the opinions cover the plan: what each measure draws, which draw none, and what goes beyond its 概要."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.language.tokenize import tokenize
from pipeline.plan.places import Placed, by_place
from pipeline.proposals.nearness import MeasureText
from pipeline.proposals.needs import needs_of
from pipeline.proposals.titles import lacking_phrases, telling
from pipeline.records import GIVEN, Judged, Measure, Plan

MOST = 1000
"""Opinions of one measure that are read for what goes beyond it: more would tell a reader no more."""

PROMISED = 0.5
"""From this share of an ask's telling words on, the measure's name and 概要 say it already."""


@dataclass(frozen=True, slots=True)
class Beyond:
    """An ask that a measure's name and 概要 do not cover.

    Attributes
    ----------
    opinion_id : str
    clause : str
        What is asked.
    words : tuple of str
        Its nouns that the measure does not say, not even by a word of nearly the same meaning;
        neighbours as one.
    covered : float
        The share of its telling words, weighed by rarity, that the measure says.
    """

    opinion_id: str
    clause: str
    words: tuple[str, ...]
    covered: float


@dataclass(frozen=True, slots=True)
class Covered:
    """What one place of the plan draws.

    Attributes
    ----------
    place : str
        A measure's label, 計画外, or a place that the plan does not have.
    measure : Measure or None
    opinions : tuple of str
        意見ID, in source order.
    voices : int
        Distinct ones: copies count once.
    departments : tuple of str
    themes, kinds : tuple of (str, int)
        Those that occur, the commonest first.
    beyond : tuple of Beyond
        Empty outside the plan.
    """

    place: str
    measure: Measure | None
    opinions: tuple[str, ...]
    voices: int
    departments: tuple[str, ...]
    themes: tuple[tuple[str, int], ...]
    kinds: tuple[tuple[str, int], ...]
    beyond: tuple[Beyond, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """The plan as the opinions see it.

    Attributes
    ----------
    measures : tuple of Covered
        Every measure, in the plan's order.
    elsewhere : tuple of Covered
        Places that opinions name and the plan does not have.
    outside : Covered
        計画外.
    """

    measures: tuple[Covered, ...]
    elsewhere: tuple[Covered, ...]
    outside: Covered

    @property
    def empty(self) -> tuple[Covered, ...]:
        """Measures without an opinion."""
        return tuple(one for one in self.measures if not one.opinions)

    @property
    def exceeded(self) -> tuple[Covered, ...]:
        """Measures that are asked for more than their 概要 promises."""
        return tuple(one for one in self.measures if one.beyond)


def coverage(judged: Iterable[Judged], plan: Plan) -> Coverage:
    """Tell what each measure draws, by where opinions count (decided, filed, or first candidate)."""
    *places, outside = by_place(judged, plan)
    return Coverage(
        tuple(_covered(one) for one in places if one.measure),
        tuple(_covered(one) for one in places if not one.measure),
        _covered(outside),
    )


def _covered(at: Placed) -> Covered:
    group, measure = at.judged, at.measure
    themes = Counter(theme for one in group if one.labelling.verdict == GIVEN for theme in one.labelling.themes)
    return Covered(
        at.label,
        measure,
        tuple(one.opinion.id for one in group),
        len({one.opinion.same_id for one in group}),
        tuple(dict.fromkeys(name for one in group for name in one.opinion.item.departments)),
        tuple(themes.most_common()),
        tuple(Counter(one.labelling.kind for one in group).most_common()),
        _beyond(measure, group) if measure and group else (),
    )


def _beyond(measure: Measure, group: Sequence[Judged]) -> tuple[Beyond, ...]:
    text = MeasureText(measure)
    found = []
    for need in needs_of(sorted(group, key=lambda one: one.opinion.id)[:MOST] if len(group) > MOST else group):
        clause = tokenize(need.clause)
        words = telling(clause) if need.is_asked else []
        lacks = text.said.of_each([word.key for word in words]) == 0
        keys = frozenset(word.key for word, lacking in zip(words, lacks.tolist(), strict=True) if lacking)
        phrases = lacking_phrases(clause, keys)
        covered = text.said.share(words)
        if phrases and covered < PROMISED:
            found.append(Beyond(need.one.opinion.id, need.clause, phrases, round(covered, 4)))
    return tuple(found)
