"""Figures that lead to the opinions they count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from pipeline.deliver.report.view import Entry, Phrase
from pipeline.records import Judged

ALL = "#opinions"


class Figures:
    """Makes figures and remembers what each counts.

    Parameters
    ----------
    judged : sequence of Judged
        All opinions; their places in it, from 1, are their running numbers.
    """

    def __init__(self, judged: Sequence[Judged]) -> None:
        self._ids = [one.opinion.id for one in judged]
        self._numbers = {name: number for number, name in enumerate(self._ids, 1)}
        self._made: dict[tuple[str, tuple[int, ...]], str] = {}

    def of(self, label: str, group: Iterable[Judged | str], unit: str = "") -> Phrase:
        """A figure; nothing to count leads nowhere, all opinions lead to the whole list.

        Parameters
        ----------
        label : str
            What is counted, in words.
        group : iterable of Judged or str
            The opinions, or their IDs.
        unit : str
            Written after the number.
        """
        ids = [one if isinstance(one, str) else one.opinion.id for one in group]
        numbers = tuple(sorted({self._numbers[name] for name in ids}))
        text = f"{len(numbers):,}{unit}"
        if not numbers:
            return Phrase(text)
        if len(numbers) == len(self._ids):
            return Phrase(text, ALL)
        anchor = self._made.setdefault((label, numbers), f"n{len(self._made) + 1}")
        return Phrase(text, f"#{anchor}")

    def number(self, opinion_id: str) -> int:
        """Running number of an opinion."""
        return self._numbers[opinion_id]

    def link(self, opinion_id: str) -> Phrase:
        """A link to an opinion: ``意見12``."""
        return Phrase(f"意見{self._numbers[opinion_id]}", f"#{opinion_id}")

    def entries(self) -> tuple[Entry, ...]:
        """What every figure made so far counts, in the order in which they were made."""
        return tuple(
            Entry(anchor, label, f"{len(numbers):,}", tuple(self._runs(numbers)))
            for (label, numbers), anchor in self._made.items()
        )

    def _runs(self, numbers: Sequence[int]) -> Iterable[Phrase]:
        """1, 2, 3, 7 → ``1～3`` and ``7``."""
        ends = [0, *(at for at, (one, other) in enumerate(pairwise(numbers), 1) if other != one + 1), len(numbers)]
        for start, end in pairwise(ends):
            first, last = numbers[start], numbers[end - 1]
            text = str(first) if first == last else f"{first}～{last}"
            yield Phrase(text, f"#{self._ids[first - 1]}")
