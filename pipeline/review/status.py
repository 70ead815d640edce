"""How far a review is, all in one: what ``iken review status`` shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.deliver.stored import load_results
from pipeline.errors import IkenError
from pipeline.review.agreement import Agreement, agreement
from pipeline.review.applying import apply_history
from pipeline.review.decisions import FILE, DecisionStore, Merged, read_history
from pipeline.review.differing import differing
from pipeline.review.history import ELSEWHERE, OTHER_TEXT
from pipeline.review.measuring import Measured, measure
from pipeline.review.reworded import read_reworded
from pipeline.review.stopping import Advice, advise
from pipeline.review.voices import of_now


@dataclass(frozen=True, slots=True)
class Status:
    """How far a review is.

    Attributes
    ----------
    reviewers : tuple of (str, int)
        Who decided on how many opinions.
    stale, elsewhere : int
        Opinions that were decided on when their text read otherwise, and that this round does not hold.
    differing : int
        Opinions on which reviewers differ and that nobody has settled.
    agreement : Agreement
    measured : Measured
    advice : Advice
    """

    reviewers: tuple[tuple[str, int], ...]
    stale: int
    elsewhere: int
    differing: int
    agreement: Agreement
    measured: Measured
    advice: Advice


def status_of(folder: Path) -> Status:
    """Look at the decisions of a folder of results; nothing is changed.

    Raises
    ------
    IkenError
        When the folder holds no results, or its decisions cannot be read.
    """
    results = load_results(folder)
    history = read_history(folder / FILE)
    now = of_now(history, results.judged)
    recorded = apply_history(history, results.judged, results.themes, results.plan, read_reworded(folder)).recorded
    lost = {
        state: len({one.decision.opinion_id for one in recorded if one.state == state})
        for state in (OTHER_TEXT, ELSEWHERE)
    }
    return Status(
        reviewers=tuple((name, len(own)) for name, own in sorted(now.by_reviewer().items())),
        stale=lost[OTHER_TEXT],
        elsewhere=lost[ELSEWHERE],
        differing=len(differing(now)),
        agreement=agreement(history, results),
        measured=measure(history, results),
        advice=advise(history, results),
    )


def merge_into(folder: Path, other: Path) -> Merged:
    """Add the decisions of another folder, or file, to those of a folder of results.

    Raises
    ------
    IkenError
        When the folder holds no results, or the other holds no decisions.
    """
    load_results(folder)
    theirs = other / FILE if other.is_dir() else other
    if not theirs.exists():
        raise IkenError(
            "確認の記録がありません", file=str(other), remedy="結果のフォルダか review.sqlite を指定してください"
        )
    with DecisionStore(folder / FILE) as store:
        return store.merge(theirs)
