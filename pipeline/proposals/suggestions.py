"""Proposals for measures: 新規, 拡充, 横断, each a need with the opinions that say it.

A proposal grows from one ask that reads like a measure: the needs that are about the same gather
around it (a star, Aslam et al. 2004), and each of them has to share a telling word with the title,
or a word of nearly the same meaning. So an ask may serve several proposals, and none rests on an
opinion that is about something else. The strongest are kept, as long as they bring new evidence.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.language.tokenize import Word, tokenize
from pipeline.plan.places import NO_PLACE, is_outside, place_of
from pipeline.proposals.nearness import MeasureText, Needs, Said
from pipeline.proposals.needs import Need, needs_of
from pipeline.proposals.support import invented_words
from pipeline.proposals.titles import GroupTitle, composed, lacking_phrases, telling
from pipeline.proposals.wording import LONGEST
from pipeline.records import GIVEN, OUTSIDE, Judged, Plan, Suggestion

Floats = NDArray[np.float64]

NEW, MORE, ACROSS = "新規", "拡充", "横断"
DIVISIONS = (NEW, MORE, ACROSS)

SAME = 0.2
"""From this likelihood on two needs are about the same."""
MOST = 40
"""Proposals at most, however many opinions there are."""

_SEEDS, _MOST_NEEDS, _CHUNK = 400, 10_000, 100
_GATHERED = 200  # needs around one ask: the nearest
_LEAST_VOICES, _LEAST_DEPARTMENTS = 2, 3
_LEAST_FITNESS = 0.6
# which share of a title's telling words its evidence has to say; less where it is likely about the same
_SAID, _LIKELY, _SAID_IN_PART, _CERTAIN = 0.5, 0.3, 0.25, 0.8
_NEW_EVIDENCE = 0.6  # of the evidence has to be in no stronger proposal
_OUTSIDE = 0.5  # share of the evidence that lies outside the plan
_UNSURE, _FAR = 0.35, 0.55  # no measure is sure of the evidence, and none is near the title
_MANY = 3  # opinions from which unsure places say something
_ONE_MEASURE = 2 / 3
_PROMISED = 0.75  # of what the title says: the measure promises it already
_PLAN_WORD = 3  # measures that say a word that is the whole plan's
_QUOTED, _QUOTE_LENGTH = 3, 80


@dataclass(frozen=True)
class _Group:
    """Needs around one ask: rows of the needs, the ask first, then the nearest first."""

    title: GroupTitle
    rows: tuple[int, ...]
    opinions: tuple[Judged, ...]
    strength: float

    @property
    def worth(self) -> float:
        """Strength, less where the title reads less like a measure's."""
        return self.strength * self.title.fitness


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
    needs = _distinct(needs_of(_some(judged)))
    if not needs:
        return ()
    told = Needs(needs)
    measures = [MeasureText(measure) for measure in plan.measures]
    found = list(_chosen(list(_groups(needs, told)), needs, plan, measures, _most(judged)))
    found.sort(key=lambda one: (-one.strength, one.title, one.evidence))
    return tuple(replace(one, number=number) for number, one in enumerate(found, 1))


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


def _groups(needs: Sequence[Need], told: Needs) -> Iterator[_Group]:
    seeds = [row for row, need in enumerate(needs) if need.title and need.title.fitness >= _LEAST_FITNESS]
    # the first of each wording: needs stand in an order of their own
    distinct = list({needs[row].clause: row for row in reversed(seeds)}.values())[::-1][:_SEEDS]
    said: dict[int, Said] = {}
    for start in range(0, len(distinct), _CHUNK):
        some = distinct[start : start + _CHUNK]
        for seed, likely in zip(some, told.same(some), strict=True):
            rows = np.flatnonzero(likely >= SAME)
            near = sorted((row for row in rows.tolist() if row != seed), key=lambda row: (-round(likely[row], 6), row))
            group = _group(seed, near[: 3 * _GATHERED], likely, needs, told, said)
            if group:
                yield group


