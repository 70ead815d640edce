"""Needs that are about the same, each group with a title that all of it supports.

A group grows from one ask that reads like a measure: the needs that are about the same gather
around it (a star, Aslam et al. 2004). Where several opinions speak, the title is the one that they
share most. A topic that lies far from every measure is a group as well.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.language.tokenize import tokenize
from pipeline.proposals.evidence import Support, speaks_of
from pipeline.proposals.far import FarTopic
from pipeline.proposals.nearness import Needs, Said
from pipeline.proposals.needs import Need
from pipeline.proposals.shared_titles import shared_titles, title_of_heading
from pipeline.proposals.titles import GroupTitle, composed, tells
from pipeline.proposals.wording import LONGEST
from pipeline.records import Judged

Floats = NDArray[np.float64]

SAME = 0.2
"""From this likelihood on two needs are about the same."""

_SEEDS, _CHUNK = 400, 100
_GATHERED = 200  # needs around one ask: the nearest
_LEAST_VOICES, _LEAST_DEPARTMENTS = 2, 3
_LEAST_FITNESS = 0.6
_SEVERAL = 3  # opinions that have a title in common
_KEPT = 0.8  # of a group's opinions that a title in common has to keep
_OF_TOPIC = 0.3  # of a topic's opinions that its title has to hold together
_SAME_TOPIC = 0.5  # how likely needs of one topic are about the same, at the least


@dataclass(frozen=True)
class Group:
    """Needs that support a title: rows of the needs, the ask first, then the nearest first."""

    title: GroupTitle
    rows: tuple[int, ...]
    opinions: tuple[Judged, ...]
    strength: float
    is_far: bool = False

    @property
    def worth(self) -> float:
        """Strength, less where the title reads less like a measure's."""
        return self.strength * self.title.fitness

    @property
    def voices(self) -> frozenset[str]:
        """Distinct ones: copies count once."""
        return frozenset(one.opinion.same_id for one in self.opinions)


def group_of(title: GroupTitle, rows: Sequence[int], needs: Sequence[Need], *, is_far: bool = False) -> Group | None:
    """Make a group; None where too few say it."""
    opinions = tuple({needs[row].one.opinion.id: needs[row].one for row in rows}.values())
    voices = len({one.opinion.same_id for one in opinions})
    departments = {name for one in opinions for name in one.opinion.item.departments}
    if voices < _LEAST_VOICES and len(departments) < _LEAST_DEPARTMENTS:
        return None
    return Group(title, tuple(rows), opinions, math.sqrt(voices) + math.sqrt(len(departments)), is_far)


