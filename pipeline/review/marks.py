"""Where the words that decided stand in an opinion: the text in pieces, marked and unmarked.

The pieces put together are the text, letter for letter. Evidence speaks of the normalized text
(``ＮＰＯ`` was read as ``NPO``) and of whole words, so 「分」 is marked in 「三十分」 where it is a word
and never within 「部分」.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.language.tokenize import tokenize_normalized
from pipeline.privacy.aligned import Aligned, aligned
from pipeline.records import Evidence

GAP = "…"
_SENTENCE_END = re.compile(r"[。！？!?\n]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text.

    Attributes
    ----------
    text : str
    owners : tuple of str
        For which themes it speaks, the one it speaks loudest for first; empty: unmarked.
    """

    text: str
    owners: tuple[str, ...] = ()


def pieces(text: str, evidence: Mapping[str, Sequence[Evidence]]) -> tuple[Piece, ...]:
    """Cut a text at the words that decided.

    Parameters
    ----------
    text : str
        As written.
    evidence : mapping of str to sequence of Evidence
        By theme. Words that do not stand in the text (［参加のきっかけ］) are left out.

    Returns
    -------
    tuple of Piece
        In order; joined they are ``text``. Where marks overlap, the piece has several owners.

    >>> [(one.text, one.owners) for one in pieces("会費が高い。", {"資金": [Evidence("会費", 2.0, "会費")]})]
    [('会費', ('資金',)), ('が高い。', ())]
    """
    found = aligned(text)
    words = _word_spans(found.text)
    weights: dict[str, list[float]] = {theme: [0.0] * len(text) for theme in evidence}
    for theme, parts in evidence.items():
        for part in parts:
            for start, end in _places(part.words, found.text, words):
                first, last = _written(found, start, end)
                for place in range(first, last):
                    weights[theme][place] = max(weights[theme][place], part.weight)
    owners = [_owners(weights, place) for place in range(len(text))]
    return tuple(_runs(text, owners))


def _owners(weights: Mapping[str, Sequence[float]], place: int) -> tuple[str, ...]:
    speaking = [theme for theme in weights if weights[theme][place] > 0]
    return tuple(sorted(speaking, key=lambda theme: -weights[theme][place]))


def _runs(text: str, owners: Sequence[tuple[str, ...]]) -> Iterable[Piece]:
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or owners[place] != owners[start]:
            yield Piece(text[start:place], owners[start])
            start = place


def _written(found: Aligned, start: int, end: int) -> tuple[int, int]:
    """Span in the text as written; ``end`` is not included."""
    first, last = found.span(start, end)
    return first, max(first, last)


def _word_spans(normalized: str) -> list[tuple[int, int]]:
    spans = []
    cursor = 0
    for word in tokenize_normalized(normalized):
        start = normalized.find(word.surface, cursor)
        if start >= 0:
            cursor = start + len(word.surface)
            spans.append((start, cursor))
    return spans


def _places(shown: str, text: str, words: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans of an evidence's words; of words with others between (手…挙げ) the first that stand in one sentence."""
    parts = [part for part in shown.split(GAP) if part]
    if not parts:
        return []
    if len(parts) == 1:
        return _all_of(parts[0], text, words, 0, len(text))
    for start, end in _all_of(parts[0], text, words, 0, len(text)):
        chain = [(start, end)]
        stop = _SENTENCE_END.search(text, end)
        limit = stop.start() if stop else len(text)
        for part in parts[1:]:
            following = _all_of(part, text, words, chain[-1][1], limit)
            if not following:
                break
            chain.append(following[0])
        if len(chain) == len(parts):
            return chain
    return []


def _all_of(part: str, text: str, words: Sequence[tuple[int, int]], begin: int, limit: int) -> list[tuple[int, int]]:
    """Where words that read ``part`` together stand between two places."""
    found = []
    for index, (start, _) in enumerate(words):
        if start < begin or not part.startswith(text[start]):
            continue
        read = ""
        for first, last in words[index:]:
            read += text[first:last]
            if len(read) >= len(part):
                break
        if read == part and last <= limit:
            found.append((start, last))
    return found
