"""Lists of any form become rows of text, read one after another.

A list is asked for its rows as often as needed; a CSV of a million rows never stands in memory.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import IkenError
from pipeline.reading.blocks import Cell
from pipeline.reading.columns import find_columns
from pipeline.reading.decode import encoding_of
from pipeline.reading.extras import need
from pipeline.reading.grids import Grid
from pipeline.reading.packages import broken
from pipeline.reading.spreadsheet import Merges, Sheet, text_of

_PROBE = 1 << 20  # bytes looked at to tell the encoding
_PROBED_LINES = 50
_DELIMITERS = {".tsv": "\t", ".txt": "\t"}

csv.field_size_limit(1 << 28)

Values = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowTable:
    """A table whose rows can be read again and again.

    Attributes
    ----------
    rows : callable
        Gives an iterator of (row number as a spreadsheet shows it, cells). Rows without any text
        may be left out.
    name : str
        The sheet or table, where there are several.
    is_hidden : bool
    merges : callable
        Gives what is merged and hidden; asked once, and only for tables that are read.
    """

    rows: Callable[[], Iterator[tuple[int, Values]]]
    name: str = ""
    is_hidden: bool = False
    merges: Callable[[], Merges] = field(default=Merges)


def table_of_csv(path: Path) -> RowTable:
    """A CSV or TSV; the delimiter is what the ending says, or what the first row holds most of."""
    with path.open("rb") as stream:
        head = stream.read(_PROBE)
    encoding = encoding_of(head, path, complete=len(head) < _PROBE)
    delimiter = _delimiter(head.decode(encoding, errors="ignore"), _DELIMITERS.get(path.suffix.lower(), ","))

    def rows() -> Iterator[tuple[int, Values]]:
        with path.open(encoding=encoding, newline="") as stream:
            for number, row in enumerate(_csv_rows(stream, delimiter, path), 1):
                yield number, tuple(cell.replace("\r\n", "\n").replace("\r", "\n") for cell in row)

    return RowTable(rows)


def _delimiter(text: str, usual: str) -> str:
    """What parts the columns: that under which the headings show best, else what the ending says.

    Opinions hold commas and semicolons, headings do not.
    """
    best, most = usual, 0
    for candidate in dict.fromkeys((usual, ",", "\t", ";")):
        rows = csv.reader(text.splitlines()[:_PROBED_LINES], delimiter=candidate)
        found = [roles for row in rows if "opinion" in (roles := find_columns(row))]
        named = max(map(len, found), default=0)
        if named > most:
            best, most = candidate, named
    return best


def _csv_rows(stream: io.TextIOWrapper, delimiter: str, path: Path) -> Iterator[list[str]]:
    # strict: a quote that is never closed would swallow the rest of the file as one opinion
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    try:
        yield from reader
    except (csv.Error, UnicodeDecodeError) as error:
        raise IkenError(
            f"表として読めません（{error}）",
            file=str(path),
            place=f"{reader.line_num + 1}行付近",
            remedy="引用符が閉じているか、文字コードが途中で変わっていないかを確かめ、保存し直してください",
        ) from error


def table_of_sheet(sheet: Sheet) -> RowTable:
    """A sheet of a workbook."""
    return RowTable(sheet.rows, sheet.name, sheet.is_hidden, sheet.merges)


def table_of_grid(grid: Grid) -> RowTable:
    """A table of a document or a page; the paragraphs of a cell are its lines."""

    def rows() -> Iterator[tuple[int, Values]]:
        for number, row in enumerate(grid.rows, 1):
            yield number, tuple(_cell_text(cell) for cell in row.cells)

    def merges() -> Merges:
        return Merges(
            {
                (number, column): (cell.height, 1)
                for number, row in enumerate(grid.rows, 1)
                for column, cell in enumerate(row.cells, 1)
                if cell.height > 1
            }
        )

    return RowTable(rows, grid.name, merges=merges)


def _cell_text(cell: Cell) -> str:
    """A cell's paragraphs as lines; several points keep their bullets."""
    several = len(cell.blocks) > 1
    return "\n".join(("・" if block.is_bullet and several else "") + block.text for block in cell.blocks)


def table_of_parquet(path: Path) -> RowTable:
    """A Parquet file, read a batch of rows at a time."""
    parquet = need("pyarrow.parquet", path)
    try:
        names = tuple(str(name) for name in parquet.ParquetFile(path).schema_arrow.names)
    except Exception as error:  # a fault of the library on bytes that are no Parquet, whatever its name
        raise broken(path, error) from error

    def rows() -> Iterator[tuple[int, Values]]:
        yield 1, names
        number = 1
        try:
            with parquet.ParquetFile(path) as file:
                for batch in file.iter_batches(batch_size=1024):
                    if all(column.null_count == batch.num_rows for column in batch.columns):
                        number += batch.num_rows  # millions of empty rows cost no walk
                        continue
                    columns = [column.to_pylist() for column in batch.columns]
                    for values in zip(*columns, strict=True):
                        number += 1
                        yield number, tuple(text_of(value) for value in values)
        except Exception as error:  # likewise in the middle of the file
            raise broken(path, error) from error

    return RowTable(rows)
