"""In what order opinions come to a reviewer, and which.

One card stands for each group of the same meaning (同趣旨); a group can be taken apart, and one
whose opinions were decided differently comes apart by itself. The order follows from the results
and from what was decided alone: two machines make the same queue.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from pipeline.deliver.results import Results
from pipeline.language.normalize import normalize
from pipeline.plan.places import place_of
from pipeline.records import NONE_APPLIES, UNDECIDED, Decision, Judged
from pipeline.review.card import Card

DOUBTFUL = "疑わしい順"
IN_ORDER = "順番どおり"
BLIND = "盲検"
DIFFERING = "くい違い"
MODES = (DOUBTFUL, IN_ORDER, BLIND, DIFFERING)

MINE_OPEN = "自分が未確認"
OPEN = "未確認"
REVIEWED = "確認ずみ"
STATES = (MINE_OPEN, OPEN, REVIEWED)

BLIND_SIZE = 30
_EDGE = 1e-6
_WINDOW = 24
_SPREAD = 2000  # cards that are spread; nobody gets beyond them in one sitting
_RECENCY = (4.0, 2.0, 1.0)  # what a trait shared with the last card costs, with the one before …
_DOUBT = 0.25  # what it costs to pass over one more doubtful card

Decisions = Mapping[str, Decision]


@dataclass(frozen=True, slots=True)
class Filters:
    """What is to be reviewed; an empty field takes everything.

    Attributes
    ----------
    theme : str
        A theme that was given, is the best guess, or is in doubt; or 該当なし.
    department : str
    measure : str
        Where the opinion counts in the plan: a measure's label, 計画外 …
    verdict : str
        判定.
    state : str
        確認: one of :data:`STATES`.
    text : str
        Stands in the opinion, its note or its place; width and spelling do not count.
    """

    theme: str = ""
    department: str = ""
    measure: str = ""
    verdict: str = ""
    state: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What was decided so far, as the queue sees it.

    Attributes
    ----------
    own : mapping of str to Decision
        The reviewer's own, by opinion.
    all : mapping of str to Decision
        The standing ones of everybody.
    differing : mapping of str to sequence of Decision
        What each reviewer decided, by opinion, where they differ.
    """

    own: Decisions
    all: Decisions
    differing: Mapping[str, Sequence[Decision]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Queue:
    """Cards in the order in which they come.

    Attributes
    ----------
    cards : tuple of Card
    left_out : int
        How many cards of a blind sample were left out, because the reviewer has decided on them with
        the suggestion in view.
    """

    cards: tuple[Card, ...]
    left_out: int = 0


def build_queue(
    results: Results,
    known: Known,
    mode: str = DOUBTFUL,
    filters: Filters | None = None,
    *,
    size: int = BLIND_SIZE,
    apart: Collection[str] = (),
) -> Queue:
    """Put the cards in order.

    Parameters
    ----------
    results : Results
    known : Known
    mode : str
        One of :data:`MODES`. A blind sample is drawn of everything: filters would make it another.
    filters : Filters, optional
    size : int
        Of the blind sample, in cards. A larger sample holds the smaller one.
    apart : collection of str
        同趣旨ID of groups that the reviewer took apart.
    """
    filters = filters or Filters()
    if mode == BLIND:
        return _blind(results, known, size)
    if mode == DIFFERING:
        anybody = replace(filters, state="")  # they are all decided on
        return Queue(tuple(card for card in _differing(results.judged, known) if _takes(anybody, card, known)))
    cards = [card for card in _cards(results.judged, known, apart) if _takes(filters, card, known)]
    if mode == IN_ORDER:
        return Queue(tuple(cards))
    ordered = _most_doubtful(results, cards)
    undecided = [card for card in ordered if card.first.labelling.verdict == UNDECIDED]
    return Queue((*_spread(undecided, results), *_spread(ordered[len(undecided) :], results)))


def _cards(judged: Sequence[Judged], known: Known, apart: Collection[str]) -> list[Card]:
    """One for each group, where its first voice stands; of groups taken apart one for each voice."""
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        groups.setdefault(one.opinion.same_id, []).append(one)
    cards = []
    for name, members in groups.items():
        if name in apart or _decided_apart(members, known.own):
            cards += [Card((one,)) for one in members]
        else:
            cards.append(Card(tuple(members)))
    places = {one.opinion.id: place for place, one in enumerate(judged)}
    return sorted(cards, key=lambda card: places[card.key])


def _differing(judged: Sequence[Judged], known: Known) -> list[Card]:
    """One card for the opinions of a group on which the reviewers differ in the same way."""
    groups: dict[tuple[object, ...], list[Judged]] = {}
    for one in judged:
        if one.opinion.id in known.differing:
            decided = [(each.reviewer, _content(each)) for each in known.differing[one.opinion.id]]
            groups.setdefault((one.opinion.same_id, *decided), []).append(one)
    return [Card(tuple(members)) for members in groups.values()]


def _content(decision: Decision) -> tuple[object, ...]:
    return frozenset(decision.themes), decision.kind, decision.measure, decision.note


def _decided_apart(members: Sequence[Judged], own: Decisions) -> bool:
    decided = [own.get(one.opinion.id) for one in members]
    return len({_content(one) if one else None for one in decided}) > 1


def is_decided(card: Card, decisions: Decisions) -> bool:
    """Whether all its opinions are decided on."""
    return all(name in decisions for name in card.ids)


def _takes(filters: Filters, card: Card, known: Known) -> bool:
    one = card.first
    labelling = one.labelling
    doubted = {score.theme for score in labelling.scores if score.applies is None}
    themes = {NONE_APPLIES} if labelling.verdict == NONE_APPLIES else {*labelling.themes, *doubted}
    if filters.theme and filters.theme not in themes:
        return False
    if filters.department and not any(filters.department in member.opinion.item.departments for member in card.members):
        return False
    if filters.measure and not any(place_of(member) == filters.measure for member in card.members):
        return False
    if filters.verdict and labelling.verdict != filters.verdict:
        return False
    if filters.text and not any(_says(member, filters.text, known) for member in card.members):
        return False
    if filters.state == MINE_OPEN:
        return not is_decided(card, known.own)
    if filters.state == OPEN:
        return not is_decided(card, known.all)
    return filters.state != REVIEWED or is_decided(card, known.all)


def _says(one: Judged, wanted: str, known: Known) -> bool:
    decision = known.all.get(one.opinion.id)
    item = one.opinion.item
    said = (item.text, item.remark, item.place.within, item.number, one.opinion.id, decision.note if decision else "")
    return normalize(wanted).casefold() in normalize("\n".join(said)).casefold()


def _blind(results: Results, known: Known, size: int) -> Queue:
    """Draw by a hash of the round and the group: everybody draws the same, and more is more of the same."""
    cards = [Card(card.members, blind=True) for card in _cards(results.judged, Known({}, {}), ())]
    drawn = sorted(cards, key=lambda card: _lot(results.round, card.first.opinion.same_id))[:size]
    unseen = [card for card in drawn if not any(name in known.own and not known.own[name].blind for name in card.ids)]
    return Queue(tuple(unseen), len(drawn) - len(unseen))


def _lot(round_name: str, same_id: str) -> str:
    return hashlib.sha256(f"{round_name}\x1f{same_id}".encode("utf-8", "surrogatepass")).hexdigest()


def _most_doubtful(results: Results, cards: Iterable[Card]) -> list[Card]:
    """保留 first, then by how near any probability is to where the theme would be given."""
    borders = _borders(results)
    return sorted(cards, key=lambda card: (card.first.labelling.verdict != UNDECIDED, _distance(card.first, borders)))


def _borders(results: Results) -> dict[str, float]:
    """For each theme the log-odds at which it begins to be given: between the highest without and the lowest with it.

    Themes that were given although a higher score was not (no word spoke for that one) have no clean
    border; the middle of the two is taken all the same. Where nothing was given, even odds.
    """
    borders = {}
    for column, theme in enumerate(results.themes):
        given: list[float] = []
        other: list[float] = []
        for one in results.judged:
            side = given if theme in one.labelling.themes else other
            side.append(_log_odds(one.labelling.scores[column].probability))
        borders[theme] = (min(given) + max(other)) / 2 if given and other else 0.0
    return borders


def _distance(one: Judged, borders: Mapping[str, float]) -> float:
    return min(
        (abs(_log_odds(score.probability) - borders.get(score.theme, 0.0)) for score in one.labelling.scores),
        default=math.inf,
    )


def _log_odds(p: float) -> float:
    clipped = min(max(p, _EDGE), 1 - _EDGE)
    return math.log(clipped / (1 - clipped))


def _spread(cards: Sequence[Card], results: Results) -> list[Card]:
    """Let neighbours differ: of the next few, one that shares little with the last few comes next.

    The diversity is that of maximal marginal relevance (Carbonell & Goldstein 1998), over measure, topic
    and theme. The most doubtful one that waits is passed over as often as the window is wide, and no more.
    """
    topics = {name: topic.id for topic in reversed(results.topics) if not topic.parent for name in topic.opinion_ids}
    traits = {card.key: _traits(card.first, topics) for card in cards[:_SPREAD]}
    waiting = iter(cards[:_SPREAD])
    window = list(islice(waiting, _WINDOW))
    passed = 0
    spread: list[Card] = []
    while window:
        recent = [traits[card.key] for card in reversed(spread[-len(_RECENCY) :])]
        costs = [
            place * _DOUBT
            + sum(weight * len(traits[card.key] & other) for weight, other in zip(_RECENCY, recent, strict=False))
            for place, card in enumerate(window)
        ]
        chosen = 0 if passed >= _WINDOW else costs.index(min(costs))
        passed = passed + 1 if chosen else 0
        spread.append(window.pop(chosen))
        window.extend(islice(waiting, 1))
    return [*spread, *cards[_SPREAD:]]


def _traits(one: Judged, topics: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    themes = [score.theme for score in one.labelling.scores if score.applies is None] or one.labelling.themes
    named = [("施策", place_of(one)), *(("テーマ", theme) for theme in themes)]
    if one.opinion.id in topics:
        named.append(("話題", topics[one.opinion.id]))
    return frozenset(named)
