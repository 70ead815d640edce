"""Opinions that say the same as one line of a table, and how many people stand behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.deliver.responses import names_submitters
from pipeline.deliver.sheets import lines_taken
from pipeline.plan.places import NO_PLACE, place_of
from pipeline.records import Judged, Opinion

UNKNOWN = "不明"
POINTER = "…（続きはシート「全意見」の一覧番号"
SUMMARY_WIDTH = 56
"""Of the column 意見の概要, in half-width characters."""
_LINES = 27  # a row of a spreadsheet is 409 points high at most: what is longer would not be printed


@dataclass(frozen=True, slots=True)
class Group:
    """Opinions that say the same.

    Attributes
    ----------
    number : int
        From 1, in the order in which the first of them came.
    members : tuple of Judged
        Every voice, in source order.
    """

    number: int
    members: tuple[Judged, ...]

    @property
    def first(self) -> Judged:
        """The one whose words stand for all."""
        return self.members[0]

    @property
    def key(self) -> str:
        """意見ID of the first."""
        return self.first.opinion.id

    @property
    def departments(self) -> tuple[str, ...]:
        """Of all voices, each once."""
        return tuple(dict.fromkeys(name for one in self.members for name in one.opinion.item.departments))

    @property
    def themes(self) -> tuple[str, ...]:
        """Of all voices, each once."""
        return tuple(dict.fromkeys(theme for one in self.members for theme in one.labelling.themes))

    @property
    def verdicts(self) -> tuple[str, ...]:
        """判定 of all voices, each once."""
        return tuple(dict.fromkeys(one.labelling.verdict for one in self.members))

    @property
    def places(self) -> tuple[str, ...]:
        """Where in the plan, each place once; one that only the text itself speaks for begins with （案）."""
        return tuple(dict.fromkeys(place for one in self.members if (place := spoken_place(one))))


def groups_of(judged: Iterable[Judged]) -> tuple[Group, ...]:
    """Put opinions that say the same together (同趣旨ID)."""
    found: dict[str, list[Judged]] = {}
    for one in judged:
        found.setdefault(one.opinion.same_id, []).append(one)
    return tuple(Group(number, tuple(members)) for number, members in enumerate(found.values(), 1))


def summary_of(group: Group) -> str:
    """意見の概要: the words of the first voice, as much of them as a row can show."""
    text = group.first.opinion.text
    if lines_taken(text, SUMMARY_WIDTH) <= _LINES:
        return text
    # full-width characters take two, so that this is surely short enough; cut where a sentence ends
    head = "\n".join(text[: (_LINES - 2) * SUMMARY_WIDTH // 2].split("\n")[: _LINES - 2])
    while lines_taken(head, SUMMARY_WIDTH) > _LINES - 2:
        head = head[: len(head) * 9 // 10]
    end = max(head.rfind(mark) for mark in "。！？\n")
    return f"{head[: end + 1] if end > len(head) // 2 else head}{POINTER}{group.number}）"


def is_proposed(one: Judged) -> bool:
    """Whether its place in the plan is the program's guess: neither a reviewer nor the source put it there."""
    return not (one.decision and one.decision.measure) and not one.opinion.item.filed_under


def spoken_place(one: Judged) -> str:
    """Its place in the plan as a table shows it; empty where there is no plan."""
    place = place_of(one)
    if place == NO_PLACE:
        return ""
    return f"（案）{place}" if is_proposed(one) else place


@dataclass(frozen=True, slots=True)
class Submitters:
    """How many people handed opinions in (提出者数).

    Attributes
    ----------
    count : int or None
        None when the sources do not say.
    basis : str
        What it was counted by, in Japanese; empty when unknown.
    """

    count: int | None = None
    basis: str = ""

    @property
    def spoken(self) -> str:
        """``12人（「提出者番号」の列による）`` or ``不明``."""
        return UNKNOWN if self.count is None else f"{self.count:,}人（{self.basis}）"


def submitters_of(opinions: Sequence[Opinion]) -> Submitters:
    """Count who handed in, where that can be told.

    By a column that numbers people (提出者番号), else by numbers that stand on several rows one
    below the other, else by the comments that ``--split`` cut. A list that numbers its rows says
    nothing of people, and neither does a table of departments.
    """
    attributes = [dict(opinion.item.attributes) for opinion in opinions]
    files = [opinion.item.place.file for opinion in opinions]
    for heading in dict.fromkeys(name for own in attributes for name in own if names_submitters(name)):
        people = [own.get(heading, "") for own in attributes]
        if all(people):
            return Submitters(len(set(zip(files, people, strict=True))), f"「{heading}」の列による")
    numbers = [(opinion.item.place.file, opinion.item.place.sheet, opinion.item.number) for opinion in opinions]
    rows = [(*number, opinion.item.place.spot) for number, opinion in zip(numbers, opinions, strict=True)]
    repeated = len(set(rows)) > len(set(numbers))
    runs = 1 + sum(before != after for before, after in pairwise(numbers))
    if opinions and all(number for *_, number in numbers) and repeated and runs == len(set(numbers)):
        return Submitters(runs, "同じ番号の行を一人として")
    if any(opinion.item.part for opinion in opinions) and not any(opinion.item.filed_under for opinion in opinions):
        comments = Counter(opinion.id.partition("-")[0] for opinion in opinions)
        return Submitters(len(comments), "分ける前の一つの文章を一人として")
    return Submitters()
