"""Rounds and decisions for the tests of review: made up, without judging anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.deliver.results import MadeWith, Results
from pipeline.identity import text_hash
from pipeline.records import (
    GIVEN,
    NONE_APPLIES,
    Decision,
    Item,
    Judged,
    Labelling,
    Opinion,
    Place,
    ThemeScore,
)
from pipeline.review.decisions import now
from pipeline.review.suggested import suggested_of

THEMES = ("担い手", "資金")


def judged(number: int, *themes: str, verdict: str = "", same: str = "", text: str = "") -> Judged:
    """An opinion that the program judged."""
    text = text or f"意見その{number}"
    scores = tuple(ThemeScore(name, 0.9 if name in themes else 0.1, name in themes) for name in THEMES)
    labelling = Labelling(verdict or (GIVEN if themes else NONE_APPLIES), themes, scores, "要望")
    item = Item("意見", text, Place("a.csv", f"{number}行"))
    return Judged(Opinion(f"O{number}", "第1回", item, same or f"S{number}"), labelling)


def round_of(opinions: Sequence[Judged]) -> Results:
    """The results of a round of these opinions."""
    return Results((), None, tuple(opinions), (), THEMES, (), made_with=MadeWith(model_digest="m"))


def decide(
    one: Judged, themes: Sequence[str] | None = None, reviewer: str = "佐藤", *, blind: bool = False, kind: str = ""
) -> Decision:
    """What a reviewer decides of it; the suggestion, where no themes are given."""
    suggested = suggested_of(one)
    return Decision(
        opinion_id=one.opinion.id,
        text_hash=text_hash(one.opinion.text),
        themes=suggested.themes if themes is None else tuple(themes),
        kind=kind or suggested.kind,
        measure=suggested.measure,
        reviewer=reviewer,
        time=now(),
        model="m",
        blind=blind,
        suggested=suggested,
    )


def with_text(one: Judged, text: str) -> Judged:
    """The same opinion, worded otherwise."""
    return replace(one, opinion=replace(one.opinion, item=replace(one.opinion.item, text=text)))
