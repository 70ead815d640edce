"""One reviewer at work: a queue, a place in it, and decisions that are on disk before they count.

A plain object without any front end: the notebook's card and the tests drive it alike.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.deliver.results import Results
from pipeline.errors import IkenError
from pipeline.identity import text_hash
from pipeline.records import OUTSIDE, UNDECIDED, Decision
from pipeline.review.card import Card, Json, card_json
from pipeline.review.decisions import DecisionStore, now
from pipeline.review.differing import differing
from pipeline.review.queue import (
    BLIND_SIZE,
    DIFFERING,
    DOUBTFUL,
    MINE_OPEN,
    MODES,
    STATES,
    Filters,
    Known,
    Queue,
    build_queue,
    is_decided,
)
from pipeline.review.suggested import suggested_of
from pipeline.review.voices import of_now
from pipeline.themes.kinds import KINDS


@dataclass(frozen=True, slots=True)
class Choice:
    """What the reviewer chose on a card.

    Attributes
    ----------
    themes : tuple of str
        Empty: none applies.
    kind : str
    measure : str
        Empty where nothing is said of it.
    note : str
    """

    themes: tuple[str, ...]
    kind: str
    measure: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the review is.

    Attributes
    ----------
    cards, decided : int
        Of the queue.
    opinions, reviewed : int
        Of the whole round; reviewed by anybody.
    doubtful : int
        Opinions under 保留 that nobody reviewed yet.
    """

    cards: int
    decided: int
    opinions: int
    reviewed: int
    doubtful: int


