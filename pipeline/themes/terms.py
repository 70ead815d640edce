"""The small language in which codebooks are written, and how it is found in a text.

An expression is what a person would look for, written as words:

====================  ==================================================================
``世代交代``            the word, in any inflection and spelling (辞める finds 辞めて, 辞めず)
``役員 負担``           both, in this order and near each other (at most 3 words between)
``役員…負担``           both, in this order, within one sentence (at most 12 words between)
``役員|班長 負担|重い``  any of the first, then any of the second
====================  ==================================================================

``ない`` finds every way of saying no: 集まる ない finds 集まらない, 集まりません, 集まらず.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.language.batch import Batch, WordColumn
from pipeline.language.tokenize import Word, tokenize

Ints = NDArray[np.int64]

NEAR = 3
FAR = 12

_JOINT = re.compile(r"\s*…\s*|\s+")
_SENTENCE_END = frozenset("。!?！？")


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of an expression.

    Attributes
    ----------
    keys : tuple of tuple of str
        The alternatives, each a run of word keys that must stand side by side.
    gap : int
        How many words may stand between the slot before and this one; 0 for the first.
    """

    keys: tuple[tuple[str, ...], ...]
    gap: int


Match = tuple[range, ...]
"""Where an expression was found: the positions of its words, one range for each slot."""


@functools.cache
def parse_expression(text: str) -> tuple[Slot, ...]:
    """Read an expression.

    Raises
    ------
    ValueError
        When a slot or an alternative is empty; the message is in Japanese.
    """
    text = text.strip()
    slots: list[Slot] = []
    start = 0
    gap = 0
    for joint in [*_JOINT.finditer(text), None]:
        end = joint.start() if joint else len(text)
        keys = []
        for alternative in text[start:end].split("|"):
            run = _keys_of(alternative)
            if not run:
                raise ValueError(f"「{text}」に空の語があります")
            keys.append(run)
        slots.append(Slot(tuple(keys), gap))
        if joint:
            gap = FAR if "…" in joint.group() else NEAR
            start = joint.end()
    return tuple(slots)


@functools.cache
def _keys_of(alternative: str) -> tuple[str, ...]:
    # the same words stand in many expressions
    return tuple(word.key for word in tokenize(alternative))


class Matcher:
    """Finds many expressions in many texts at once.

    Most expressions are ruled out by arithmetic on the numbers of the words: one is looked at
    only where its first word stands and its second one follows near enough.

    Parameters
    ----------
    expressions : sequence of tuple of Slot
        As read by :func:`parse_expression`; an expression is known by its position here.
    """

    def __init__(self, expressions: Sequence[tuple[Slot, ...]]) -> None:
        known: dict[str, int] = {}

        def number(key: str) -> int:
            return known.setdefault(key, len(known) + 1)

        self._alone: dict[int, list[int]] = defaultdict(list)
        pairs: dict[int, _Pairs] = {reach: defaultdict(list) for reach in (1, NEAR + 1, FAR + 1)}
        for expression, (first, *rest) in enumerate(expressions):
            steps = tuple(_step(slot) for slot in rest)
            for run in first.keys:
                start = _Start(expression, run, steps)
                head = number(run[0]) << _BITS
                if len(run) > 1:
                    pairs[1][head | number(run[1])].append((start, ()))
                elif rest:
                    for second, runs in steps[0][1].items():
                        pairs[rest[0].gap + 1][head | number(second)].append((start, runs))
                else:
                    self._alone[number(run[0])].append(expression)
        self._number = WordColumn(lambda word: known.get(word.key, 0))
        self._is_end = WordColumn(lambda word: int(word.key in _SENTENCE_END))
        self._is_alone = _flags(np.array(list(self._alone), dtype=np.int64), len(known))
        self._tables = [_PairTable(found, len(known), reach) for reach, found in pairs.items() if found]

    def find(self, batch: Batch) -> list[list[tuple[int, Match]]]:
        """List for each text ``(expression number, match)`` for every place where an expression stands.

        The positions of a match count from the beginning of the batch.
        """
        found: list[list[tuple[int, Match]]] = [[] for _ in range(len(batch))]
        if not len(batch.numbers):
            return found
        numbers = self._number(batch)
        owner = batch.owner.tolist()  # one by one, a list is quicker than an array
        alone = np.flatnonzero(self._is_alone[numbers])
        for position, number in zip(alone.tolist(), numbers[alone].tolist(), strict=True):
            for expression in self._alone[number]:
                found[owner[position]].append((expression, (range(position, position + 1),)))
        keys = [word.key for word in batch.words]
        ends = self._limits(batch)
        limits = ends.tolist()
        for table in self._tables:
            done: set[tuple[int, int]] = set()
            for position, distance, start, runs in table.candidates(numbers, ends):
                if (position, id(start)) in done:
                    continue
                limit = limits[position]
                if runs:
                    second = _run_at(keys, limit, position + distance, runs)
                    if second is None:
                        continue
                    match: Match | None = (range(position, position + 1), second)
                    steps = start.rest[1:]
                else:
                    first = _run_at(keys, limit, position, (start.run,))
                    match = (first,) if first else None
                    steps = start.rest
                if match and steps:
                    match = _follow(keys, limit, match, steps)
                # a slot stands where it first fits, for better or worse
                done.add((position, id(start)))
                if match is not None:
                    found[owner[position]].append((start.number, match))
        return found

    def _limits(self, batch: Batch) -> Ints:
        """Where the sentence of each word ends: no expression reaches beyond."""
        marks = np.flatnonzero(self._is_end(batch)) + 1
        ends = np.union1d(marks, batch.ends)
        return ends[np.searchsorted(ends, np.arange(len(batch.numbers)), side="right")]


