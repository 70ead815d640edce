"""The units of a comment, between which it may be cut: sentences, and lines that stand for one."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

from pipeline.reading.splitting_words import SplittingWords

# Where a unit may end: a sentence, a line, or (to be confirmed by an ask before it) a space or a mark.
_ENDS = re.compile(
    r"(?P<sentence>(?:[。｡！？!?]|(?<=[ぁ-んァ-ヶ一-龥])．(?![0-9０-９]))[。｡！？!?」』）)]*\s*)"
    r"|(?P<line>[\r\n]\s*)"
    r"|(?P<ask>(?<=[いうかすたねよる])(?:[ 　]+(?=[^\sa-zA-Z])|(?=[・･●■◆①-⑳]|[（(][0-9０-９]{1,2}[）)])))"
)
_BRACKETS = re.compile(r"[「」『』（）()“”〝〟]")
_OPENERS = {"「": "」", "『": "』", "（": "）", "(": ")", "“": "”", "〝": "〟"}
_QUOTE_LENGTH = 400  # a bracket that closes further away was never meant for it

TAIL = 48  # characters at the end of a sentence that tell whether it asks
TRAILING = " 　\t\r\n。｡．！？!?…♪☆★」』）)"
_TRAILING_NOTE = re.compile(r"[（(][^（）()]{1,40}[）)]$")  # してほしい（特に夜）
_HEAD_END = re.compile(r"[\n。：:　 （(・･]")
_KANA = "アイウエオカキクケコサシスセソタチツテト"
_KANJI_DIGITS = " 一二三四五六七八九"

Mark = tuple[str, int | None]


@dataclass(slots=True)
class Unit:
    """A sentence, or a line that stands for one.

    Attributes
    ----------
    start : int
        Where it starts in the text.
    body : str
        Without the spaces around it.
    gap : int
        0 follows in the same line, 1 starts a line, 2 starts after an empty line.
    stopped : bool
        Whether it ends with a stop; a heading does not.
    mark : Mark or None
        Way of numbering and number, or bullet and None.
    head : str
        The heading that follows the mark, or the words up to the first stop.
    asks : bool
        Whether it asks for something at its end.
    """

    start: int
    body: str
    gap: int
    stopped: bool
    mark: Mark | None = None
    head: str = ""
    asks: bool = False


def read_units(text: str, words: SplittingWords) -> list[Unit]:
    """Read a comment as units.

    Parameters
    ----------
    text : str
        A comment as it was written.
    words : SplittingWords

    Returns
    -------
    list of Unit
        In the order of the text; none for a blank text. The first starts at 0, and each ends where
        the next starts.
    """
    units: list[Unit] = []
    quotes = _quotes(text)
    start = gap = 0
    for end in _ENDS.finditer(text):
        if _within(end.start(), quotes):
            continue
        if end.lastgroup == "ask" and not asks(text[max(start, end.start() - TAIL) : end.start()], words):
            continue
        if end.lastgroup == "line" and _runs_on(text, start, end, words):
            continue
        breaks = end.group()
        spaced = end.lastgroup == "ask" and breaks != ""  # 直してほしい　バスも増やしてほしい: as good as a line
        _add(units, text, start, end.end(), gap, end.lastgroup != "line", words)
        gap = min(2, breaks.count("\n") or breaks.count("\r")) or int(spaced)
        # the indent of a line belongs to it
        start = end.start() + max(breaks.rfind("\n"), breaks.rfind("\r")) + 1 if gap and not spaced else end.end()
    _add(units, text, start, len(text), gap, True, words)
    return units


def _quotes(text: str) -> tuple[list[int], list[int]]:
    """Starts and ends of what stands in brackets; nested ones are part of the outer."""
    open_at: dict[str, list[int]] = {}
    pairs = []
    for found in _BRACKETS.finditer(text):
        bracket = found.group()
        if bracket in _OPENERS:
            open_at.setdefault(_OPENERS[bracket], []).append(found.start())
        elif open_at.get(bracket):
            start = open_at[bracket].pop()
            if found.start() - start <= _QUOTE_LENGTH:
                pairs.append((start, found.start()))
    starts: list[int] = []
    ends: list[int] = []
    for start, end in sorted(pairs):
        if not ends or start > ends[-1]:
            starts.append(start)
            ends.append(end)
        else:
            ends[-1] = max(ends[-1], end)
    return starts, ends


def _within(place: int, quotes: tuple[list[int], list[int]]) -> bool:
    starts, ends = quotes
    before = bisect_right(starts, place - 1) - 1
    return before >= 0 and place < ends[before]


def _runs_on(text: str, start: int, end: re.Match[str], words: SplittingWords) -> bool:
    """Whether a line without a stop goes on in the next, as in a mail broken at 35 characters."""
    if end.group().count("\n") > 1:
        return False
    line = text[max(start, end.start() - TAIL) : end.start()].rstrip(TRAILING)
    rest = text[end.end() : end.end() + TAIL]
    if asks(line, words) or words.topic_line.match(rest):
        return False
    return _mark(rest, True, words) is None


def _add(units: list[Unit], text: str, start: int, end: int, gap: int, stopped: bool, words: SplittingWords) -> None:
    body = text[start:end].strip()
    if not body:
        return
    unit = Unit(start if units else 0, body, gap if units else 2, stopped)
    found = _mark(body[:TAIL], unit.gap > 0, words)
    if found:
        unit.mark, unit.head = found
    unit.asks = asks(body, words) and not closes(body, words)
    units.append(unit)


def asks(body: str, words: SplittingWords) -> bool:
    """Whether a sentence ends with an ask: 〜してほしい（特に夜）。."""
    end = body[-TAIL:]
    if words.ask.search(end.rstrip(TRAILING)):
        return True
    return body[-1:] in ("）", ")") and bool(words.ask.search(_TRAILING_NOTE.sub("", end)))


def closes(body: str, words: SplittingWords) -> bool:
    """Whether a sentence is a greeting or a closing, whatever it asks: ご検討のほどよろしくお願いします。."""
    if words.closing.match(body) or words.notice.search(body):
        return True
    polite = max(body.find("よろしくお願い"), body.find("宜しくお願い"))
    return polite >= 0 and not any(particle in body[:polite] for particle in "をはがもに")


def _mark(body: str, starts_line: bool, words: SplittingWords) -> tuple[Mark, str] | None:
    """The mark before an item and the heading after it."""
    numbers = (*words.numbers, *words.line_numbers) if starts_line else words.numbers
    for way, pattern in enumerate(numbers):
        found = pattern.match(body)
        if found:
            kind, number = _number(found["n"])
            if number:
                return (f"{way}{kind}", number), _head(body[found.end() :])
    found = words.heading.match(body)
    if found and starts_line:
        return (body[0], None), found.group()[1:-1]
    if words.bullet.match(body) or (starts_line and words.line_bullet.match(body)):
        return (unicodedata.normalize("NFKC", body[0]), None), _head(body[1:])
    return None


def _head(rest: str) -> str:
    return _HEAD_END.split(rest.lstrip(" 　【《〈"), maxsplit=1)[0].rstrip(" 　】》〉")


def _number(written: str) -> tuple[str, int]:
    """Kind of numeral and value, 0 for none: １ and ② are (1, 1) and (1, 2), 十二 (一, 12), ウ (ア, 3), b (a, 2)."""
    plain = unicodedata.normalize("NFKC", written).strip("()")
    if plain.isdecimal():
        return "1", int(plain)
    value = unicodedata.numeric(written, 0.0) if len(written) == 1 else 0.0
    if value:  # 三 Ⅲ ❸
        return "一", int(value)
    if "十" in plain:
        tens, _, ones = plain.rpartition("十")
        return "一", 10 * (_KANJI_DIGITS.find(tens) or 1) + max(0, _KANJI_DIGITS.find(ones))
    if plain.isascii() and plain.isalpha():
        return ("a" if plain.islower() else "A"), ord(plain[0].lower()) - ord("a") + 1
    return "ア", _KANA.find(plain[:1] or "?") + 1
