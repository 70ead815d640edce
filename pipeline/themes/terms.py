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
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.language.tokenize import Word, tokenize

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
            run = tuple(word.key for word in tokenize(alternative))
            if not run:
                raise ValueError(f"「{text}」に空の語があります")
            keys.append(run)
        slots.append(Slot(tuple(keys), gap))
        if joint:
            gap = FAR if "…" in joint.group() else NEAR
            start = joint.end()
    return tuple(slots)


class Matcher:
    """Finds many expressions in a text at once.

    Parameters
    ----------
    expressions : sequence of tuple of Slot
        As read by :func:`parse_expression`; an expression is known by its position here.
    """

    def __init__(self, expressions: Sequence[tuple[Slot, ...]]) -> None:
        # by the first key of an alternative of the first slot, and then by one of the second
        # slot: most expressions are ruled out by what the text does not have
        self._single: dict[str, list[_Start]] = defaultdict(list)
        self._several: dict[str, dict[str, list[_Start]]] = defaultdict(lambda: defaultdict(list))
        for number, (first, *rest) in enumerate(expressions):
            for run in first.keys:
                start = _Start(number, run, tuple(rest))
                if not rest:
                    self._single[run[0]].append(start)
                for second in {other[0] for other in rest[0].keys} if rest else ():
                    self._several[run[0]][second].append(start)
        self._first_keys = frozenset(self._single) | frozenset(self._several)

    def find(self, words: Sequence[Word]) -> list[tuple[int, Match]]:
        """List ``(expression number, match)`` for every place where an expression stands."""
        found: list[tuple[int, Match]] = []
        keys = [word.key for word in words]
        present = frozenset(keys)
        possible = {key: self._possible(key, present) for key in present & self._first_keys}
        for position, key in enumerate(keys):
            for start in possible.get(key, ()):
                end = position + len(start.run)
                if len(start.run) > 1 and tuple(keys[position:end]) != start.run:
                    continue
                match = _follow(keys, range(position, end), start.rest)
                if match is not None:
                    found.append((start.number, match))
        return found

    def _possible(self, key: str, present: frozenset[str]) -> list[_Start]:
        """The expressions that begin with ``key`` and whose second word, if any, is in the text."""
        starts = list(self._single.get(key, ()))
        by_second = self._several.get(key)
        if by_second:
            several = [start for second in by_second.keys() & present for start in by_second[second]]
            starts += {id(start): start for start in several}.values()
        return starts


@dataclass(frozen=True, slots=True)
class _Start:
    """One way an expression may begin, and what must follow."""

    number: int
    run: tuple[str, ...]
    rest: tuple[Slot, ...]


def _follow(keys: Sequence[str], first: range, slots: Sequence[Slot]) -> Match | None:
    """Find the remaining slots, each at its first fitting place; None if one is missing."""
    match = [first]
    for slot in slots:
        piece = _first_run(keys, match[-1].stop, slot)
        if piece is None:
            return None
        match.append(piece)
    return tuple(match)


def _first_run(keys: Sequence[str], position: int, slot: Slot) -> range | None:
    for start in range(position, min(position + slot.gap + 1, len(keys))):
        for run in slot.keys:
            if keys[start] == run[0] and (len(run) == 1 or tuple(keys[start : start + len(run)]) == run):
                return range(start, start + len(run))
        if keys[start] in _SENTENCE_END:
            return None
    return None


def surfaces(words: Sequence[Word], match: Match) -> str:
    """Show the matched words as they stand in the text, with … where others stand between."""
    shown = ""
    end = match[0].start
    for piece in match:
        shown += "…" if piece.start > end else ""
        shown += "".join(words[position].surface for position in piece)
        end = piece.stop
    return shown
