"""An opinion's text with the words marked that decided."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby, islice, pairwise

from pipeline.deliver.report.view import Piece
from pipeline.deliver.tables import telling_parts
from pipeline.privacy.aligned import Aligned, aligned
from pipeline.records import Labelling

_MOST = 20
"""How often the same words are marked in one text."""


def marked(text: str, labelling: Labelling) -> tuple[Piece, ...]:
    """Cut a text where the evidence for the themes given, or in doubt, begins and ends.

    The pieces together are the text, whatever it holds.
    """
    parts = [
        (part.words, number)
        for number, score in enumerate(labelling.scores, 1)
        if score.theme in labelling.themes or score.applies is None
        for part in telling_parts(score)
    ]
    # evidence is found in the normalized text (Wi-Fi), and shown in the text as written (Ｗｉ－Ｆｉ)
    found = aligned(text) if parts else None
    spans = [(*span, number) for words, number in parts if found for span in _places(words, found)]
    cuts = sorted({0, len(text), *(at for start, end, _ in spans for at in (start, end))})
    pieces = (
        (text[a:b], tuple(sorted({number for start, end, number in spans if start <= a and b <= end})))
        for a, b in pairwise(cuts)
    )
    return tuple(Piece("".join(part for part, _ in run), themes) for themes, run in groupby(pieces, lambda one: one[1]))


def _places(words: str, found: Aligned) -> Iterator[tuple[int, int]]:
    """Where evidence stands in the text as written: ``役員…負担`` is two words in this order."""
    patterns = [re.escape(piece) for piece in words.split("…") if piece.strip()]
    if len(patterns) == 1:
        matches = islice(re.finditer(patterns[0], found.text), _MOST)
        yield from (found.span(*match.span()) for match in matches)
    elif patterns and (match := re.search("(" + ")[^。！？]{0,80}?(".join(patterns) + ")", found.text)):
        yield from (found.span(*match.span(n)) for n in range(1, len(patterns) + 1))
