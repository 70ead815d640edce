"""Where an opinion counts in the plan: people first, then the source, then the text itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.records import OUTSIDE, Judged, Measure, Plan

NO_PLACE = "（位置なし）"


def place_of(one: Judged) -> str:
    """Where a reviewer put it, else where the source filed it, else its first candidate.

    A measure's label, ``計画外`` (with the heading it was filed under, if any), or :data:`NO_PLACE`
    where there is no plan.
    """
    if one.decision and one.decision.measure:
        return one.decision.measure
    if one.opinion.item.filed_under:
        return one.opinion.item.filed_under
    return one.match.candidates[0].label if one.match.candidates else NO_PLACE


def is_outside(place: str) -> bool:
    """Whether it lies outside the plan (計画外, or a topic outside it)."""
    return place.startswith(OUTSIDE)


@dataclass(frozen=True, slots=True)
class Placed:
    """The opinions that count at one place.

    Attributes
    ----------
    label : str
        A measure's, 計画外, or a place that the plan does not have.
    measure : Measure or None
    judged : tuple of Judged
    """

    label: str
    measure: Measure | None
    judged: tuple[Judged, ...]

    @property
    def policy(self) -> str:
        """The 基本施策; 計画外 for what lies outside; empty for a place that the plan does not have."""
        if self.measure:
            return self.measure.policy
        return self.label if self.label == OUTSIDE else ""

    @property
    def is_priority(self) -> bool:
        """Whether it is a 重点施策."""
        return self.measure is not None and self.measure.is_priority


def by_place(judged: Iterable[Judged], plan: Plan) -> tuple[Placed, ...]:
    """Every measure, the empty ones too, then places that are not of the plan, then 計画外."""
    known: dict[str, list[Judged]] = {measure.label: [] for measure in plan.measures}
    outside: list[Judged] = []
    elsewhere: dict[str, list[Judged]] = {}
    for one in judged:
        place = place_of(one)
        if place in known:
            known[place].append(one)
        elif is_outside(place):
            outside.append(one)
        else:
            elsewhere.setdefault(place, []).append(one)
    return (
        *(Placed(measure.label, measure, tuple(known[measure.label])) for measure in plan.measures),
        *(Placed(place, None, tuple(group)) for place, group in elsewhere.items()),
        Placed(OUTSIDE, None, tuple(outside)),
    )
