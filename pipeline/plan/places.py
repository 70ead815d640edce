"""Where an opinion counts in the plan: people first, then the source, then the text itself."""

from __future__ import annotations

from pipeline.records import OUTSIDE, Judged

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
