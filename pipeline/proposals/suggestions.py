"""Proposals for measures: 新規, 拡充, 横断, each a need with the opinions that say it.

The needs of a round gather in groups (:mod:`pipeline.proposals.groups`), and only opinions that share
what tells a title are its evidence (:mod:`pipeline.proposals.evidence`). An ask may serve several
proposals, and none rests on an opinion that is about something else. The strongest are kept, as long
as they bring new evidence.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.language.tokenize import Word, tokenize
from pipeline.plan.places import NO_PLACE, is_outside, place_of
from pipeline.proposals.far import FarTopic, far_topics, is_put
from pipeline.proposals.groups import Group, Grouper, both
from pipeline.proposals.nearness import MeasureText
from pipeline.proposals.needs import Need, needs_of
from pipeline.proposals.support import invented_words
from pipeline.proposals.titles import lacking_phrases, telling
from pipeline.records import GIVEN, OUTSIDE, Judged, Plan, Suggestion

Floats = NDArray[np.float64]

NEW, MORE, ACROSS = "新規", "拡充", "横断"
DIVISIONS = (NEW, MORE, ACROSS)

MOST = 40
"""Proposals at most, however many opinions there are."""

_MOST_NEEDS = 10_000
_IN_TOPIC = 2 / 3  # of a group's voices stand in a topic that is far from every measure
_NEW_EVIDENCE = 0.6  # of the evidence has to be in no stronger proposal
_OUTSIDE = 0.5  # share of the evidence that lies outside the plan
_UNSURE, _FAR = 0.35, 0.55  # no measure is sure of the evidence, and none is near the title
_MANY = 3  # opinions from which unsure places say something
_ONE_MEASURE = 2 / 3
_PROMISED = 0.75  # of what the title says: the measure promises it already
_PLAN_WORD = 3  # measures that say a word that is the whole plan's
_QUOTED, _QUOTE_LENGTH = 3, 80


def suggest(judged: Sequence[Judged], plan: Plan | None) -> tuple[Suggestion, ...]:
    """Make proposals out of what opinions ask for; the strongest first.

    Of a round of more than 10,000 opinions so many are drawn, always the same.
    Strength is the square root of distinct voices plus that of departments: many who say it, and
    from many sides; copies count once. The order of the opinions changes nothing.

    Parameters
    ----------
    judged : sequence of Judged
        With decisions applied, where there are any: their themes and places count.
    plan : Plan or None
        Without a plan there are no measures to propose: nothing is given.
    """
    if plan is None or not plan.measures:
        return ()
    some = _some(judged)
    needs = _distinct(needs_of(some))
    if not needs:
        return ()
    grouper = Grouper(needs)
    measures = [MeasureText(measure) for measure in plan.measures]
    known = frozenset().union(*(measure.said.keys for measure in measures))
    topics = far_topics(some, measures)
    far = [group for topic in topics if (group := grouper.of_topic(topic, known))]
    groups = [*far, *(_placed(group, topics) for group in grouper.around_asks())]
    found = list(_chosen(groups, needs, plan, measures, _most(judged)))
    found.sort(key=lambda one: (-one.strength, one.title, one.evidence))
    return tuple(replace(one, number=number) for number, one in enumerate(found, 1))


def _placed(group: Group, topics: Sequence[FarTopic]) -> Group:
    """Mark a group that lies in a topic far from every measure."""
    voices = group.voices
    is_far = len(voices) >= 2 and any(
        len(voices & {one.opinion.same_id for one in topic.opinions}) >= _IN_TOPIC * len(voices) for topic in topics
    )
    return replace(group, is_far=True) if is_far else group


def _some(judged: Sequence[Judged]) -> Sequence[Judged]:
    """All opinions, or of a very large round a draw that depends on nothing but their IDs."""
    if len(judged) <= _MOST_NEEDS:
        return judged
    return sorted(judged, key=lambda one: hashlib.sha256(one.opinion.id.encode()).digest())[:_MOST_NEEDS]


def _distinct(needs: Iterator[Need]) -> list[Need]:
    """Needs in an order of their own, so that the order of the opinions does not show; copies are told later."""
    keyed = sorted(needs, key=lambda need: (hashlib.sha256(need.clause.encode()).digest(), need.one.opinion.id))
    return keyed[:_MOST_NEEDS]


def _most(judged: Sequence[Judged]) -> int:
    """How many proposals a round of this size bears: 10 of 45 opinions, 26 of 300."""
    voices = len({one.opinion.same_id for one in judged})
    return min(MOST, max(3, round(1.5 * math.sqrt(voices))))


def _chosen(
    groups: list[Group], needs: Sequence[Need], plan: Plan, measures: Sequence[MeasureText], most: int
) -> Iterator[Suggestion]:
    """The worthiest, as long as most of their voices are new; two of one theme under several measures as one."""
    # what no measure is for stands first: it is what a plan's makers miss
    groups.sort(
        key=lambda group: (
            not group.is_far,
            -round(group.worth, 6),
            len(group.title.text),
            group.title.text,
            group.rows,
        )
    )
    kept: list[tuple[Group, Suggestion]] = []
    taken: set[str] = set()
    for group in groups:
        voices = group.voices
        if len(kept) == most:
            break
        if len(voices - taken) < _NEW_EVIDENCE * len(voices):
            continue
        texts = [one.opinion.text for one in group.opinions]
        suggestion = None if invented_words(group.title.text, texts, plan) else _suggestion(group, needs, measures)
        if suggestion and suggestion.title not in {other.title for _, other in kept}:
            taken |= voices
            kept.append((group, suggestion))
    yield from _joined(kept, needs, measures)


def _joined(
    kept: list[tuple[Group, Suggestion]], needs: Sequence[Need], measures: Sequence[MeasureText]
) -> Iterator[Suggestion]:
    """Join two proposals of one theme that lie under several measures only together: 横断.

    「参加のハードルの解消」 under one measure and 「運営方針の継承」 under two others are one need of 担い手.
    """
    left = list(kept)
    while left:
        group, suggestion = left.pop(0)
        for other in left:
            joined = _together(group, suggestion, *other)
            found = _suggestion(joined, needs, measures) if joined else None
            if found and found.division == ACROSS:
                left.remove(other)
                suggestion = found
                break
        yield suggestion


def _together(one: Group, first: Suggestion, other: Group, second: Suggestion) -> Group | None:
    is_across = first.division != NEW != second.division
    is_other = first.nearest != second.nearest or first.division != second.division
    if not is_across or not is_other or first.division == second.division == ACROSS:
        return None
    return both(one, other, first.themes)


def places_of(opinions: Sequence[Judged]) -> dict[str, float]:
    """How much of some opinions lies where in the plan, all of it 1.

    Where a person or the source put an opinion, it counts as a whole; else as its candidates' scores.
    """
    shares: dict[str, float] = {}
    for one in opinions:
        place = place_of(one)
        spread = [(place, 1.0)] if is_put(one) else [(c.label, c.score) for c in one.match.candidates]
        for label, score in spread:
            key = OUTSIDE if is_outside(label) else label
            shares[key] = shares.get(key, 0.0) + score / len(opinions)
    return shares


def _sureness(opinions: Sequence[Judged]) -> float:
    """How sure the places of some opinions are, between 0 and 1."""
    return sum(max(places_of([one]).values(), default=0.0) for one in opinions) / len(opinions)


def _suggestion(group: Group, needs: Sequence[Need], measures: Sequence[MeasureText]) -> Suggestion | None:
    words = tokenize(group.title.text)
    shares = places_of(group.opinions)
    inside = {place: share for place, share in shares.items() if place not in (OUTSIDE, NO_PLACE)}
    firsts = Counter(place_of(one) for one in group.opinions if not is_outside(place_of(one)))
    near = [measure.similarity(words) for measure in measures]
    best = int(np.argmax(near))
    main = max(inside, key=lambda place: (inside[place], place), default="")
    spread = max(inside.values(), default=0.0)
    if (
        group.is_far
        or not firsts  # no measure has any of the evidence
        or shares.get(OUTSIDE, 0.0) >= _OUTSIDE
        or (len(group.opinions) >= _MANY and _sureness(group.opinions) < _UNSURE and near[best] < _FAR)
    ):
        division = NEW
    elif len(firsts) > 1 and spread <= _ONE_MEASURE:
        division = ACROSS
    else:
        division = MORE
        best = next((k for k, one in enumerate(measures) if one.measure.label == main), best)
    if division == MORE and measures[best].said.share(words) >= _PROMISED:
        return None
    given = (one.labelling.themes for one in group.opinions if one.labelling.verdict == GIVEN)
    themes = Counter(theme for some in given for theme in some)
    departments = tuple(dict.fromkeys(name for one in group.opinions for name in one.opinion.item.departments))
    voices = len({one.opinion.same_id for one in group.opinions})
    nearest = measures[best]
    asked = tokenize(needs[group.rows[0]].clause)
    if division == ACROSS and max(min(one.said.share(words), one.said.share(asked)) for one in measures) >= _PROMISED:
        return None
    beyond = _beyond(words, nearest, measures) or _beyond(asked, nearest, measures)
    if division == MORE and not beyond:
        return None  # what is asked is promised already
    return Suggestion(
        0,
        division,
        group.title.text,
        _purpose(division, group, needs, nearest, firsts, beyond),
        tuple(name for name, count in themes.most_common() if 2 * count >= len(group.opinions)),
        tuple(one.opinion.id for one in group.opinions),
        tuple(sorted(departments)),
        voices,
        group.opinions[0].opinion.text,
        nearest.measure.label,
        round(near[best], 4),
        round(group.strength, 4),
    )


def _purpose(
    division: str,
    group: Group,
    needs: Sequence[Need],
    nearest: MeasureText,
    firsts: Counter[str],
    beyond: Sequence[str],
) -> str:
    voices = len({one.opinion.same_id for one in group.opinions})
    departments = {name for one in group.opinions for name in one.opinion.item.departments}
    count = f"意見{len(group.opinions)}件"
    if voices < len(group.opinions):
        count += f"（同趣旨を除き{voices}件）"
    count += f"、{len(departments)}課" if departments else ""
    parts = [f"「{group.title.text}」に当たる求めや課題（{count}）。"]
    if division == NEW:
        parts.append("当てはまる施策が計画にない。")
    elif division == MORE:
        parts.append(f"{nearest.measure.label} の概要は「{'・'.join(beyond)}」を述べていない。")
    else:
        parts.append(f"{'、'.join(sorted(firsts))} にまたがる。")
    quotes = [_quote(needs[row]) for row in _telling_rows(group, needs)[:_QUOTED]]
    return "".join(parts) + "、".join(quotes)


def _telling_rows(group: Group, needs: Sequence[Need]) -> list[int]:
    """One need of each opinion, the first that has a title, else the first; those that say the title's words lead."""
    rows: dict[str, int] = {}
    for row in group.rows:
        key = needs[row].one.opinion.id
        if key not in rows or (needs[rows[key]].title is None and needs[row].title is not None):
            rows[key] = row
    said = {word.key for word in telling(tokenize(group.title.text))}
    return sorted(rows.values(), key=lambda row: not any(word.key in said for word in tokenize(needs[row].clause)))


def _quote(need: Need) -> str:
    """What is asked, in its own words; the rest of a long one is left out after ……."""
    clause = need.clause if len(need.clause) <= _QUOTE_LENGTH else need.clause[:_QUOTE_LENGTH] + "……"
    return f"「{clause}」（{need.one.opinion.id}）"


def _beyond(words: Sequence[Word], nearest: MeasureText, measures: Sequence[MeasureText]) -> tuple[str, ...]:
    """The words a measure does not say, neighbours as one: 成功事例; what many measures say tells nothing (団体)."""
    said_by = Counter(key for one in measures for key in one.said.keys)
    some = [word for word in telling(words) if said_by[word.key] < max(_PLAN_WORD, len(measures) / 4)]
    lacks = nearest.said.of_each([word.key for word in some]) == 0
    keys = frozenset(word.key for word, lacking in zip(some, lacks.tolist(), strict=True) if lacking)
    return lacking_phrases(words, keys)
