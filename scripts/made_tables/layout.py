"""A working-team table in text form, and its cells laid out with their spans.

Reads the source on its own, without ``pipeline.reading``: what is made here tries those readers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import unescape
from itertools import groupby
from pathlib import Path

COLUMNS = 4
NO_START = "、。，．）」』】〉》・ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
"""Characters that may not begin a line."""

_PRIORITY = re.compile(r"重点\s*施策")
_NUMBERED = re.compile(r"[(（][0-9０-９]+[)）]")
_ITEM = "\x01"
# After 25 characters, but not within a Latin word and not before what may not begin a line.
_HAND_BREAK = re.compile(rf"(.{{25}}(?:(?<=[A-Za-z0-9])[A-Za-z0-9]*+)?[{NO_START}]*+)(?=.)")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or a bullet within a cell, without its ○."""

    text: str
    is_bullet: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One measure, or one topic outside the plan, with the page it stands on."""

    page: int
    policy: str
    measure: str
    overview: tuple[Block, ...]
    opinions: tuple[Block, ...]

    @property
    def is_outside(self) -> bool:
        """Whether it has no place in the plan: its measure has no number, nor has what slipped beside it."""
        return not _NUMBERED.search(self.measure) and not _NUMBERED.search(flat(self.overview))


@dataclass(frozen=True, slots=True)
class Table:
    """The whole source.

    Attributes
    ----------
    captions : tuple of tuple of str
        The lines above the table, page by page: a title and notes.
    heads : tuple of tuple of str
        The two rows of headings.
    entries : tuple of Entry
    """

    captions: tuple[tuple[str, ...], ...]
    heads: tuple[tuple[str, ...], ...]
    entries: tuple[Entry, ...]

    def captions_of(self, entries: Iterable[Entry]) -> list[str]:
        """Give the lines above the table on the pages of these entries, each different line once."""
        pages = sorted({entry.page for entry in entries})
        return list(dict.fromkeys(line for page in pages for line in self.captions[page]))


@dataclass(frozen=True, slots=True)
class Box:
    """A cell with its place and its spans."""

    row: int
    column: int
    height: int
    width: int
    blocks: tuple[Block, ...]
    is_head: bool = False


def read_table(source: Path) -> Table:
    """Read the source; a page begins where lines outside the table follow a row."""
    captions: list[tuple[str, ...]] = []
    heads: list[tuple[str, ...]] = []
    entries: list[Entry] = []
    in_table = True
    for line in whole_lines(source):
        if "\t" not in line:
            title = re.sub(r"^#+\s*", "", line)
            captions.append((title,) if in_table else (*captions.pop(), title))
            in_table = False
            continue
        in_table = True
        captions = captions or [()]
        cells = [blocks_of(cell) for cell in [*line.split("\t"), "", "", ""][:COLUMNS]]
        texts = tuple(flat(cell) for cell in cells)
        if len(heads) < 2:
            heads.append(texts)
        elif texts not in heads:
            _take(entries, cells, len(captions) - 1)
    return Table(tuple(captions), tuple(heads), tuple(entries))


def whole_lines(source: Path) -> Iterator[str]:
    """Give the lines that are not empty; a row whose list goes on below is one line."""
    held = ""
    for line in source.read_text(encoding="utf-8-sig").splitlines():
        if held and ("\t" in line or held.count("<ul") <= held.count("</ul>")):
            yield held
            held = ""
        if line.strip():
            held = f"{held} {line}" if held else line
        if held and "\t" not in held:
            yield held
            held = ""
    if held:
        yield held


def blocks_of(cell: str) -> tuple[Block, ...]:
    """Read a cell with or without HTML in it.

    >>> [block.text for block in blocks_of("<p>【例】</p><ul><li>○<b>講座</b></li></ul>")]
    ['【例】', '講座']
    """
    marked = re.sub(r"<li\b[^>]*>\s*[○◯〇]?\s*", "\n" + _ITEM, cell, flags=re.I)
    broken = re.sub(r"</?(?:ul|ol|li|p|div|br)\b[^>]*>", "\n", marked, flags=re.I)
    lines = [line.strip() for line in unescape(re.sub(r"<[^>]+>", "", broken)).split("\n")]
    blocks: list[Block] = []
    for line in lines:
        if line.startswith("○"):
            blocks += [Block(part.strip(), True) for part in line[1:].split("○")]
        elif line:
            blocks.append(Block(line.removeprefix(_ITEM).strip(), line.startswith(_ITEM)))
    return tuple(blocks)


def flat(blocks: Iterable[Block]) -> str:
    """Give the text of a cell that has no bullets."""
    return " ".join(block.text for block in blocks)


def _take(entries: list[Entry], cells: Sequence[tuple[Block, ...]], page: int) -> None:
    """Add a row, a slipped one as it is; join one that only goes on from the page before."""
    (policy, measure), (overview, opinions) = map(flat, cells[:2]), cells[2:]
    if not (policy or measure or overview) and entries:
        entries[-1] = replace(entries[-1], opinions=entries[-1].opinions + opinions)
        return
    entries.append(Entry(page, policy or (entries[-1].policy if entries else ""), measure, overview, opinions))


def boxes_of(table: Table, entries: Sequence[Entry], *, one_per_row: bool = False) -> list[Box]:
    """Lay the headings and these entries out, opinions together in a cell or one to a row."""
    boxes = _head_boxes(table.heads)
    row = len(table.heads)
    for policy, group in groupby(entries, key=lambda entry: entry.policy):
        start, place = row, len(boxes)
        for entry in group:
            cells = [entry.opinions]
            if one_per_row and entry.opinions:
                cells = [(block,) for block in entry.opinions]
            boxes.append(Box(row, 1, len(cells), 1, (Block(entry.measure),)))
            boxes.append(Box(row, 2, len(cells), 1, entry.overview))
            boxes += [Box(row + number, 3, 1, 1, blocks) for number, blocks in enumerate(cells)]
            row += len(cells)
        boxes.insert(place, Box(start, 0, row - start, 1, (Block(policy),)))
    return boxes


def _head_boxes(heads: Sequence[Sequence[str]]) -> list[Box]:
    """Join an empty heading to the one on its left, and one with nothing below it to the row below."""
    top, below = heads
    starts = [column for column in range(COLUMNS) if top[column] or not column]
    boxes = []
    for column, end in zip(starts, [*starts[1:], COLUMNS], strict=True):
        height = 1 if any(below[column:end]) else 2
        boxes.append(Box(0, column, height, end - column, (Block(top[column]),), True))
    return boxes + [Box(1, column, 1, 1, (Block(text),), True) for column, text in enumerate(below) if text]


def lines_of(blocks: Iterable[Block]) -> list[str]:
    """Give the lines of a cell, with ○ typed before every bullet."""
    return ["○" + block.text if block.is_bullet else block.text for block in blocks]


def typed(box: Box) -> str:
    """Give the text of a cell, a line to a bullet."""
    return "\n".join(lines_of(box.blocks))


def broken_by_hand(box: Box) -> str:
    """Give lines broken every 25 characters, as with Alt+Enter, the next ones indented; 【重点】 for 重点施策."""
    if box.is_head or box.column not in (1, 3):
        return typed(box)
    if box.column == 1:
        return re.sub(rf"^{_PRIORITY.pattern}\s*", "【重点】", typed(box))
    return "\n".join(_HAND_BREAK.sub("\\1\n　", line) for line in lines_of(box.blocks))
