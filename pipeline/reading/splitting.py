"""Several opinions in one comment: cut it between them, and change no character.

A comment is read as units: sentences, and lines that stand for one. Between units it is cut

1. at the items of a list (（１）（２）, 第一に 第二に, ■, 【…】) when the list is one of opinions and not
   one of reasons, steps or details;
2. elsewhere when something was asked, something else is asked further on, and the sentence between
   them starts anew: 「次に、…」, a new paragraph, or a sentence that shares no noun with what was said.

To cut too much is worse than to cut too little: a comment that stays whole is still read by someone.
The words looked for are data (``corpus/splitting.toml``).
"""

from __future__ import annotations

import functools
import itertools
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from pipeline.language.tokenize import Word, tokenize
from pipeline.reading.splitting_units import TAIL, TRAILING, Unit, closes, read_units
from pipeline.reading.splitting_words import SplittingWords, read_splitting_words

# Two sentences or two lines at least; all others stay whole without another look.
_SEVERAL = re.compile(r"[。｡！？!?．\r\n][^。｡！？!?．」』）)\r\n]|[ぁ-ん][ 　・･●■◆①-⑳（(]")

_PREDICATE = re.compile(r"[いるたうだすかねよんくむぶつぐ]$")
_HIRAGANA = re.compile(r"[ぁ-ん]")
_LISTS = 30  # a comment with more lists than that is none
_DEPTH = 3  # lists within lists
_NOUNS = 3  # a sentence with fewer may be about anything
_SHARED = 2  # nouns that a comment may use before and after a turn without a word of turning


def split(text: str) -> tuple[str, ...]:
    """Cut a comment between its opinions.

    Parameters
    ----------
    text : str
        A comment as it was written, lines and all.

    Returns
    -------
    tuple of str
        The parts in their order; joined they are the text. No part is blank unless the text is.
        Greetings and headings stay with the opinion they lead to, closings with the last one.

    >>> split("１．街灯を増やしてほしい。２．バスを増やしてほしい。")
    ('１．街灯を増やしてほしい。', '２．バスを増やしてほしい。')
    >>> split("１０年前から言っています。街灯を増やしてください。")
    ('１０年前から言っています。街灯を増やしてください。',)
    """
    if not _SEVERAL.search(text.rstrip()):
        return (text,)
    words = read_splitting_words()
    units = read_units(text, words)
    if len(units) < 2:
        return (text,)
    cuts = sorted(set(_Cutter(units, words).cuts()))
    places = [0, *(units[cut].start for cut in cuts), len(text)]
    return tuple(text[start:end] for start, end in itertools.pairwise(places))


