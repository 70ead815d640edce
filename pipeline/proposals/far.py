"""Topics that lie far from every measure of a plan: what 新規 is looked for among.

How sure a place in the plan is, and how near the nearest measure, differ from plan to plan and from
round to round; a topic is far when both are clearly lower for its opinions than for the round's
opinions on average.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.language.tokenize import tokenize
from pipeline.plan.places import is_outside, place_of
from pipeline.proposals.nearness import MeasureText
from pipeline.records import Judged
from pipeline.topics.find import voices_of
from pipeline.topics.grouping import group_texts
from pipeline.topics.headings import Headings
from pipeline.topics.meaning import likeness, meanings
from pipeline.topics.stability import drawn

Floats = NDArray[np.float64]

_SURENESS, _NEARNESS = 0.11, 0.10
"""By how much topics of the written plans differ in both (standard deviations)."""
_FAR = 2.5  # of these together below the average
_MOST = 2  # topics of a round


@dataclass(frozen=True)
class FarTopic:
    """A topic that no measure is near.

    Attributes
    ----------
    opinions : tuple of Judged
        One of each voice, the most fitting first.
    heading : str
        In its own words; empty where nothing tells it.
    """

    opinions: tuple[Judged, ...]
    heading: str


def is_put(one: Judged) -> bool:
    """Whether a person or the source put it somewhere."""
    return bool((one.decision and one.decision.measure) or one.opinion.item.filed_under)


def far_topics(judged: Sequence[Judged], measures: Sequence[MeasureText]) -> list[FarTopic]:
    """Give the topics that lie far from every measure, the farthest first.

    A topic most of whose opinions a person or the source put under a measure is none.
    """
    voices = voices_of(judged)
    words = [tokenize(voice.text) for voice in voices]
    grouping = group_texts(likeness(words), drawn([voice.text for voice in voices], ""))
    if not grouping.count:
        return []
    of_measures = np.array([measure.meaning for measure in measures])
    near = (meanings(words, centred=False) @ of_measures.T).max(axis=1)
    first = [judged[voice.rows[0]] for voice in voices]
    sure = np.array([_sure(one) for one in first])
    below = (sure.mean() - sure) / _SURENESS + (near.mean() - near) / _NEARNESS
    found: list[tuple[float, int, list[int]]] = []
    for group in range(grouping.count):
        members = grouping.members(group)
        far = round(float(below[members].mean()), 6)
        put = sum(is_put(first[row]) and not is_outside(place_of(first[row])) for row in members.tolist())
        if far >= _FAR and 2 * put <= len(members):
            ranked = members[np.argsort(-grouping.fits[members, group], kind="stable")].tolist()
            found.append((-far, group, ranked))
    headings = Headings(words)
    return [
        FarTopic(tuple(first[row] for row in ranked), headings.name(ranked).heading)
        for _, _, ranked in sorted(found)[:_MOST]
    ]


def _sure(one: Judged) -> float:
    """How sure its place is: a candidate's score, 1 where it was put there."""
    return 1.0 if is_put(one) else max((candidate.score for candidate in one.match.candidates), default=0.0)
