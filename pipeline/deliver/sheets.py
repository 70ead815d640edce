"""Sheets of a workbook that people read, print and fill in; XlsxWriter below.

Every text is written as text, so that none runs as a formula, and one that looks like a formula is
marked as text (quote prefix) so that editing the cell does not make it run either. The same cells
give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width

from pipeline.deliver.archives import repacked
from pipeline.deliver.cells import guard

FONT = "BIZ UDPゴシック"  # on every Windows of the last years; its lines stand close
LIMIT = 32_767
"""Characters (UTF-16 units) that a cell holds."""
LAST_ROW = 1_048_576
_CREATED = dt.datetime(2000, 1, 1)  # fixed: the same results give the same bytes
_HEAD = {"bold": True, "bg_color": "#DDEBF7", "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1}
_BODY = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#A6A6A6"}
_LINE, _MOST_POINTS = 14.0, 409.0  # height of a line, and of the highest row
_WIDE = 170  # half-width characters; a wider sheet prints on A3
_CUSTOM = re.compile(rb'(<row [^>]*?) customHeight="1"')
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(%?)")
_SURROGATES = re.compile(r"[\ud800-\udfff]")

Cell = str | int | float


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet.

    Attributes
    ----------
    heading : str
    width : int
        The most it may take, in half-width characters; a narrower one fits its content.
    is_number : bool
        Whether cells that look like numbers are written as numbers.
    is_fixed : bool
        Whether it takes its width whatever stands in it: a column that is still to be filled in.
    """

    heading: str
    width: int = 40
    is_number: bool = False
    is_fixed: bool = False


def display_width(text: str) -> int:
    """Width in half-width characters: a full-width one counts two.

    >>> display_width("意見ID")
    6
    """
    return sum(2 if east_asian_width(char) in "WFA" else 1 for char in text)


