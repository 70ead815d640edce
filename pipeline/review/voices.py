"""Decisions as voices: what was decided of copies counts once."""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Sequence

from pipeline.identity import text_hash
from pipeline.records import Judged
from pipeline.review.history import History


def hashes_of(judged: Sequence[Judged]) -> dict[str, str]:
    """意見ID → hash of the text as it reads now."""
    return {one.opinion.id: text_hash(one.opinion.text) for one in judged}


def of_now(history: History, judged: Sequence[Judged]) -> History:
    """What was decided of these opinions as they read now."""
    return history.about(hashes_of(judged))


def distinct(judged: Sequence[Judged], decided: Container[str], told: Callable[[Judged], Hashable]) -> list[Judged]:
    """Of the opinions that were decided, one of each 同趣旨 group; several where the group was decided differently.

    Parameters
    ----------
    judged : sequence of Judged
    decided : container of str
        意見ID.
    told : callable
        Gives what was decided of an opinion.
    """
    found: dict[Hashable, Judged] = {}
    for one in judged:
        if one.opinion.id in decided:
            found.setdefault((one.opinion.same_id, told(one)), one)
    return list(found.values())