def _group(
    seed: int, near: Sequence[int], likely: Floats, needs: Sequence[Need], told: Needs, said: dict[int, Said]
) -> _Group | None:
    title = composed(needs[seed], [needs[row] for row in near])
    if title is None:
        return None
    for row in near:
        if row not in said:
            said[row] = Said(told.texts[row])
    rows = _supporting(title.text, title.subject, seed, near, likely, told, said)
    speaking = sum(title.subject in said[row].keys for row in rows[1:])
    if title.subject and 2 * speaking < len(rows) - 1:
        title = GroupTitle(title.plain, title.fitness, title.plain)
        rows = _supporting(title.text, "", seed, near, likely, told, said)
    return _of_rows(title, rows[:_GATHERED], needs)


def _supporting(
    title: str, subject: str, seed: int, near: Sequence[int], likely: Floats, told: Needs, said: dict[int, Said]
) -> list[int]:
    """The needs that say of a title what is enough to be its evidence."""
    # a verb alone is no evidence: LINEで届く, Wi-Fiが届かない
    words = [
        word
        for word in telling(tokenize(title))
        if word.pos in ("名詞", "形状詞") and word.key != subject and word.key not in told.common
    ]
    rows = [seed]
    for row in near:
        share = said[row].share(words)
        in_part = subject in said[row].keys or share >= _SAID_IN_PART
        if share >= _SAID or (in_part and likely[row] >= _LIKELY) or likely[row] >= _CERTAIN:
            rows.append(row)
    return rows


def _of_rows(title: GroupTitle, rows: Sequence[int], needs: Sequence[Need]) -> _Group | None:
    opinions = tuple({needs[row].one.opinion.id: needs[row].one for row in rows}.values())
    voices = len({one.opinion.same_id for one in opinions})
    departments = {name for one in opinions for name in one.opinion.item.departments}
    if voices < _LEAST_VOICES and len(departments) < _LEAST_DEPARTMENTS:
        return None
    return _Group(title, tuple(rows), opinions, math.sqrt(voices) + math.sqrt(len(departments)))


def _chosen(
    groups: list[_Group], needs: Sequence[Need], plan: Plan, measures: Sequence[MeasureText], most: int
) -> Iterator[Suggestion]:
    """The worthiest, as long as most of their voices are new; two of one theme under several measures as one."""
    groups.sort(key=lambda group: (-round(group.worth, 6), group.title.text, group.rows))
    kept: list[tuple[_Group, Suggestion]] = []
    taken: set[str] = set()
    for group in groups:
        voices = {one.opinion.same_id for one in group.opinions}
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
    kept: list[tuple[_Group, Suggestion]], needs: Sequence[Need], measures: Sequence[MeasureText]
) -> Iterator[Suggestion]:
    """Join two proposals of one theme that lie under several measures only together: 横断.

    「参加のハードルの解消」 under one measure and 「運営方針の継承」 under two others are one need of 担い手.
    """
    left = list(kept)
    while left:
        group, suggestion = left.pop(0)
        for other in left:
            joined = _both(group, suggestion, *other)
            found = _suggestion(joined, needs, measures) if joined else None
            if found and found.division == ACROSS:
                left.remove(other)
                suggestion = found
                break
        yield suggestion