class _Cutter:
    """Finds before which units a comment is cut."""

    def __init__(self, units: list[Unit], words: SplittingWords) -> None:
        self.units = units
        self.words = words
        self.start = 0  # of the part that is being read

    def cuts(self) -> list[int]:
        """Numbers of the units that start a part, without the first."""
        return self._region(0, len(self.units), 0)

    def _region(self, low: int, high: int, depth: int) -> list[int]:
        """Cut at the outermost list of opinions; where there is none, as prose.

        Within an item only further lists are looked for: its sentences belong together.
        """
        if depth == _DEPTH:
            return []
        locked: set[int] = set()
        for run in self._runs(low, high)[:_LISTS]:
            if run[0] in locked:
                continue
            starts = self._list_starts(run, low, high, inner=depth > 0)
            if starts:
                return self._at_items(starts, low, high, depth)
            locked.update(range(run[0], run[-1] + 1))
        return [] if depth else self._prose(low, high, locked)

    def _at_items(self, starts: list[int], low: int, high: int, depth: int) -> list[int]:
        cuts = starts[1:]
        if self._stands_alone(low, starts[0]):
            cuts += [starts[0], *self._prose(low, starts[0], set())]
        for start, end in zip(starts, [*starts[1:], high], strict=True):
            cuts += self._region(start, end, depth + 1)
        return cuts + self._after_list(starts[-1], high)

    def _stands_alone(self, low: int, first: int) -> bool:
        """Whether what stands before a list is an opinion of its own."""
        lead = self.units[low:first]
        if not lead or self.units[first].gap < 2 or not lead[-1].asks:
            return False
        announced = self.words.announces.search(lead[-1].body.rstrip(TRAILING))
        return not announced and sum(len(unit.body) for unit in lead) >= 60

    def _after_list(self, last: int, high: int) -> list[int]:
        """A paragraph that follows the list and asks for something else: 「最後に、…してください。」."""
        for i in range(last + 1, high):
            unit = self.units[i]
            if unit.gap and unit.mark is None and self._turns(i):
                return [i] if any(unit.asks for unit in self.units[i:high]) else []
        return []

    # lists

    def _runs(self, low: int, high: int) -> list[list[int]]:
        """Lists of the same mark, numbered 1, 2, 3 where they are numbered; the outermost first."""
        runs: list[list[int]] = []
        last: dict[str, tuple[list[int], int | None]] = {}
        for i in range(low, high):
            mark = self.units[i].mark
            if mark is None:
                continue
            style, number = mark
            run, before = last.get(style, ([], 0))
            # one number may be missing: 1, 2, 4
            if not run or (number is not None and before is not None and not before < number <= before + 2):
                run = []
                runs.append(run)
            run.append(i)
            last[style] = (run, number)
        return sorted(run for run in runs if len(run) > 1 and self._begins(run[0]))

    def _begins(self, first: int) -> bool:
        """Whether a list may begin here: with a bullet, with 1 or 2, or (a list goes on) at the start of a line."""
        mark = self.units[first].mark
        return mark is None or mark[1] is None or mark[1] <= 2 or self.units[first].gap > 0

    def _list_starts(self, run: list[int], low: int, high: int, *, inner: bool) -> list[int]:
        """The items at which opinions start; none for a list of reasons, steps or details."""
        units = self.units
        starts = self._opening_items(run)
        if len(starts) < 2:
            return []
        end = self._list_end(run, high)
        items = [units[a:b] for a, b in zip(starts, [*starts[1:], end], strict=True)]
        lead = units[low : run[0]]
        asked_before = any(unit.asks for unit in lead)
        if lead and self._lists_details(lead[-1], items, asked_before):
            return []
        asking = sum(self._item_asks(item) for item in items)
        if asking == len(items) or (not inner and asking >= 2 and 2 * asking >= len(items)):
            return starts
        asked_after = any(unit.asks and self.words.concludes.match(unit.body) for unit in units[run[-1] : high])
        if inner or asked_before or asked_after:
            return []
        return starts if all(self._item_tells(item) for item in items) else []

    def _opening_items(self, run: list[int]) -> list[int]:
        """Leave out the headings within one opinion: 【理由】 of 【意見】【理由】, 現状 and 課題 before お願い."""
        inner = [i for i in run if self.words.inner.match(self.units[i].head)]
        outer = [i for i in run if not self.words.inner.match(self.units[i].head)]
        if not inner:
            return run
        if len(outer) > 1:
            return outer
        counts = Counter(self.units[i].head for i in inner)
        first = next((i for i in inner if counts[self.units[i].head] > 1), None)
        return [] if first is None else [i for i in inner if self.units[i].head == self.units[first].head]

    def _list_end(self, run: list[int], high: int) -> int:
        """Where the last item ends: at an empty line, unless there are such lines within the items too."""
        units = self.units
        if any(units[i].gap == 2 and units[i].mark is None for i in range(run[0], run[-1])):
            return high
        return next((i for i in range(run[-1] + 1, high) if units[i].gap == 2), high)

    def _lists_details(self, lead: Unit, items: Sequence[Sequence[Unit]], asked: bool) -> bool:
        """Whether the sentence before a list says that reasons or details follow."""
        tail = lead.body.rstrip(TRAILING)[-TAIL:]
        if self.words.lists_inner.search(tail) and not self.words.lists_opinions.search(tail):
            return True
        short = all(len(item) == 1 and len(item[0].body) <= 30 for item in items)
        return short and bool(self.words.announces.search(tail)) and (asked or not any(item[0].asks for item in items))

    def _item_asks(self, item: Sequence[Unit]) -> bool:
        if any(unit.asks for unit in item):
            return True
        return bool(self.words.item_ask.search(item[-1].body.rstrip(TRAILING)[-TAIL:]))

    def _item_tells(self, item: Sequence[Unit]) -> bool:
        return any(_PREDICATE.search(unit.body.rstrip(TRAILING)[-TAIL:]) for unit in item)

    # prose

    def _prose(self, low: int, high: int, locked: set[int]) -> list[int]:
        """Cut where something was asked, something else is asked further on, and a unit starts anew."""
        cuts = []
        self.start = low
        asked = False
        for i in range(low, high):
            if asked and i not in locked and self._ask_after[i] < high and self._starts_anew(i, high):
                cuts.append(i)
                self.start, asked = i, False
            asked = asked or self.units[i].asks
        return cuts

    def _starts_anew(self, i: int, high: int) -> bool:
        before, unit = self.units[i - 1], self.units[i]
        if not (before.stopped or before.asks) or closes(unit.body, self.words):
            return False
        if self._turns(i):
            return self._asked_until_turn(i, high)
        if not (before.asks or unit.gap) or (not before.stopped and _HIRAGANA.match(unit.body)):
            return False
        added = self.words.adds.match(unit.body)
        if self.words.continues.match(unit.body, added.end() if added else 0):
            return False
        if added:
            return before.asks and self._asked_until_turn(i, high)
        if unit.gap:
            return self._new_paragraph(i, high)
        led_on = any(unit.gap for unit in self.units[i + 1 : self._ask_after[i] + 1])
        return not led_on and self._new_sentence(i)

    def _new_paragraph(self, i: int, high: int) -> bool:
        """Whether a line, or the lines up to the next empty one, ask for something else than those before."""
        units = self.units
        gap = units[i].gap
        begin = next((k for k in range(i - 1, self.start, -1) if units[k].gap >= gap), self.start)
        end = next((k for k in range(i + 1, high) if units[k].gap >= gap), high)
        if self._ask_after[i] >= end or (gap == 1 and self._ask_after[begin] >= i):
            return False
        if begin == i - 1 == self.start and self._takes_stand(i - 1):
            return False
        both_ask = units[i - 1].asks and units[end - 1].asks
        if gap == 1 and i - begin == 1 and end - i == 1:  # a line for each sentence: the lines say nothing
            return self._is_new(i) if both_ask else self._new_sentence(i)
        return both_ask or self._is_new(i)

    def _new_sentence(self, i: int) -> bool:
        if self._takes_stand(i - 1) or self.words.blurs.match(self.units[i].body):
            return False
        return len(self._nouns[i]) >= _NOUNS and self._is_new(i)

    def _takes_stand(self, i: int) -> bool:
        """Whether a sentence only takes a stand, after which the reasons come: 「廃止に反対します。」."""
        return bool(self.words.stand.search(self.units[i].body.rstrip(TRAILING)[-TAIL:]))

    def _turns(self, i: int) -> bool:
        """Whether a unit says that it turns to something else."""
        unit, words = self.units[i], self.words
        if words.shift.match(unit.body) or words.place.match(unit.body):
            return True
        return unit.gap > 0 and bool(words.topic_line.match(unit.body))

    def _asked_until_turn(self, i: int, high: int) -> bool:
        """Whether something is asked before the text turns again."""
        for k in range(i, high):
            if k > i and self._turns(k):
                return False
            if self.units[k].asks:
                return True
        return False

    def _is_new(self, i: int) -> bool:
        """Whether a unit is about something else, and the ask it leads to does not press for the same."""
        if self.words.presses.match(self.units[self._ask_after[i]].body):
            return False
        nouns = self._nouns[i]
        telling = frozenset(noun.key for noun in nouns if self._tells_topics(noun))
        if not telling or self._shared[i] > _SHARED:
            return False
        return all(self._last_before(noun, i) < self.start for noun in telling)

    def _tells_topics(self, noun: Word) -> bool:
        return noun.is_content and noun.key not in self.words.common

    def _last_before(self, noun: str, i: int) -> int:
        places = self._places[noun]
        at = bisect_left(places, i)
        return places[at - 1] if at else -1

    @functools.cached_property
    def _ask_after(self) -> list[int]:
        """The first unit from each on that asks."""
        found = [len(self.units)] * len(self.units)
        at = len(self.units)
        for i in reversed(range(len(self.units))):
            at = i if self.units[i].asks else at
            found[i] = at
        return found

    @functools.cached_property
    def _nouns(self) -> list[list[Word]]:
        return [[word for word in tokenize(unit.body) if word.pos == "名詞"] for unit in self.units]

    @functools.cached_property
    def _places(self) -> dict[str, list[int]]:
        """The units in which each noun stands, without the nouns that all topics share."""
        places: dict[str, list[int]] = {}
        for i, nouns in enumerate(self._nouns):
            for key in {noun.key for noun in nouns if self._tells_topics(noun)}:
                places.setdefault(key, []).append(i)
        return places

    @functools.cached_property
    def _shared(self) -> list[int]:
        """How many nouns stand both before each unit and from it on."""
        change = [0] * (len(self.units) + 1)
        for places in self._places.values():
            change[places[0] + 1] += 1
            change[places[-1] + 1] -= 1
        return list(itertools.accumulate(change))
