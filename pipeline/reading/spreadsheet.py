"""XLSX: sheets of rows, read one after another, merged and hidden cells known.

openpyxl reads the values row by row, so that a sheet of a million rows, or of a million empty ones,
needs little memory. That reader does not tell what is merged or hidden; lxml picks those elements
out of the sheet's XML. Formulas give the value that was saved with them and are never computed.
"""

from __future__ import annotations

import bisect
import contextlib
import datetime as dt
import itertools
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import IkenError
from pipeline.reading.blocks import Cell, blocks_of_lines
from pipeline.reading.extras import need
from pipeline.reading.grids import Grid, Row
from pipeline.reading.packages import Package, broken
from pipeline.records import Finding, Place

_ROWS = 1_048_576  # Excel has no more; a row that claims a higher number would be filled up to it
_COLUMNS = 1_000  # a list of a thousand columns is read; one of 16,384 is a slip of the hand
_RANGE = re.compile(r"([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?$")
_TOLD = ("{*}mergeCell", "{*}row", "{*}col")
Values = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merges:
    """The merged cells of a sheet, by their first cell (row, column), counted from 1."""

    spans: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()

    def covered(self) -> Covered:
        """The cells that a cell above them in the same column covers."""
        columns: dict[int, list[tuple[int, int]]] = {}
        for (row, column), (height, _) in sorted(self.spans.items()):
            if height > 1:
                columns.setdefault(column, []).append((row, row + height - 1))
        return Covered(columns)


class Covered:
    """The cells that lie below the first of a merged cell; a whole column merged costs no more than two.

    Parameters
    ----------
    columns : dict of int to list of (int, int)
        First and last row of what is merged downwards, by column, in order.
    """

    def __init__(self, columns: dict[int, list[tuple[int, int]]]) -> None:
        self._columns = columns

    def __bool__(self) -> bool:
        """Whether anything is merged downwards."""
        return bool(self._columns)

    def __contains__(self, cell: tuple[int, int]) -> bool:
        """Whether a cell (row, column) is covered."""
        row, column = cell
        spans = self._columns.get(column, [])
        # the last that begins above the row; merged cells do not overlap
        place = bisect.bisect_left(spans, (row, 0)) - 1
        return place >= 0 and row <= spans[place][1]


class Workbook:
    """An XLSX file opened for reading.

    Parameters
    ----------
    package : Package
        As inspected.

    Raises
    ------
    IkenError
        When openpyxl is missing, or cannot read the file.
    """

    def __init__(self, package: Package) -> None:
        self.path = package.path
        self._formulas = package.has_formulas
        self._openpyxl = need("openpyxl", package.path)
        with self.opened(values=True) as book:
            self.sheets: tuple[Sheet, ...] = tuple(
                Sheet(self, number, str(sheet.title), sheet.sheet_state != "visible", sheet._worksheet_path)
                for number, sheet in enumerate(book.worksheets)
            )

    @contextlib.contextmanager
    def opened(self, *, values: bool) -> Iterator[Any]:
        """Open the file for one reading; on Windows nobody else could write to it while it is open."""
        # a stream: given a name, openpyxl goes by its ending, and an .xls may well hold an XLSX
        with self.path.open("rb") as stream:
            try:
                book = self._openpyxl.load_workbook(
                    stream, read_only=True, data_only=values, keep_links=False, keep_vba=False
                )
            except Exception as error:  # a fault of the library on bytes that are no workbook, whatever its name
                raise broken(self.path, error) from error
            try:
                yield book
            finally:
                book.close()

    def lost_formulas(self) -> Iterator[Finding]:
        """Formulas whose value was not saved with them: what they would show is not in the file."""
        if not self._formulas:
            return
        with self.opened(values=True) as shown, self.opened(values=False) as written:
            yield from self._lost(shown, written)

    def _lost(self, calculated: Any, written: Any) -> Iterator[Finding]:  # noqa: ANN401 openpyxl types its books loosely
        for shown, formula in zip(calculated.worksheets, written.worksheets, strict=True):
            spots = []
            for values, formulas in zip(_safely(shown, self.path), _safely(formula, self.path), strict=False):
                spots += [
                    f"{cell.column_letter}{cell.row}"
                    for value, cell in zip(values, formulas, strict=False)
                    if value.value is None and isinstance(cell.value, str) and cell.value.startswith("=")
                ]
            if spots:
                more = f" ほか{len(spots) - 5}か所" if len(spots) > 5 else ""
                yield Finding(
                    "誤り",
                    Place(self.path.name, "、".join(spots[:5]) + more, f"シート「{shown.title}」"),
                    "数式の値が保存されていないので読めません",
                    "Excel で開いて上書き保存するか、値だけを貼り付けてください",
                )


