"""What stands in a cell: paragraphs and bullets, whatever form the table had.

A cell of a spreadsheet holds lines, one of a web page holds tags, one of a PDF holds lines that
the layout broke. All become the same blocks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html.parser import HTMLParser

from pipeline.language.normalize import tidy_spaces

# The last four are what Word's list bullets become when a PDF is made of them.
_BULLETS = "○◯〇●◎・･·•‣■□◆◇▪▫▶✓\uf0b7\uf0a7\uf06c\uf06e"
_BULLET_START = re.compile(rf"^[ \u3000]*[{_BULLETS}][ \u3000]*")
_BLOCK_TAGS = {"p", "div", "ul", "ol", "li", "br", "tr", "td", "th", "table", "h1", "h2", "h3", "h4"}
_LIST_TAGS = {"ul", "ol"}
_UNSAID = {"rt", "rp", "script", "style"}  # how a word is read stands above it, and is no text
# A line that ends like this ends a sentence, an opinion or its marks.
_ENDS = ("。", "．", "！", "？", "!", "?", "）", ")", "」", "】")
_TITLES = (("【", "】"), ("＜", "＞"), ("<", ">"), ("［", "］"), ("《", "》"))
# 1. … １．… (1)… （１）… ①… - … ＊…: an item of a list when another of the same form stands beside it.
_LISTED = re.compile(
    r"^([ \u3000]*)([（(]\s?[\d０-９]{1,2}\s?[）)]|[\d０-９]{1,2}[.．)）](?![\d０-９])"
    r"|[①-⑳]|[-－–＊*→](?![\d０-９]))[ \u3000]*"
)
# …（市、高）: an opinion's marks.
_MARKED_END = re.compile(r"[（(][^（）()。、]{1,2}(?:[、,，・／/][^（）()。、]{1,2})*[）)]$")
# 【取組例】○講座○体験
_TITLED_LIST = re.compile(r"^(【[^】]*】)\s*([○◯〇●◎].*)$")
# Two words of Latin letters on two lines were two words: market / place.
_LATIN_SEAM = re.compile(r"[!-~]$"), re.compile(r"^[!-~]")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or a bullet within a cell, without its bullet mark.

    Attributes
    ----------
    text : str
    is_bullet : bool
    level : int
        0, or deeper for a bullet within a bullet.
    """

    text: str
    is_bullet: bool
    level: int = 0

    @property
    def is_title(self) -> bool:
        """【R2年度以降の取組み例】: a title within a cell, no item."""
        return not self.is_bullet and is_title(self.text)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes
    ----------
    blocks : tuple of Block
        Its paragraphs and bullets; an empty bullet stays, an empty paragraph does not.
    height : int
        The rows it covers; more than one when cells were merged downwards. The covered cells
        themselves are empty, so that nothing is read twice.
    """

    blocks: tuple[Block, ...] = ()
    height: int = 1

    @property
    def text(self) -> str:
        """All of it as one line; the spaces that line breaks left still stand in it."""
        return " ".join(block.text for block in self.blocks)


def is_title(text: str) -> bool:
    """Whether a line is a title in brackets."""
    return any(text.startswith(start) and text.endswith(end) for start, end in _TITLES)


def with_bullets(lines: Sequence[str]) -> list[str]:
    """Put a bullet for the numbers and dashes of a list: 1. 2. … or （1）（2）…, where two or more follow.

    3.11の教訓, 1.5倍 and -5度 are no items, and one number alone is none either.
    """
    numbered = [(_LISTED.match(line), line) for line in lines]
    forms = Counter(_form_of(found) for found, _ in numbered if found)
    told = []
    for found, line in numbered:
        is_item = found is not None and forms[_form_of(found)] > 1
        told.append(f"{found.group(1)}○{line[found.end() :]}" if found and is_item else line)
    return told


def _form_of(found: re.Match[str]) -> str:
    return re.sub(r"[\d０-９①-⑳]+", "1", found.group(2))


def has_bullet(line: str) -> bool:
    """Whether a line begins with a bullet mark."""
    return bool(_BULLET_START.match(line))


def without_bullet(text: str) -> str:
    """Take the bullet mark off."""
    return _BULLET_START.sub("", text)


def blocks_of_lines(lines: Sequence[str]) -> tuple[Block, ...]:
    """Read a cell whose line breaks somebody typed.

    A line without a bullet goes on with the bullet above it when it is indented, or when the line
    above does not end like a sentence, or fills the width at which the others were broken too.

    >>> [block.text for block in blocks_of_lines(["○広報を工夫し、", "　周知する（市）", "○場所がない"])]
    ['広報を工夫し、周知する（市）', '場所がない']
    """
    lines = with_bullets(lines)
    width = max((len(line.rstrip()) for line in lines), default=0)
    blocks: list[Block] = []
    above = outer = ""
    for line in lines:
        if not line.strip():
            continue
        if blocks and blocks[-1].is_bullet and not has_bullet(line) and not is_title(line.strip()):
            is_indented = line[0] in " \u3000\t"
            is_full = width >= 15 and len(above.rstrip()) >= width - 1
            point = _LISTED.match(line)
            if is_indented and (point or _MARKED_END.search(above.rstrip())):
                # a point within an opinion, or a sentence below its marks: （市） must stay an end
                blocks.append(Block(tidy_spaces(line[point.end() :] if point else line), True, 1))
                above = line
                continue
            if is_indented or is_full or not above.rstrip().endswith(_ENDS):
                joined = join_lines([blocks[-1].text, line])
                blocks[-1] = replace(blocks[-1], text=tidy_spaces(joined))
                above = line
                continue
        found = _blocks_of_line(line)
        mark = line.lstrip(" \u3000")[0]
        if found[0].is_bullet:
            outer = outer or mark
            if mark != outer and line[0] in " \u3000":
                found = [replace(block, level=1) for block in found]
        blocks += found
        above = line
    return tuple(blocks)


def blocks_of_wrapped(lines: Sequence[tuple[str, bool]]) -> tuple[Block, ...]:
    """Read a cell whose lines the layout broke (PDF).

    Parameters
    ----------
    lines : sequence of (str, bool)
        Each line, and whether it fills the cell's width.

    Notes
    -----
    With bullets in the cell only a bullet or a title begins a block. Without, a line that ends like a
    sentence before the cell's edge ends one.
    """
    bulleted = any(has_bullet(line) for line, _ in lines)
    blocks: list[Block] = []
    was_full = goes_on = False
    for line, is_full in lines:
        text = line.strip()
        if not text:
            continue
        if has_bullet(text) or is_title(text) or not goes_on:
            blocks.append(Block(tidy_spaces(without_bullet(text)), has_bullet(text)))
        else:
            last = blocks[-1]
            # a line of a heading that was broken early was broken on purpose: 市民活動の 促進
            whole = join_lines([last.text, text]) if was_full and not line.startswith(" ") else f"{last.text} {text}"
            blocks[-1] = replace(last, text=tidy_spaces(whole) if last.is_bullet else whole)
        was_full = (is_full or bulleted) and not line.endswith(" ")
        goes_on = not is_title(text) and (bulleted or is_full or not text.endswith(_ENDS))
    return tuple(blocks)


def join_lines(lines: Sequence[str]) -> str:
    """Join lines that were one: without a space, unless Latin words meet."""
    joined = ""
    for line in lines:
        text = line.strip()
        seam = " " if _LATIN_SEAM[0].search(joined) and _LATIN_SEAM[1].search(text) else ""
        joined += seam + text
    return joined


def blocks_of_html(fragment: str) -> tuple[Block, ...]:
    """Read a cell's text, plain or with HTML in it.

    >>> [block.text for block in blocks_of_html("<p>例</p><ul><li>○講座</li></ul>")]
    ['例', '講座']
    >>> [block.text for block in blocks_of_html("○一つ目（市）○二つ目（環）")]
    ['一つ目（市）', '二つ目（環）']
    """
    parser = _Fragment()
    parser.feed(fragment)
    parser.close()
    return tuple(parser.finish())


class _Fragment(HTMLParser):
    """Collects paragraphs and list items; unknown tags are seen through."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks: list[Block] = []
        self._lines: list[str] = []
        self._text: list[str] = []
        self._depth = 0
        self._in_item = False
        self._unsaid = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """Begin a block."""
        if tag in _UNSAID:
            self._unsaid += 1
        if tag == "br" and not self._in_item:
            self._text.append("\n")
        elif tag in _BLOCK_TAGS and tag != "br" and not (self._in_item and tag in ("p", "div")):
            self._close()
        if tag in _LIST_TAGS:
            self._depth += 1
        if tag == "li":
            self._in_item = True

    def handle_endtag(self, tag: str) -> None:
        """End a block."""
        if tag in _UNSAID:
            self._unsaid = max(0, self._unsaid - 1)
        if tag in _BLOCK_TAGS and tag != "br" and not (self._in_item and tag in ("p", "div")):
            self._close()
        if tag in _LIST_TAGS:
            self._depth = max(0, self._depth - 1)

    def handle_data(self, data: str) -> None:
        """Take up text."""
        if not self._unsaid:
            self._text.append(data)

    def finish(self) -> list[Block]:
        """Give what was collected."""
        self._close()
        self._take_lines()
        return self._blocks

    def _close(self) -> None:
        text, self._text = "".join(self._text), []
        was_item, self._in_item = self._in_item, False
        if was_item:
            self._take_lines()
            self._blocks.append(Block(without_bullet(tidy_spaces(text)), True, max(0, self._depth - 1)))
        else:
            # paragraphs are lines somebody broke: Excel writes <br>, Word one <p> a line
            self._lines += text.split("\n")

    def _take_lines(self) -> None:
        self._blocks += blocks_of_lines(self._lines)
        self._lines = []


def _blocks_of_line(line: str) -> list[Block]:
    """Cut a line without HTML at its bullets (only ○ and its like: ・ also joins words)."""
    line = " ".join(line.split())
    if not line:
        return []
    if titled := _TITLED_LIST.match(line):
        return [Block(titled.group(1), False), *_blocks_of_line(titled.group(2))]
    if not has_bullet(line):
        return [Block(line, False)]
    mark = line[0]
    parts = [line[1:]] if mark == "・" else line[1:].split(mark)
    return [Block(tidy_spaces(part), True) for part in parts]
