"""Opinions whose text was corrected between two runs into one folder.

An opinion's ID holds its text, so a corrected misprint makes another opinion. Nobody should have to guess
which one the decision on the old wording was about: what disappeared from the folder and what is new
at the same place are put together where their wording is near. A decision is not carried over
by this (it holds for the text it was made on); it is only told where it belongs now.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from pipeline.language.normalize import normalize
from pipeline.records import Judged

RECORD = "reworded"
"""Where run.json holds it: the ID of old → the ID of now."""

_NEAR = 0.6
"""From which ratio of common characters (Ratcliff & Obershelp 1988) a text is another wording of the other."""
_MOST = 10_000
"""With more pairs to look at, it is another list, not a corrected one."""


def read_reworded(folder: Path) -> dict[str, str]:
    """Read what run.json says of it; empty where there is none."""
    try:
        told = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    found = told.get(RECORD) if isinstance(told, dict) else None
    return {str(old): str(new) for old, new in found.items()} if isinstance(found, dict) else {}


def reworded(
    before: Sequence[Judged], now: Sequence[Judged], decided: Collection[str], known: Mapping[str, str]
) -> dict[str, str]:
    """Find out what became of the opinions that somebody decided on and that are no longer here.

    Parameters
    ----------
    before, now : sequence of Judged
        What the folder held, and what it is to hold.
    decided : collection of str
        意見ID of every decision.
    known : mapping of str to str
        What was found at earlier runs.

    Returns
    -------
    dict of str to str
        ID of old → ID of now.
    """
    here = {one.opinion.id for one in now}
    wanted = {*decided, *known.values()} - here
    pairs = _pairs(
        [one for one in before if one.opinion.id in wanted],
        _new(before, now),
    )
    latest = pairs | {old: pairs.get(then, then) for old, then in known.items()}
    return {old: new for old, new in sorted(latest.items()) if old in decided and old not in here and new in here}


def _new(before: Sequence[Judged], now: Sequence[Judged]) -> list[Judged]:
    old = {one.opinion.id for one in before}
    return [one for one in now if one.opinion.id not in old]


def _pairs(gone: Sequence[Judged], new: Sequence[Judged]) -> dict[str, str]:
    """Put together the nearest first, each once; the earlier in the source where two are equally near."""
    # of the same wording, it is the round or the plan that changed
    kept = {one.opinion.text for one in gone} & {one.opinion.text for one in new}
    columns: dict[tuple[str, str], list[int]] = {}
    for column, one in enumerate(new):
        if one.opinion.text not in kept:
            columns.setdefault(_place(one), []).append(column)
    rows = [(row, columns.get(_place(one), [])) for row, one in enumerate(gone) if one.opinion.text not in kept]
    if sum(len(there) for _, there in rows) > _MOST:
        return {}
    found: list[tuple[float, int, int]] = []
    for row, there in rows:
        matcher = SequenceMatcher(b=gone[row].opinion.text, autojunk=False)  # it looks through b once for all
        for column in there:
            near = _near(matcher, new[column].opinion.text)
            if near >= _NEAR:
                found.append((-near, row, column))
    pairs: dict[str, str] = {}
    taken: set[str] = set()
    for _, row, column in sorted(found):
        old, now = gone[row].opinion.id, new[column].opinion.id
        if old not in pairs and now not in taken:
            pairs[old] = now
            taken.add(now)
    return pairs


def _place(one: Judged) -> tuple[str, str]:
    item = one.opinion.item
    return normalize(item.filed_under).replace(" ", ""), normalize(item.number)


def _near(matcher: SequenceMatcher[str], text: str) -> float:
    matcher.set_seq1(text)
    # the first two are upper bounds that cost little
    if matcher.real_quick_ratio() < _NEAR or matcher.quick_ratio() < _NEAR:
        return 0.0
    return matcher.ratio()