class Sheet:
    """One sheet.

    Attributes
    ----------
    title : str
    is_hidden : bool
    """

    def __init__(self, book: Workbook, number: int, title: str, is_hidden: bool, part: str) -> None:
        self.title = title
        self.name = f"シート「{title}」"
        self.is_hidden = is_hidden
        self._book = book
        self._number = number
        self._part = part  # where the sheet stands in the package
        self._last: int | None = None  # the last row that holds anything, once all were read

    def rows(self) -> Iterator[tuple[int, Values]]:
        """Yield the rows that hold anything, with their number as the spreadsheet shows it."""
        last = 0
        with self._book.opened(values=True) as book:
            rows = _safely(book.worksheets[self._number], self._book.path)
            # millions of empty rows below the last are walked through once
            for number, cells in enumerate(itertools.islice(rows, self._last), 1):
                values = tuple(text_of(cell.value) for cell in cells[:_COLUMNS])
                if any(values):
                    last = number
                    yield number, values
        self._last = last

    def merges(self) -> Merges:
        """Find merged cells and hidden rows."""
        etree = need("lxml.etree", self._book.path)
        spans: dict[tuple[int, int], tuple[int, int]] = {}
        hidden: set[int] = set()
        columns: set[int] = set()
        try:
            with zipfile.ZipFile(self._book.path) as archive, archive.open(self._part) as stream:
                for _, element in etree.iterparse(stream, tag=_TOLD, resolve_entities=False):
                    if element.tag.endswith("}row"):
                        if element.get("hidden") in ("1", "true"):
                            hidden.add(int(element.get("r", "0")))
                    elif element.tag.endswith("}col"):
                        if element.get("hidden") in ("1", "true"):
                            last = min(int(element.get("max", "0")), _COLUMNS)
                            columns.update(range(int(element.get("min", "1")), last + 1))
                    elif found := _RANGE.match(element.get("ref", "")):
                        left, top, right, bottom = found.groups()
                        first = int(top), _column(left)
                        spans[first] = (int(bottom or top) - first[0] + 1, _column(right or left) - first[1] + 1)
                    element.clear()
                    while element.getprevious() is not None:
                        del element.getparent()[0]
        except (etree.XMLSyntaxError, KeyError, zipfile.BadZipFile) as error:
            raise broken(self._book.path, error) from error
        return Merges(spans, frozenset(hidden), frozenset(columns))

    def grid(self, merges: Merges) -> Grid:
        """Read the sheet as a table."""
        rows = []
        for number, values in self.rows():
            cells = tuple(
                Cell(blocks_of_lines(value.split("\n")), merges.spans.get((number, column), (1, 1))[0])
                for column, value in enumerate(values, 1)
            )
            rows.append(Row(cells, f"{number}行", self.name))
        return Grid(tuple(rows), self.name, self.is_hidden)


def _safely(sheet: Any, path: Path) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401
    """Rows as wide as they are themselves: the size a sheet claims may be millions of empty cells."""
    sheet.reset_dimensions()
    try:
        for number, row in enumerate(sheet.iter_rows(), 1):
            if number > _ROWS:
                raise broken(path, f"シート「{sheet.title}」の行が {_ROWS:,} を超えています")
            yield row
    except IkenError:
        raise
    except Exception as error:  # a fault of the library in the middle of a sheet
        raise broken(path, error) from error


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def text_of(value: object) -> str:
    """A cell as it would be read: whole numbers without a point, days without a time."""
    if value is None:
        return ""
    if isinstance(value, bytes):  # Parquet of old programs: text that is not called text
        return text_of(value.decode("utf-8", errors="replace"))
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value != value:  # noqa: PLR0124 not a number is no value
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat(" ") if isinstance(value, dt.datetime) else value.isoformat()
    return str(value).replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "").strip(" \n\t")
