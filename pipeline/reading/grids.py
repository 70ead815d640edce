"""A table of any form becomes one grid of cells, each knowing its place.

So far a table comes as text: rows with tabs, HTML lists in the cells. Other forms
(XLSX, DOCX, HTML, PDF) become the same grid, so that what follows reads them all alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser

from pipeline.language.normalize import tidy_spaces

_BULLETS = "○◯〇●◎・•‣■□◆◇▪▫"
_BULLET_START = re.compile(rf"^[{_BULLETS}][ \u3000]*")
_BLOCK_TAGS = {"p", "div", "ul", "ol", "li", "br", "tr", "td", "th", "table", "h1", "h2", "h3", "h4"}


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or a bullet within a cell, without its bullet mark."""

    text: str
    is_bullet: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes
    ----------
    blocks : tuple of Block
        Its paragraphs and bullets; an empty bullet stays, an empty paragraph does not.
    """

    blocks: tuple[Block, ...] = ()

    @property
    def text(self) -> str:
        """All of it as one line; the spaces that line breaks left still stand in it."""
        return " ".join(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Row:
    """One row and its place in the source."""

    cells: tuple[Cell, ...]
    spot: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table and the lines around it.

    Attributes
    ----------
    rows : tuple of Row
        All rows of all pages, in order.
    notes : tuple of (str, str)
        The lines outside the table, each with its place.
    """

    rows: tuple[Row, ...]
    notes: tuple[tuple[str, str], ...]


def grid_of_text(text: str) -> Grid:
    """Read a table written as text.

    A line with a tab is a row. A row goes on over line breaks as long as an HTML list
    in it is open.
    """
    rows: list[Row] = []
    notes: list[tuple[str, str]] = []
    lines = text.split("\n")
    number = 0
    while number < len(lines):
        line, spot = lines[number], f"{number + 1}行"
        number += 1
        if "\t" not in line:
            if line.strip():
                notes.append((line.strip(), spot))
            continue
        # a row whose list is never closed must not swallow the rows below it
        while _is_open(line) and number < len(lines) and "\t" not in lines[number]:
            line += "\n" + lines[number]
            number += 1
        rows.append(Row(tuple(Cell(blocks_of_html(part)) for part in line.split("\t")), spot))
    return Grid(tuple(rows), tuple(notes))


def _is_open(line: str) -> bool:
    lowered = line.lower()
    return any(len(re.findall(rf"<{tag}[ >]", lowered)) > lowered.count(f"</{tag}>") for tag in ("ul", "ol"))


def blocks_of_html(fragment: str) -> tuple[Block, ...]:
    """Read a cell's text, plain or with HTML in it.

    >>> blocks_of_html("<p>例</p><ul><li>○講座</li></ul>")
    (Block(text='例', is_bullet=False), Block(text='講座', is_bullet=True))
    >>> blocks_of_html("○一つ目（市）○二つ目（環）")
    (Block(text='一つ目（市）', is_bullet=True), Block(text='二つ目（環）', is_bullet=True))
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
        self._text: list[str] = []
        self._in_item = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """Begin a block."""
        if tag in _BLOCK_TAGS and not (tag == "br" and self._in_item):
            self._close()
        if tag == "li":
            self._in_item = True

    def handle_endtag(self, tag: str) -> None:
        """End a block."""
        if tag in _BLOCK_TAGS:
            self._close()

    def handle_data(self, data: str) -> None:
        """Take up text."""
        self._text.append(data)

    def finish(self) -> list[Block]:
        """Give what was collected."""
        self._close()
        return self._blocks

    def _close(self) -> None:
        text, self._text = "".join(self._text), []
        was_item, self._in_item = self._in_item, False
        if was_item:
            self._blocks.append(Block(_without_bullet(tidy_spaces(text)), True))
            return
        for line in re.split(r"\n+", text):
            self._blocks += _blocks_of_line(line)


def _without_bullet(text: str) -> str:
    return _BULLET_START.sub("", text)


def _blocks_of_line(line: str) -> list[Block]:
    """Cut a line without HTML at its bullets (only ○ and its like: ・ also joins words)."""
    line = " ".join(line.split())
    if not line:
        return []
    if not _BULLET_START.match(line):
        return [Block(line, False)]
    mark = line[0]
    parts = [line[1:]] if mark == "・" else line[1:].split(mark)
    return [Block(tidy_spaces(part), True) for part in parts]
