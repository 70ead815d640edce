"""An opinion's text with the words marked that decided."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby, islice, pairwise

from pipeline.deliver.report.view import Piece
from pipeline.deliver.tables import telling_parts
from pipeline.records import Labelling

_MOST = 50
"""How often the same words are marked in one text."""


def marked(text: str, labelling: Labelling) -> tuple[Piece, ...]:
    """Cut a text where the evidence for the themes given, or in doubt, begins and ends.

    The pieces together are the text, whatever it holds.
    """
    spans = [
        (start, end, number)
        for number, score in enumerate(labelling.scores, 1)
        if score.theme in labelling.themes or score.applies is None
        for part in telling_parts(score)
        for start, end in _places(part.words, text)
    ]
    cuts = sorted({0, len(text), *(at for start, end, _ in spans for at in (start, end))})
    pieces = (
        (text[a:b], tuple(sorted({number for start, end, number in spans if start <= a and b <= end})))
        for a, b in pairwise(cuts)
    )
    return tuple(Piece("".join(part for part, _ in run), themes) for themes, run in groupby(pieces, lambda one: one[1]))


def _places(words: str, text: str) -> Iterator[tuple[int, int]]:
    """Where evidence stands: ``役員…負担`` is two words in this order; line breaks may stand within a word."""
    pieces = [piece for piece in words.split("…") if piece.strip()]
    patterns = [r"\s*".join(map(re.escape, re.sub(r"\s", "", piece))) for piece in pieces]
    if len(patterns) == 1:
        yield from (match.span() for match in islice(re.finditer(patterns[0], text), _MOST))
    elif patterns and (match := re.search("(" + ")[^。！？]{0,80}?(".join(patterns) + ")", text)):
        yield from (match.span(n) for n in range(1, len(patterns) + 1))
