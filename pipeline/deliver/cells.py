"""Cells that are safe to open in a spreadsheet, and read back unchanged.

A spreadsheet runs a cell that begins with = + - @ (or a tab before it) as a formula, and a
Japanese one takes the full-width signs too. Such a cell gets an apostrophe in front; so does
one that has an apostrophe there already, so that taking one off gives back what was written.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def guard(value: str) -> str:
    """Make a cell safe.

    >>> guard("=1+1")
    "'=1+1"
    """
    if value.startswith(_FORMULA_STARTS) or (value.startswith("'") and value.lstrip("'").startswith(_FORMULA_STARTS)):
        return "'" + value
    return value


def unguard(value: str) -> str:
    """Undo :func:`guard`."""
    if value.startswith("'") and value.lstrip("'").startswith(_FORMULA_STARTS):
        return value[1:]
    return value


def write_rows(stream: TextIO, rows: Iterable[Sequence[str]]) -> None:
    """Write rows as CSV with guarded cells and the line ends that Excel writes."""
    csv.writer(stream, lineterminator="\r\n").writerows([guard(cell) for cell in row] for row in rows)


def read_rows(stream: TextIO) -> Iterator[list[str]]:
    """Read what :func:`write_rows` wrote."""
    for row in csv.reader(stream):
        yield [unguard(cell) for cell in row]


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Give a whole CSV file: UTF-8 with BOM, so that a double click opens it right."""
    stream = io.StringIO(newline="")
    write_rows(stream, [header])
    write_rows(stream, rows)
    return stream.getvalue().encode("utf-8-sig")