class Grouper:
    """Finds groups among the needs of a round.

    Parameters
    ----------
    needs : sequence of Need
        In an order of their own.
    """

    def __init__(self, needs: Sequence[Need]) -> None:
        self._needs = needs
        self._told = Needs(needs)
        self._said: dict[int, tuple[Said, Said]] = {}

    def around_asks(self) -> Iterator[Group]:
        """The groups around each ask that reads like a measure."""
        needs = self._needs
        seeds = [row for row, need in enumerate(needs) if need.title and need.title.fitness >= _LEAST_FITNESS]
        # the first of each wording: needs stand in an order of their own
        distinct = list({needs[row].clause: row for row in reversed(seeds)}.values())[::-1][:_SEEDS]
        for start in range(0, len(distinct), _CHUNK):
            some = distinct[start : start + _CHUNK]
            for seed, likely in zip(some, self._told.same(some), strict=True):
                rows = np.flatnonzero(likely >= SAME)
                near = sorted(
                    (row for row in rows.tolist() if row != seed), key=lambda row: (-round(likely[row], 6), row)
                )
                group = self._around(seed, near[: 3 * _GATHERED], likely)
                if group:
                    yield group

    def of_topic(self, topic: FarTopic, known: frozenset[str]) -> Group | None:
        """The group of a topic: its opinions and their copies, as far as its title is theirs.

        The title is one that its asks have in common; else its heading, with what is to be done about
        it in words of the plan or the topic (``known``, by key).
        """
        voices = {one.opinion.same_id: place for place, one in enumerate(topic.opinions)}
        rows = [row for row, need in enumerate(self._needs) if need.one.opinion.same_id in voices]
        rows.sort(key=lambda row: (voices[self._needs[row].one.opinion.same_id], row))
        for place, title in shared_titles([self._needs[row] for row in rows]):
            if not tells(tokenize(title.text)):
                continue
            seed = rows[place]
            likely = np.maximum(self._told.same([seed])[0], _SAME_TOPIC)
            held = self._supporting(title, seed, [row for row in rows if row != seed], likely)
            group = group_of(title, held[:_GATHERED], self._needs, is_far=True)
            if group and len(group.voices) >= max(_SEVERAL, _OF_TOPIC * len(topic.opinions)):
                return group
        if "・" in topic.heading:
            return None
        said = known.union(*(self._texts(row)[1].keys for row in rows))
        named = title_of_heading(topic.heading, said)
        if named is None or not tells(tokenize(topic.heading)):
            return None
        held = [row for row in rows if speaks_of(topic.heading, self._texts(row)[1])]
        group = group_of(named, held[:_GATHERED], self._needs, is_far=True)
        return group if group and len(group.voices) >= max(_SEVERAL, _OF_TOPIC * len(topic.opinions)) else None

    def _around(self, seed: int, near: Sequence[int], likely: Floats) -> Group | None:
        title = composed(self._needs[seed], [self._needs[row] for row in near])
        if title is None or not tells(tokenize(title.text)):
            return None
        rows = self._supporting(title, seed, near, likely)
        speaking = sum(title.subject in self._texts(row)[1].keys for row in rows[1:])
        if title.subject and 2 * speaking < len(rows) - 1:
            title = GroupTitle(title.plain, title.fitness, title.plain)
            if not tells(tokenize(title.text)):
                return None
            rows = self._supporting(title, seed, near, likely)
        group = group_of(title, rows[:_GATHERED], self._needs)
        return self._in_common(group, likely) if group and not title.subject else group

    def _in_common(self, group: Group, likely: Floats) -> Group:
        """Give a group of several the title that its opinions share most."""
        if len(group.voices) < _SEVERAL:
            return group
        for place, title in shared_titles([self._needs[row] for row in group.rows]):
            if title.text == group.title.text:
                return group
            if not tells(tokenize(title.text)):
                continue
            first = group.rows[place]
            rows = self._supporting(title, first, [row for row in group.rows if row != first], likely)
            found = group_of(title, rows, self._needs)
            if found and len(found.opinions) >= _KEPT * len(group.opinions):
                return found
        return group

    def _supporting(self, title: GroupTitle, seed: int, near: Sequence[int], likely: Floats) -> list[int]:
        """The needs that say of a title what is enough to be its evidence."""
        support = Support(title.text, title.subject, self._told.common)
        return [seed, *(row for row in near if support.holds(float(likely[row]), self._needs[row], *self._texts(row)))]

    def _texts(self, row: int) -> tuple[Said, Said]:
        """What is asked, and the whole opinion."""
        if row not in self._said:
            self._said[row] = Said(self._told.clauses[row]), Said(self._told.texts[row])
        return self._said[row]


def both(one: Group, other: Group, themes: Sequence[str]) -> Group | None:
    """Two groups of one theme as one, under the titles of both; None where they do not go together."""
    shared = [theme for theme in themes if _carried(theme, one) and _carried(theme, other)]
    titles = (one.title, other.title)
    if not shared or not all(title.is_nouns for title in titles):
        return None
    if any(shared[0] in title.text for title in titles):
        return None  # 担い手づくり: it is the theme's proposal already, and no part of it
    text = f"{one.title.text}と{other.title.text}"
    is_stacked = any(title.text.count("の") > 1 for title in titles)
    if not is_stacked and len(shared[0]) + 1 + len(text) <= LONGEST:
        spoken = sum(shared[0] in judged.opinion.text for judged in (*one.opinions, *other.opinions))
        text = f"{shared[0]}の{text}" if spoken else text
    if len(text) > LONGEST:
        return None
    opinions = tuple({judged.opinion.id: judged for judged in (*one.opinions, *other.opinions)}.values())
    voices = len({judged.opinion.same_id for judged in opinions})
    departments = {name for judged in opinions for name in judged.opinion.item.departments}
    title = GroupTitle(text, min(one.title.fitness, other.title.fitness), text)
    # the first quotes come from both
    rows = tuple(dict.fromkeys((one.rows[0], other.rows[0], *one.rows, *other.rows)))
    return Group(title, rows, opinions, math.sqrt(voices) + math.sqrt(len(departments)))


def _carried(theme: str, group: Group) -> bool:
    """Whether most of a group's opinions have a theme, a best guess counted."""
    given = sum(theme in one.labelling.themes for one in group.opinions)
    return 2 * given > len(group.opinions)