class ReviewSession:
    """A reviewer's session on the results of one folder.

    Parameters
    ----------
    results : Results
        As the program judged, without decisions applied.
    store : DecisionStore
    reviewer : str
    clock : callable, optional
        Gives the time of a decision.

    Attributes
    ----------
    mode : str
    filters : Filters
    size : int
        Of the blind sample.
    queue : Queue
    position : int
        Of the card that is shown, from 0; the number of cards once the end is reached.

    Raises
    ------
    IkenError
        When there is no reviewer's name.
    """

    def __init__(
        self, results: Results, store: DecisionStore, reviewer: str, *, clock: Callable[[], str] = now
    ) -> None:
        name = reviewer_name(reviewer)
        if not name:
            raise IkenError("確認者の名前がありません", remedy="確認者の名前を入れてください")
        self.results = results
        self.store = store
        self.reviewer = name
        self.mode = DOUBTFUL
        self.filters = Filters(state=MINE_OPEN)
        self.size = BLIND_SIZE
        self.queue = Queue(())
        self.position = 0
        self._clock = clock
        self._apart: set[str] = set()
        self._acts: list[tuple[tuple[str, ...], bool]] = []  # what undo takes back: opinions, and whether settled
        self._ids = frozenset(one.opinion.id for one in results.judged)
        self._doubtful = frozenset(one.opinion.id for one in results.judged if one.labelling.verdict == UNDECIDED)
        self._measures = _measures(results)
        self._differing: dict[str, Sequence[Decision]] = {}
        self.choose()

    def choose(self, mode: str = "", filters: Filters | None = None, size: int = 0) -> None:
        """Make the queue anew and go to its first open card; what is not given stays.

        Raises
        ------
        IkenError
            When there is no such mode or state.
        """
        if mode and mode not in MODES:
            raise IkenError(f"「{mode}」という順番はありません", remedy=f"{'・'.join(MODES)} から選んでください")
        if filters and filters.state and filters.state not in STATES:
            raise IkenError(
                f"「{filters.state}」という確認はありません", remedy=f"{'・'.join(STATES)} から選んでください"
            )
        self.mode = mode or self.mode
        self.filters = filters or self.filters
        self.size = size if size > 0 else self.size
        self._look()
        known = Known(self._own, self._standing, self._differing)
        self._lay_out(
            build_queue(self.results, known, self.mode, self.filters, size=self.size, apart=frozenset(self._apart))
        )
        open_places = (place for place, card in enumerate(self.queue.cards) if card.key not in self._decided)
        self.position = next(open_places, len(self.queue.cards))

    def card(self, position: int) -> Json:
        """What the front end shows at a place of the queue."""
        card = self.queue.cards[position]
        if self.mode == DIFFERING:
            return card_json(card, self._settled.get(card.key), self._differing.get(card.key, ()))
        return card_json(card, self._own.get(card.key))

    def decide(self, key: str, choice: Choice) -> None:
        """Decide on a card; the decision is on disk when this returns, and counts for all its opinions.

        Raises
        ------
        IkenError
            When the choice names what does not exist, or could not be written: then nothing was.
        """
        card = self._find(key)
        self._check(choice)
        time = self._clock()
        decisions = [
            Decision(
                opinion_id=one.opinion.id,
                text_hash=text_hash(one.opinion.text),
                themes=tuple(theme for theme in self.results.themes if theme in choice.themes),
                kind=choice.kind,
                measure=choice.measure,
                reviewer=self.reviewer,
                time=time,
                model=self.results.made_with.model_digest,
                blind=card.blind,
                suggested=suggested_of(one),
                note=choice.note.strip(),
            )
            for one in card.members
        ]
        settles = self.mode == DIFFERING
        (self.store.settle if settles else self.store.record)(decisions)
        self._acts.append((card.ids, settles))
        made = {one.opinion_id: one for one in decisions}
        (self._settled if settles else self._own).update(made)
        self._standing.update(made)
        self._decided.add(card.key)

    def undo(self) -> str:
        """Take back the last decision: of this session, else the reviewer's latest.

        Returns
        -------
        str
            The first opinion that is open again; the session goes there, unless the filters leave it out.
            Empty when there is nothing to take back.
        """
        ids, settled = self._acts[-1] if self._acts else (self._latest(), False)
        if not ids:
            return ""
        (self.store.unsettle if settled else self.store.undo)(ids, self.reviewer, self._clock())
        if self._acts:
            self._acts.pop()
        shown = self._differing
        self._look()
        self._differing = shown | self._differing  # what was settled here stays to be seen
        self._lay_out(self.queue)
        if not self._go_to(ids):
            self.choose()
            self._go_to(ids)
        return ids[0]

    def take_apart(self, key: str) -> int:
        """Make single cards of a group, in its place; how many there are now."""
        card = self._find(key)
        if len(card.members) > 1:
            self._apart.add(card.first.opinion.same_id)
            place = self._places[key]
            singles = tuple(Card((one,), card.blind) for one in card.members)
            cards = self.queue.cards
            self._lay_out(Queue((*cards[:place], *singles, *cards[place + 1 :]), self.queue.left_out))
        return len(card.members)

    def move(self, position: int) -> None:
        """Go to a place of the queue; beyond the ends is the end."""
        self.position = min(max(position, 0), len(self.queue.cards))

    def progress(self) -> Progress:
        """How far the review is."""
        return Progress(
            cards=len(self.queue.cards),
            decided=len(self._decided),
            opinions=len(self._ids),
            reviewed=len(self._ids & self._standing.keys()),
            doubtful=len(self._doubtful - self._standing.keys()),
        )

    def measures(self) -> tuple[str, ...]:
        """Where an opinion can be put: every measure of the plan, every place outside it that the source names."""
        return self._measures

    def _go_to(self, ids: Sequence[str]) -> bool:
        places = (place for place, card in enumerate(self.queue.cards) if not set(card.ids).isdisjoint(ids))
        place = next(places, None)
        if place is not None:
            self.position = place
        return place is not None

    def _look(self) -> None:
        """Read what was decided, by others too."""
        history = of_now(self.store.history(), self.results.judged)  # of the texts as they read now
        self._own = history.standing(self.reviewer)
        self._standing = history.standing()
        self._differing = differing(history)
        self._settled = {name: entry.decision for name, entry in history.settled().items() if entry.decision}

    def _lay_out(self, queue: Queue) -> None:
        self.queue = queue
        self._places = {card.key: place for place, card in enumerate(queue.cards)}
        decisions = self._settled if self.mode == DIFFERING else self._own
        self._decided = {card.key for card in queue.cards if is_decided(card, decisions)}

    def _latest(self) -> tuple[str, ...]:
        own = of_now(self.store.history(), self.results.judged).entries_by_reviewer().get(self.reviewer, {})
        if not own:
            return ()
        last = max(own.values(), key=lambda entry: entry.at)
        # a group was decided at one time
        return tuple(name for name, entry in own.items() if entry.time == last.time)

    def _find(self, key: str) -> Card:
        if key not in self._places:
            raise IkenError("この意見は今の並びにありません", place=key, remedy="並びを選び直してください")
        return self.queue.cards[self._places[key]]

    def _check(self, choice: Choice) -> None:
        unknown = [theme for theme in choice.themes if theme not in self.results.themes]
        if unknown:
            raise IkenError(f"「{unknown[0]}」というテーマはありません", remedy="テーマを選び直してください")
        if choice.kind not in KINDS:
            raise IkenError("種別が選ばれていません", remedy=f"{'・'.join(KINDS)} から選んでください")
        if choice.measure and choice.measure not in self._measures:
            raise IkenError(f"「{choice.measure}」という施策はありません", remedy="施策を選び直してください")


def reviewer_name(typed: str) -> str:
    """Give a reviewer's name as it is recorded: one person is not two by a full-width space or half-width kana.

    ``鈴木　花子`` and ``鈴木 花子``, ``ｽｽﾞｷ`` and ``スズキ`` are one; what cannot be printed is a space.
    """
    printable = "".join(char if char.isprintable() else " " for char in unicodedata.normalize("NFKC", typed))
    return " ".join(printable.split())


def _measures(results: Results) -> tuple[str, ...]:
    if not results.plan:
        return ()
    named = [measure.label for measure in results.plan.measures]
    filed = [one.opinion.item.filed_under for one in results.judged]
    return tuple(dict.fromkeys([*named, *(place for place in filed if place), OUTSIDE]))