_BITS = 20
_Runs = Sequence[tuple[str, ...]]
_Pairs = dict[int, list[tuple["_Start", _Runs]]]
"""Expressions by the numbers of two of their words: the first one's, shifted, and the second one's,
each with the alternatives of the second slot that begin with it (none: both words are of the first slot)."""


class _PairTable:
    """Expressions by the numbers of two of their words, the second at most ``reach`` after the first."""

    def __init__(self, pairs: _Pairs, highest: int, reach: int) -> None:
        self._reach = reach
        self._codes = np.array(sorted(pairs), dtype=np.int64)
        self._is_first = _flags(self._codes >> _BITS, highest)
        self._is_second = _flags(self._codes & ((1 << _BITS) - 1), highest)
        self._starts = [pairs[code] for code in self._codes.tolist()]

    def candidates(self, numbers: Ints, limits: Ints) -> Iterator[tuple[int, int, _Start, _Runs]]:
        """Places where an expression may begin, with the distance to its second word, the near ones first."""
        firsts = np.flatnonzero(self._is_first[numbers])
        heads = numbers[firsts] << _BITS
        within = limits[firsts]
        for distance in range(1, self._reach + 1):
            inside = np.flatnonzero(firsts + distance < within)
            seconds = numbers[firsts[inside] + distance]
            inside = inside[self._is_second[seconds]]
            codes = heads[inside] | numbers[firsts[inside] + distance]
            rows = np.minimum(np.searchsorted(self._codes, codes), len(self._codes) - 1)
            hits = self._codes[rows] == codes
            for position, row in zip(firsts[inside[hits]].tolist(), rows[hits].tolist(), strict=True):
                for start, runs in self._starts[row]:
                    yield position, distance, start, runs


def _flags(numbers: Ints, highest: int) -> NDArray[np.bool_]:
    flags = np.zeros(highest + 1, dtype=bool)
    flags[numbers] = True
    return flags


_Step = tuple[int, dict[str, list[tuple[str, ...]]]]
"""A further slot: its gap, and its alternatives by their first key."""


def _step(slot: Slot) -> _Step:
    runs: dict[str, list[tuple[str, ...]]] = {}
    for run in slot.keys:
        runs.setdefault(run[0], []).append(run)
    return slot.gap, runs


@dataclass(frozen=True, slots=True)
class _Start:
    """One way an expression may begin, and what must follow."""

    number: int
    run: tuple[str, ...]
    rest: tuple[_Step, ...]


def _run_at(keys: Sequence[str], limit: int, position: int, runs: _Runs) -> range | None:
    """Find which of some runs that begin with the word at ``position`` stands there."""
    for run in runs:
        end = position + len(run)
        if len(run) == 1 or (end <= limit and tuple(keys[position:end]) == run):
            return range(position, end)
    return None


def _follow(keys: Sequence[str], limit: int, match: Match, steps: Sequence[_Step]) -> Match | None:
    """Find the remaining slots within the sentence, each where it first fits; None if one is missing."""
    for gap, runs in steps:
        start = match[-1].stop
        pieces = (
            _run_at(keys, limit, position, runs[keys[position]])
            for position in range(start, min(start + gap + 1, limit))
            if keys[position] in runs
        )
        piece = next((found for found in pieces if found), None)
        if piece is None:
            return None
        match = (*match, piece)
    return match


def surfaces(words: Sequence[Word], match: Match) -> str:
    """Show the matched words as they stand in the text, with … where others stand between.

    ``words`` are those in which the match was found: a batch's.
    """
    shown = ""
    end = match[0].start
    for piece in match:
        shown += "…" if piece.start > end else ""
        shown += "".join(words[position].surface for position in piece)
        end = piece.stop
    return shown
