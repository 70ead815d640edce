"""Where each letter of the normalized text came from.

What is found in the normalized text has to be shown, or blotted out, in the text as it was
written. ``aligned`` normalizes as ``normalize`` does and remembers the way back.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.language.normalize import (
    _DASH_AS_VOWEL,
    _INVISIBLE,
    _SPACE_IN_JAPANESE,
    _SPACES,
    _VARIANT_KANJI,
    _WAVES,
    normalize,
)

# Letters that join the letter before them although they are no combining marks: the vowels and finals
# of Korean syllables, and vowel signs of Indian scripts. Any that is missing here is mended by _mended.
_JOINING = frozenset(
    {*map(chr, range(0x1161, 0x1176)), *map(chr, range(0x11A8, 0x11C3))}
    | set("\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dcf\u0ddf\u102e\u1b35")
)


@dataclass(frozen=True, slots=True)
class Aligned:
    """A normalized text and the way back to the text as written.

    Attributes
    ----------
    text : str
        The normalized text.
    starts, ends : Sequence[int]
        For each of its letters, the span of the written text that it came from. Letters that came
        from one written letter (㈱ -> (株)) share its span.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Span of the written text that the letters ``start`` to ``end`` (not included) came from.

        >>> found = aligned("℡　ﾊﾟﾝ屋")
        >>> found.text, found.span(4, 6)
        ('TEL パン屋', (2, 5))
        """
        return (self.starts[start], self.ends[end - 1]) if start < end else (0, 0)


def aligned(text: str, *, layout: bool = False) -> Aligned:
    """Normalize a text and remember where each letter came from.

    Parameters
    ----------
    text : str
        A text as written.
    layout : bool
        Leave spaces and line ends as they stand; otherwise the result's text is
        ``normalize(text)``.

    Returns
    -------
    Aligned
        Every letter of its text has a span, the spans go forward only.
    """
    found = _spelled(text)
    return found if layout else _tidied(found, text)


def _spelled(text: str) -> Aligned:
    """Take the steps 1 to 5 of ``normalize``: all but the spaces."""
    if unicodedata.is_normalized("NFKC", text) and not _INVISIBLE.search(text):
        composed: tuple[str, Sequence[int], Sequence[int]] = (text, range(len(text)), range(1, len(text) + 1))
    else:
        composed = _composed(text)
    spelled, starts, ends = composed
    # These steps put one letter for one letter.
    spelled = _DASH_AS_VOWEL.sub("ー", spelled.translate(_VARIANT_KANJI).translate(_WAVES))
    return Aligned(spelled, starts, ends)


def _composed(text: str) -> tuple[str, Sequence[int], Sequence[int]]:
    """NFKC cluster by cluster: ﾊﾟ is one letter from two, ㈱ is three letters from one."""
    pieces, starts, ends = [], [], []
    for start, end in _clusters(text):
        piece = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text[start:end]))
        pieces.append(piece)
        starts += [start] * len(piece)
        ends += [end] * len(piece)
    composed = "".join(pieces)
    whole = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    return (whole, starts, ends) if composed == whole else _mended(composed, whole, starts, ends)


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Spans of letters that may melt into one; what cannot be seen ends no cluster and begins none."""
    seen = [place for place, letter in enumerate(text) if not _INVISIBLE.match(letter)]
    begins = [place for place in seen if not _joins(text[place])]
    if seen and (not begins or begins[0] != seen[0]):
        begins.insert(0, seen[0])  # a mark with nothing before it
    for begin, following in pairwise([*begins, len(text)]):
        end = begin + 1
        if following - begin > 1:
            end = max(place for place in range(begin, following) if not _INVISIBLE.match(text[place])) + 1
        yield begin, end


@functools.lru_cache(maxsize=4096)
def _joins(letter: str) -> bool:
    """Whether a letter may melt into the one before it: the mark of ﾊﾟ, of か゛ written apart."""
    first = unicodedata.normalize("NFKD", letter)[0]
    return unicodedata.combining(first) != 0 or first in _JOINING


def _mended(composed: str, whole: str, starts: list[int], ends: list[int]) -> tuple[str, Sequence[int], Sequence[int]]:
    """Where clusters melted that were taken apart, every letter between gets the whole span between."""
    most = min(len(composed), len(whole))
    head = next((place for place in range(most) if composed[place] != whole[place]), most)
    tail = next((place for place in range(most - head) if composed[-1 - place] != whole[-1 - place]), most - head)
    between = len(whole) - head - tail
    # One letter more on each side: a letter may have gone altogether.
    first = starts[max(head - 1, 0)]
    last = ends[min(len(composed) - tail, len(composed) - 1)]
    return (
        whole,
        [*starts[:head], *([first] * between), *starts[len(starts) - tail :]],
        [*ends[:head], *([last] * between), *ends[len(ends) - tail :]],
    )


def _tidied(found: Aligned, written: str) -> Aligned:
    """Step 6 of ``normalize``: one space for many, none between Japanese letters."""
    if found.text == normalize(written):
        return found
    text, starts, ends = [], [], []
    place = 0
    for run in _SPACES.finditer(found.text):
        text += [found.text[place : run.start()], " "]
        starts += [*found.starts[place : run.start()], found.starts[run.start()]]
        ends += [*found.ends[place : run.start()], found.ends[run.end() - 1]]
        place = run.end()
    spaced = "".join([*text, found.text[place:]])
    starts += found.starts[place:]
    ends += found.ends[place:]
    gone = {match.start() for match in _SPACE_IN_JAPANESE.finditer(spaced)}
    kept = [place for place, letter in enumerate(spaced) if place not in gone]
    kept = kept[spaced.startswith(" ") : len(kept) - spaced.endswith(" ")]
    return Aligned(
        "".join(spaced[place] for place in kept), [starts[place] for place in kept], [ends[place] for place in kept]
    )