def lines_taken(text: str, width: int) -> int:
    """How many lines a text takes in a column of that many half-width characters."""
    if 2 * len(text) <= width and "\n" not in text:
        return 1
    return sum(max(1, -(-display_width(line) // max(1, width))) for line in text.split("\n"))


def units(text: str) -> int:
    """Length as a spreadsheet counts it: in UTF-16 units (𠮷 counts two)."""
    return len(text) + sum(char > "\uffff" for char in text)


def in_pieces(text: str, limit: int = LIMIT) -> list[Cell]:
    """Cut a text that no cell holds into pieces that one does; all of it is there.

    >>> in_pieces("あいうえお", 2)
    ['あい', 'うえ', 'お']
    """
    if units(text) <= limit:
        return [text]
    pieces: list[Cell] = []
    start = length = 0
    for place, char in enumerate(text):
        size = 2 if char > "\uffff" else 1
        if length + size > limit:
            pieces.append(text[start:place])
            start, length = place, 0
        length += size
    return [*pieces, text[start:]]


class Book:
    """A workbook that is written in memory.

    Parameters
    ----------
    title : str
        Stands in the file's properties.
    """

    def __init__(self, title: str) -> None:
        import xlsxwriter  # type: ignore[import-untyped]

        self._stream = io.BytesIO()
        self.book: Any = xlsxwriter.Workbook(
            self._stream,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_format_properties": {"font_name": FONT, "font_size": 10},
            },
        )
        self.book.set_properties({"title": title, "created": _CREATED})
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def bytes(self) -> bytes:
        """Close the book and give the file."""
        self.book.close()
        return repacked(self._stream.getvalue(), _growing)

    def style(self, **properties: Any) -> Any:  # noqa: ANN401 XlsxWriter takes words, numbers and switches
        """Give a format; the same properties give the same one."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format({"font_name": FONT, "font_size": 10, **properties})
        return self._formats[key]

    def write(self, sheet: Any, row: int, column: int, value: Cell, **properties: Any) -> None:  # noqa: ANN401
        """Write one cell: numbers as numbers, everything else as text that stays text."""
        if not isinstance(value, str):
            sheet.write_number(row, column, value, self.style(**properties))
            return
        if not value:
            sheet.write_blank(row, column, None, self.style(**properties))
            return
        if guard(value) != value:
            properties["quote_prefix"] = True
        sheet.write_string(row, column, _SURROGATES.sub("\ufffd", value), self.style(**properties))

    def sheet(self, name: str, widths: Sequence[int], heading_row: int) -> Any:  # noqa: ANN401
        """Add a sheet that prints landscape, as wide as a page of A4 or A3, its headings on every one."""
        sheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(8 if sum(widths) > _WIDE else 9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.repeat_rows(heading_row)
        sheet.set_footer("&L&A&R&P / &N")
        sheet.freeze_panes(heading_row + 1, 0)
        for number, width in enumerate(widths):
            sheet.set_column(number, number, width, self.style())
        return sheet

    def fit(self, sheet: Any, row: int, cells: Sequence[tuple[Cell, int]]) -> None:  # noqa: ANN401
        """Make a row as high as its cells need; it still grows when more is typed into it."""
        most = max((lines_taken(text, width - 1) for text, width in cells if isinstance(text, str)), default=1)
        sheet.set_row(row, min(_MOST_POINTS, most * _LINE + 4))

    def table(
        self,
        name: str,
        columns: Sequence[Column],
        rows: Sequence[Sequence[Cell]],
        *,
        above: Sequence[str] = (),
        totals: int = 0,
        has_filter: bool = True,
        styles: Mapping[int, Mapping[str, Any]] | None = None,
    ) -> list[Any]:
        """Add a sheet with a table; more rows than a sheet holds go on in further sheets.

        Parameters
        ----------
        name : str
        columns : sequence of Column
        rows : sequence of sequence
            As wide as the columns.
        above : sequence of str
            Lines above the headings, the first of them the title.
        totals : int
            How many of the last rows are totals, set in bold.
        has_filter : bool
        styles : mapping of int to mapping, optional
            Properties of single columns.

        Returns
        -------
        list of worksheet
        """
        columns, rows = spread(columns, rows)
        room = LAST_ROW - len(above) - 1
        button = 4 if has_filter else 2
        widths = [_width(column, [row[n] for row in rows], button) for n, column in enumerate(columns)]
        wrapped = [n for n in range(len(columns)) if (styles or {}).get(n, {}).get("text_wrap", True)]
        sheets = []
        for part, start in enumerate(range(0, max(1, len(rows)), room), 1):
            some = rows[start : start + room]
            sheet = self.sheet(name if part == 1 else f"{name}({part})", widths, len(above))
            for number, line in enumerate(above):
                self.write(sheet, number, 0, line, bold=number == 0, font_size=10 if number else 13)
            for number, column in enumerate(columns):
                self.write(sheet, len(above), number, column.heading, **_HEAD)
            self.fit(sheet, len(above), [(c.heading, w - button + 2) for c, w in zip(columns, widths, strict=True)])
            for place, row in enumerate(some, len(above) + 1):
                bold = {"bold": True} if start + place - len(above) > len(rows) - totals else {}
                for number, (column, value) in enumerate(zip(columns, row, strict=True)):
                    own = (styles or {}).get(number, {})
                    self._body(sheet, place, number, value, column, {**_BODY, **bold, **own})
                self.fit(sheet, place, [(row[number], widths[number]) for number in wrapped])
            if has_filter and some:
                sheet.autofilter(len(above), 0, len(above) + len(some), len(columns) - 1)
            sheets.append(sheet)
        return sheets

    def _body(
        self,
        sheet: Any,  # noqa: ANN401
        row: int,
        column: int,
        value: Cell,
        kind: Column,
        properties: dict[str, Any],
    ) -> None:
        if isinstance(value, str) and kind.is_number and (found := _NUMBER.fullmatch(value)):
            share = bool(found.group(1))
            value = float(value.rstrip("%")) / 100 if share else float(value)
            decimals = "" if float(value).is_integer() else ".00"
            properties["num_format"] = "0.0%" if share else f"#,##0{decimals}"
        if not isinstance(value, str):
            properties.setdefault("align", "right")
        self.write(sheet, row, column, value, **properties)


def _width(column: Column, cells: Sequence[Cell], button: int) -> int:
    """As wide as the widest line; a heading over numbers is wrapped, another one stands in a line with its button."""
    if column.is_fixed:
        return column.width
    heading = display_width(column.heading) + button
    if column.is_number:
        return max(min(heading, 10), max((len(str(cell)) + 3 for cell in cells), default=0))
    widest = max((display_width(line) for cell in cells for line in str(cell).split("\n")), default=0)
    return max(6, heading, min(widest + 2, column.width))


def _growing(name: str, part: bytes) -> bytes:
    """Take from the rows that their height was set by hand: such a row would not grow any more."""
    return _CUSTOM.sub(rb"\1", part) if name.startswith("xl/worksheets/") else part


def spread(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> tuple[list[Column], list[list[Cell]]]:
    """Let a text that no cell holds go on in further columns at the right, so that all of it is there.

    >>> columns, rows = spread([Column("意見"), Column("件数")], [["あ" * 40000, 1]])
    >>> [column.heading for column in columns], [len(str(cell)) for cell in rows[0]]
    (['意見', '件数', '意見（続き2）'], [32767, 1, 7233])
    """
    pieces = [[in_pieces(cell) if isinstance(cell, str) else [cell] for cell in row] for row in rows]
    most = [max((len(row[n]) for row in pieces), default=1) for n in range(len(columns))]
    further = [(n, part) for n in range(len(columns)) for part in range(1, most[n])]
    wider = [Column(f"{columns[n].heading}（続き{part + 1}）", columns[n].width) for n, part in further]
    whole: list[list[Cell]] = [
        [cell[0] for cell in row] + [row[n][part] if part < len(row[n]) else "" for n, part in further]
        for row in pieces
    ]
    return [*columns, *wider], whole
