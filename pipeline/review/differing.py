"""Opinions on which reviewers differ and that nobody has settled."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.records import Decision
from pipeline.review.history import History


def differing(history: History) -> dict[str, Sequence[Decision]]:
    """Opinion → what each reviewer decided on it, reviewers by name; settled ones are left out."""
    found: dict[str, list[Decision]] = {}
    for _, decisions in sorted(history.by_reviewer().items()):
        for name, decision in decisions.items():
            found.setdefault(name, []).append(decision)
    settled = history.settled()
    return {name: some for name, some in found.items() if name not in settled and _differ(some)}


def _differ(decisions: Sequence[Decision]) -> bool:
    themes = {frozenset(one.themes) for one in decisions}
    kinds = {one.kind for one in decisions}
    measures = {one.measure for one in decisions if one.measure}  # who said nothing of it contradicts nobody
    return len(themes) > 1 or len(kinds) > 1 or len(measures) > 1
