"""話題: what opinions are about, found without labels.

Copies are one voice in the grouping; in the topics every opinion is listed. Voices are looked at in
the order of their texts, so that the order of the source changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.language.normalize import normalize
from pipeline.language.tokenize import Word, tokenize
from pipeline.records import Judged, Topic
from pipeline.topics.grouping import MOST, Grouping, group_texts
from pipeline.topics.headings import Headings
from pipeline.topics.meaning import likeness
from pipeline.topics.shared_words import with_shared_words
from pipeline.topics.stability import drawn, stabilities

Ints = NDArray[np.int64]

_REPRESENTATIVES = 3
_LARGE = 60  # voices from which a topic is looked into for parts
_STEADY, _STEADY_PART = 0.3, 0.5  # stability below which a topic, or a part of one, is none
_PARTS = 8  # parts of a topic at the most


@dataclass(frozen=True)
class Voice:
    """One voice: an opinion with those that say the same.

    Attributes
    ----------
    text : str
        Normalized; of several the first by letters.
    rows : tuple of int
        Places in the sequence of opinions.
    """

    text: str
    rows: tuple[int, ...]


def voices_of(judged: Sequence[Judged]) -> list[Voice]:
    """Fold copies, in the order of the texts."""
    groups: dict[str, list[int]] = {}
    for row, one in enumerate(judged):
        groups.setdefault(one.opinion.same_id, []).append(row)
    voices = [Voice(min(normalize(judged[row].opinion.text) for row in rows), tuple(rows)) for rows in groups.values()]
    return sorted(voices, key=lambda voice: voice.text)


@dataclass(frozen=True)
class _Found:
    """A topic before it has an ID: rows of voices, the most fitting first."""

    members: Ints
    heading: str
    words: tuple[str, ...]
    stability: float
    parts: tuple[_Found, ...] = ()


def find_topics(judged: Sequence[Judged]) -> tuple[Topic, ...]:
    """Find the topics of some opinions.

    Returns
    -------
    tuple of Topic
        The largest first, each followed by its parts; empty where there are too few opinions, or
        none that are about the same. What belongs nowhere stands in none.
    """
    voices = voices_of(judged)
    words = [tokenize(voice.text) for voice in voices]
    found = _look(list(range(len(voices))), voices, words, MOST, depth=0)
    topics: list[Topic] = []
    for number, one in enumerate(found, 1):
        name = f"T{number:02}"
        topics.append(_topic(name, one, voices, judged))
        topics += [
            _topic(f"{name}-{place}", part, voices, judged, parent=name) for place, part in enumerate(one.parts, 1)
        ]
    return tuple(topics)


def _look(
    rows: Sequence[int],
    voices: Sequence[Voice],
    words: Sequence[Sequence[Word]],
    most: int,
    depth: int,
    whole: str = "",
) -> list[_Found]:
    """Group some voices, name the groups, and look into the large ones once more.

    ``whole`` is the heading of what they are all about already.
    """
    said = [words[row] for row in rows]
    texts = likeness(said)
    names = [voices[row].text for row in rows]
    first = group_texts(texts, drawn(names, ""), most)
    grouping = first if depth else with_shared_words(first, said, texts)
    if depth and grouping.count < 2:
        return []

    def again(some: Ints) -> Grouping:
        part = texts.of(some)
        found = group_texts(part, exactly=first.count)
        return found if depth else with_shared_words(found, [said[row] for row in some.tolist()], part)

    headings = Headings(said)
    steady = stabilities(grouping, names, again)
    found: list[_Found] = []
    taken = set(whole.split("・"))
    held: set[bytes] = set()
    for group in sorted(range(grouping.count), key=lambda group: _size(grouping, group)):
        members = grouping.members(group)
        ranked = members[np.argsort(-grouping.fits[members, group], kind="stable")]
        if steady[group] < (_STEADY_PART if depth else _STEADY):
            continue
        is_whole = depth and len(members) == len(rows)
        if is_whole or members.tobytes() in held:
            continue  # the same opinions are one topic
        named = headings.name(ranked.tolist(), frozenset(taken))
        if not named.heading:
            continue
        held.add(members.tobytes())
        taken.update(named.heading.split("・"))
        of_all = np.asarray(rows, dtype=np.int64)[ranked]
        parts: list[_Found] = []
        if not depth and len(members) >= _LARGE:
            parts = _look(np.sort(of_all).tolist(), voices, words, _PARTS, depth + 1, named.heading)
        found.append(_Found(of_all, named.heading, named.words, steady[group], tuple(parts)))
    return found


def _size(grouping: Grouping, group: int) -> tuple[int, int]:
    return (-len(grouping.members(group)), int(grouping.members(group)[0]))


def _topic(name: str, found: _Found, voices: Sequence[Voice], judged: Sequence[Judged], parent: str = "") -> Topic:
    rows = sorted(row for voice in found.members.tolist() for row in voices[voice].rows)
    best = [voices[voice].rows[0] for voice in found.members[:_REPRESENTATIVES].tolist()]
    return Topic(
        id=name,
        heading=found.heading,
        words=found.words,
        opinion_ids=tuple(judged[row].opinion.id for row in rows),
        representatives=tuple(judged[row].opinion.id for row in best),
        stability=found.stability,
        parent=parent,
    )
