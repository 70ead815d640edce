"""HTML: tables with rowspan and colspan, as browsers, Word and Excel write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipeline.reading.blocks import Cell, blocks_of_html
from pipeline.reading.decode import decode_html
from pipeline.reading.extras import need
from pipeline.reading.grids import Grid, Row, Tables
from pipeline.reading.packages import Package, broken

_MOST_SPAN = 1_000  # what browsers allow, too
_EMPTY = Cell()
_OPENING = re.compile(r"^<[^>]*>|</t[dh]>\s*$")


def tables_of_html(package: Package) -> Tables:
    """Read all tables of a page; scripts, styles and what it links to are never followed.

    Raises
    ------
    IkenError
        When lxml is missing, or finds no page in the file.
    """
    html = need("lxml.html", package.path)
    text = decode_html(package.path.read_bytes(), package.path)
    try:
        # an encoding named in an XML declaration would contradict the text, which is decoded already
        root = html.document_fromstring(
            re.sub(r"^\s*<\?xml[^>]*\?>", "", text), parser=html.HTMLParser(huge_tree=False)
        )
    except Exception as error:  # a fault of the parser on bytes that are no page, whatever its name
        raise broken(package.path, error) from error
    for element in root.xpath("//script|//style|//head|//noscript|//template"):
        element.drop_tree()
    outer = root.xpath("//table[not(ancestor::table)]")
    grids = []
    for number, table in enumerate(outer, 1):
        name = f"表{number}" if len(outer) > 1 else ""
        grids.append(Grid(tuple(_rows(table, html, name)), name))
    for table in outer:
        table.drop_tree()
    notes = []
    for number, block in enumerate(blocks_of_html(html.tostring(root, encoding="unicode")), 1):
        notes.append((("○" if block.is_bullet else "") + block.text, f"表の外{number}段落"))
    return Tables(tuple(grids), tuple(notes))


def _rows(table: Any, html: Any, name: str) -> Iterator[Row]:  # noqa: ANN401 elements of lxml are untyped here
    """Rows with every cell in its column; covered cells are empty."""
    below: dict[int, int] = {}  # column -> the first row that no cell above covers
    rows = [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]
    for number, row in enumerate(rows):
        cells: list[Cell] = []
        for element in row.iterchildren("td", "th"):
            while below.get(len(cells), 0) > number:
                cells.append(_EMPTY)
            height, width = _span(element, "rowspan"), _span(element, "colspan")
            # rowspan=0: down to the last row
            left = len(rows) - number
            height = left if element.get("rowspan", "").strip() == "0" else min(height, left)
            width = max(1, min(width, _MOST_SPAN - len(cells)))
            below.update(dict.fromkeys(range(len(cells), len(cells) + width), number + height))
            inner = _OPENING.sub("", html.tostring(element, encoding="unicode", with_tail=False))
            cells += [Cell(blocks_of_html(_unwrapped(inner)), height), *[_EMPTY] * (width - 1)]
        while below.get(len(cells), 0) > number:
            cells.append(_EMPTY)
        yield Row(tuple(cells), f"{number + 1}行", name)


def _unwrapped(fragment: str) -> str:
    """Line breaks of the source mean nothing in HTML: only <br> and blocks break a line."""
    return re.sub(r"[ \t]*[\r\n]+[ \t]*", " ", fragment).replace("\xa0", " ")


def _span(element: Any, name: str) -> int:  # noqa: ANN401
    value = str(element.get(name, "1")).strip()
    return max(1, min(int(value), _MOST_SPAN)) if value.isdecimal() else 1
