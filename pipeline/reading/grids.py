"""A table of any form becomes a grid of cells, each knowing its place.

Text, web page, spreadsheet, document and PDF become the same grid, so that what follows reads
them all alike. A merged cell stands where it begins; the cells it covers are empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.reading.blocks import Cell, blocks_of_html
from pipeline.records import Finding


@dataclass(frozen=True, slots=True)
class Row:
    """One row and its place in the source.

    Attributes
    ----------
    cells : tuple of Cell
    spot : str
        ``8行``.
    sheet : str
        Sheet, page or table it stands in, where there are several.
    begins_page : bool
        Whether it is the first row of a page, and so may go on with the last row of the page before.
    """

    cells: tuple[Cell, ...]
    spot: str
    sheet: str = ""
    begins_page: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table.

    Attributes
    ----------
    rows : tuple of Row
    name : str
        How a person would find it: ``シート「集計」``, ``表2``.
    is_hidden : bool
        Whether its sheet is hidden.
    """

    rows: tuple[Row, ...]
    name: str = ""
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables of one file and what stands around them.

    Attributes
    ----------
    grids : tuple of Grid
        In order; a table that goes on over pages may come as several.
    notes : tuple of (str, str)
        The lines outside the tables, each with its place.
    findings : tuple of Finding
        What the reader of the form noticed: hidden rows, macros, pages without text.
    """

    grids: tuple[Grid, ...]
    notes: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()


def tables_of_text(text: str) -> Tables:
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
    return Tables((Grid(tuple(rows)),), tuple(notes))


def _is_open(line: str) -> bool:
    lowered = line.lower()
    return any(len(re.findall(rf"<{tag}[ >]", lowered)) > lowered.count(f"</{tag}>") for tag in ("ul", "ol"))
