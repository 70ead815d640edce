"""The working-team table as a sheet: an opinion a row, its measure merged beside it."""

from __future__ import annotations

from itertools import groupby
from math import ceil
from typing import Any

from pipeline.deliver.sheets import Book, lines_taken
from pipeline.deliver.table_back import MEASURE, OVERVIEW, POLICY, STRUCTURE, Entry, Line, TableBack

_WIDTHS = (16, 24, 36, 84)
"""Of the columns, in half-width characters."""
_HAIR = 7  # XlsxWriter's number of the thinnest border
_LINE, _HIGHEST = 14.0, 400.0  # points
_HEAD = {"bold": True, "bg_color": "#DDEBF7", "align": "center", "valign": "vcenter", "border": 1}
_BODY = {"text_wrap": True, "valign": "top", "border": 1}


def table_workbook(table: TableBack) -> bytes:
    """Give the file; the same table gives the same bytes."""
    book = Book(table.title)
    top = len(table.notes) + 1
    sheet = book.sheet("意見まとめ", _WIDTHS, top + 1)
    sheet.repeat_rows(top, top + 1)
    for row, line in enumerate((table.title, *table.notes)):
        style = {"bold": True, "font_size": 13} if row == 0 else {"text_wrap": True, "valign": "top"}
        _put(book, sheet, (row, 0, row, 3), line, style)
        book.fit(sheet, row, [(line, sum(_WIDTHS))] if row else [("\n", 9)])
    _put(book, sheet, (top, 0, top, 2), STRUCTURE, _HEAD)
    _put(book, sheet, (top, 3, top + 1, 3), table.opinions, _HEAD)
    for column, heading in enumerate((POLICY, MEASURE, OVERVIEW)):
        _put(book, sheet, (top + 1, column, top + 1, column), heading, _HEAD)
    row = top + 2
    for policy, group in groupby(table.entries, key=lambda entry: entry.policy):
        start = row
        for entry in group:
            row = _entry(book, sheet, row, entry)
        _put(book, sheet, (start, 0, row - 1, 0), policy, _BODY)
    return book.bytes()


def _put(book: Book, sheet: Any, box: tuple[int, int, int, int], text: str, style: dict[str, Any]) -> None:  # noqa: ANN401
    """Write a cell, merged over a box of more than one."""
    top, left, bottom, right = box
    if (top, left) != (bottom, right):
        sheet.merge_range(top, left, bottom, right, "", book.style(**style))
    book.write(sheet, top, left, text, **style)


def _entry(book: Book, sheet: Any, row: int, entry: Entry) -> int:  # noqa: ANN401
    """Write a measure with its opinions; return the row below."""
    texts = [_typed(line) for line in entry.lines] or [""]
    heights = [_points(text, _WIDTHS[3]) for text in texts]
    beside = (_heading(entry), "\n".join(entry.overview))
    needed = max(_points(text, width) for text, width in zip(beside, _WIDTHS[1:3], strict=True))
    heights[-1] += max(0.0, needed - sum(heights))
    start = row
    for number, (text, height) in enumerate(zip(texts, heights, strict=True)):
        # a row is 409 points high at most: an opinion that needs more takes several, merged
        parts = ceil(height / _HIGHEST)
        for part in range(row, row + parts):
            sheet.set_row(part, height / parts)
        lines = {"top": 1 if number == 0 else _HAIR, "bottom": 1 if number == len(texts) - 1 else _HAIR}
        _put(book, sheet, (row, 3, row + parts - 1, 3), text, {**_BODY, **lines})
        row += parts
    for column, text in enumerate(beside, 1):
        _put(book, sheet, (start, column, row - 1, column), text, _BODY)
    return row


def _heading(entry: Entry) -> str:
    """The heading with 重点施策 above it."""
    return f"重点施策\n{entry.heading}" if entry.is_priority else entry.heading


def _typed(line: Line) -> str:
    return "\n".join([f"{line.mark}{line.text}", *(f"　・{point}" for point in line.points)])


def _points(text: str, width: int) -> float:
    return lines_taken(text, width - 2) * _LINE + 5