def _both(one: _Group, first: Suggestion, other: _Group, second: Suggestion) -> _Group | None:
    themes = [theme for theme in first.themes if _carried(theme, one) and _carried(theme, other)]
    is_across = first.division != NEW != second.division
    is_other = first.nearest != second.nearest or first.division != second.division
    if not themes or not is_across or not is_other or not (one.title.is_nouns and other.title.is_nouns):
        return None
    if first.division == second.division == ACROSS:
        return None
    text = f"{one.title.text}と{other.title.text}"
    if themes[0] not in text and len(themes[0]) + 1 + len(text) <= LONGEST:
        spoken = sum(themes[0] in judged.opinion.text for judged in (*one.opinions, *other.opinions))
        text = f"{themes[0]}の{text}" if spoken else text
    if len(text) > LONGEST:
        return None
    opinions = tuple({judged.opinion.id: judged for judged in (*one.opinions, *other.opinions)}.values())
    voices = len({judged.opinion.same_id for judged in opinions})
    departments = {name for judged in opinions for name in judged.opinion.item.departments}
    title = GroupTitle(text, min(one.title.fitness, other.title.fitness), text)
    # the first quotes come from both
    rows = tuple(dict.fromkeys((one.rows[0], other.rows[0], *one.rows, *other.rows)))
    return _Group(title, rows, opinions, math.sqrt(voices) + math.sqrt(len(departments)))


def _carried(theme: str, group: _Group) -> bool:
    """Whether most of a group's opinions have a theme, a best guess counted."""
    given = sum(theme in one.labelling.themes for one in group.opinions)
    return 2 * given > len(group.opinions)


def places_of(opinions: Sequence[Judged]) -> dict[str, float]:
    """How much of some opinions lies where in the plan, all of it 1.

    Where a person or the source put an opinion, it counts as a whole; else as its candidates' scores.
    """
    shares: dict[str, float] = {}
    for one in opinions:
        place = place_of(one)
        is_put = bool((one.decision and one.decision.measure) or one.opinion.item.filed_under)
        spread = [(place, 1.0)] if is_put else [(c.label, c.score) for c in one.match.candidates]
        for label, score in spread:
            key = OUTSIDE if is_outside(label) else label
            shares[key] = shares.get(key, 0.0) + score / len(opinions)
    return shares


def _sureness(opinions: Sequence[Judged]) -> float:
    """How sure the places of some opinions are, between 0 and 1."""
    return sum(max(places_of([one]).values(), default=0.0) for one in opinions) / len(opinions)


def _suggestion(group: _Group, needs: Sequence[Need], measures: Sequence[MeasureText]) -> Suggestion | None:
    words = tokenize(group.title.text)
    shares = places_of(group.opinions)
    inside = {place: share for place, share in shares.items() if place not in (OUTSIDE, NO_PLACE)}
    firsts = Counter(place_of(one) for one in group.opinions if not is_outside(place_of(one)))
    near = [measure.similarity(words) for measure in measures]
    best = int(np.argmax(near))
    main = max(inside, key=lambda place: (inside[place], place), default="")
    spread = max(inside.values(), default=0.0)
    if shares.get(OUTSIDE, 0.0) >= _OUTSIDE or (
        len(group.opinions) >= _MANY and _sureness(group.opinions) < _UNSURE and near[best] < _FAR
    ):
        division = NEW
    elif len(firsts) > 1 and spread <= _ONE_MEASURE:
        division = ACROSS
    else:
        division = MORE
        best = next((k for k, one in enumerate(measures) if one.measure.label == main), best)
    if division == MORE and measures[best].said.share(words) >= _PROMISED:
        return None
    if division == ACROSS and max(one.said.share(words) for one in measures) >= _PROMISED:
        return None
    given = (one.labelling.themes for one in group.opinions if one.labelling.verdict == GIVEN)
    themes = Counter(theme for some in given for theme in some)
    departments = tuple(dict.fromkeys(name for one in group.opinions for name in one.opinion.item.departments))
    voices = len({one.opinion.same_id for one in group.opinions})
    nearest = measures[best]
    asked = tokenize(needs[group.rows[0]].clause)
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
    group: _Group,
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


def _telling_rows(group: _Group, needs: Sequence[Need]) -> list[int]:
    """One need of each opinion, in the group's order: the first that has a title, else the first."""
    rows: dict[str, int] = {}
    for row in group.rows:
        key = needs[row].one.opinion.id
        if key not in rows or (needs[rows[key]].title is None and needs[row].title is not None):
            rows[key] = row
    return list(rows.values())


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
