"""DOCX: tables with merged cells and lists, and the paragraphs around them.

python-docx gives the package, the styles and the numbering. Its own cell text repeats a merged cell
for every cell it covers and leaves out inserted (tracked) text, so the cells are read from the XML.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.reading.blocks import Block, Cell, blocks_of_lines, has_bullet, without_bullet
from pipeline.reading.extras import need
from pipeline.reading.grids import Grid, Row, Tables
from pipeline.reading.packages import Package, broken
from pipeline.records import Finding, Place

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Text that is struck out by a tracked deletion, ruby above a word, or stands in a shape.
_UNREAD = {f"{_W}del", f"{_W}moveFrom", f"{_W}rt", f"{_W}txbxContent", f"{_W}instrText"}


def tables_of_docx(package: Package) -> Tables:
    """Read all tables of a document.

    Raises
    ------
    IkenError
        When python-docx is missing, or cannot read the file.
    """
    docx = need("docx", package.path)
    try:
        document = docx.Document(str(package.path))
        styles = _list_styles(document)
        body = document.element.body
    except Exception as error:  # a fault of the library on bytes that are no document, whatever its name
        raise broken(package.path, error) from error
    grids: list[Grid] = []
    notes: list[tuple[str, str]] = []
    for number, element in enumerate(_blocks(body), 1):
        if element.tag == f"{_W}p":
            lines = [line.strip() for line in _text(element).split("\n") if line.strip()]
            notes += [(line, f"{number}段落") for line in lines]
        else:
            name = f"表{len(grids) + 1}"
            grids.append(Grid(tuple(_rows(element, styles, name)), name))
    findings = []
    if next(body.iter(*(f"{_W}{name}" for name in ("del", "ins", "moveFrom", "moveTo"))), None) is not None:
        findings.append(
            Finding(
                "注意",
                Place(package.path.name, ""),
                "変更履歴が残っています（挿入を読み、削除は読みません）",
                "Word で変更をすべて反映してから保存してください",
            )
        )
    return Tables(tuple(grids), tuple(notes), tuple(findings))


def _blocks(parent: Any) -> Iterator[Any]:  # noqa: ANN401 elements of lxml are untyped here
    """Paragraphs and tables in order, those within content controls too."""
    for child in parent:
        if child.tag in (f"{_W}p", f"{_W}tbl"):
            yield child
        elif child.tag == f"{_W}sdt":
            for content in child.iterchildren(f"{_W}sdtContent"):
                yield from _blocks(content)
        elif child.tag in (f"{_W}ins", f"{_W}moveTo", f"{_W}customXml"):
            yield from _blocks(child)


def _rows(table: Any, styles: dict[str, int], name: str) -> Iterator[Row]:  # noqa: ANN401
    """Rows with every cell in its column; a covered cell is empty."""
    rows: list[list[Cell]] = []
    open_since: dict[int, int] = {}  # column -> the row where a merge downwards began
    for element in _children(table, "tr"):
        number = len(rows)
        cells = [Cell()] * _grid_gap(element, "gridBefore")
        for cell in _children(element, "tc"):
            column = len(cells)
            properties = cell.find(f"{_W}tcPr")
            merge = properties.find(f"{_W}vMerge") if properties is not None else None
            goes_on = merge is not None and merge.get(f"{_W}val", "continue") != "restart"
            if goes_on and column in open_since:
                begun = open_since[column]
                rows[begun][column] = Cell(rows[begun][column].blocks, number - begun + 1)
                cells.append(Cell())
            else:
                open_since.pop(column, None)
                if merge is not None:
                    open_since[column] = number
                cells.append(Cell(tuple(_cell_blocks(cell, styles))))
            cells += [Cell()] * (_span(properties) - 1)
        rows.append(cells)
    for number, cells in enumerate(rows, 1):
        yield Row(tuple(cells), f"{number}行", name)


def _children(parent: Any, tag: str) -> Iterator[Any]:  # noqa: ANN401
    """Rows or cells, those within content controls and tracked insertions too."""
    for child in parent:
        if child.tag == f"{_W}{tag}":
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
            yield from _children(child, tag)


def _grid_gap(row: Any, tag: str) -> int:  # noqa: ANN401
    found = row.find(f"{_W}trPr/{_W}{tag}")
    return int(found.get(f"{_W}val", "0")) if found is not None else 0


def _span(properties: Any) -> int:  # noqa: ANN401
    found = properties.find(f"{_W}gridSpan") if properties is not None else None
    return max(1, int(found.get(f"{_W}val", "1"))) if found is not None else 1


def _cell_blocks(cell: Any, styles: dict[str, int]) -> Iterator[Block]:  # noqa: ANN401
    """Paragraphs of a cell; list paragraphs are bullets, of a table within it the cells one by one."""
    lines: list[str] = []
    for element in _blocks(cell):
        if element.tag == f"{_W}tbl":
            yield from blocks_of_lines(lines)
            lines = []
            for row in _children(element, "tr"):
                for inner in _children(row, "tc"):
                    yield from _cell_blocks(inner, styles)
            continue
        level = _list_level(element, styles)
        text = _text(element)
        if level is None or has_bullet(text):
            lines += text.split("\n")
            continue
        if not text.strip() and element.find(f".//{_W}del") is not None:
            continue  # a point that was struck out
        yield from blocks_of_lines(lines)
        lines = []
        yield Block(without_bullet(" ".join(text.split())), True, level)
    yield from blocks_of_lines(lines)


def _text(paragraph: Any) -> str:  # noqa: ANN401
    """All text of a paragraph as Word shows it with every change accepted."""
    parts: list[str] = []

    def walk(element: Any) -> None:  # noqa: ANN401
        for child in element:
            if child.tag in _UNREAD:
                continue
            if child.tag == f"{_W}t":
                parts.append(child.text or "")
            elif child.tag in (f"{_W}br", f"{_W}cr"):
                parts.append("\n")
            elif child.tag == f"{_W}tab":
                parts.append(" ")
            elif child.tag == f"{_W}noBreakHyphen":
                parts.append("-")
            else:
                walk(child)

    walk(paragraph)
    return "".join(parts)


def _list_styles(document: Any) -> dict[str, int]:  # noqa: ANN401
    """The styles that make a paragraph a list item, with their level (List Bullet 2: 1)."""
    found = {}
    for style in document.styles.element.iter(f"{_W}style"):
        numbering = style.find(f"{_W}pPr/{_W}numPr")
        if numbering is not None and style.get(f"{_W}type") == "paragraph":
            level = numbering.find(f"{_W}ilvl")
            name = str(style.get(f"{_W}styleId", ""))
            deeper = int(name[-1]) - 1 if name[-1:].isdigit() else 0
            found[name] = max(int(level.get(f"{_W}val", "0")) if level is not None else 0, deeper)
    return found


def _list_level(paragraph: Any, styles: dict[str, int]) -> int | None:  # noqa: ANN401
    """How deep in a list a paragraph stands; None when it stands in none."""
    properties = paragraph.find(f"{_W}pPr")
    if properties is None:
        return None
    numbering = properties.find(f"{_W}numPr")
    if numbering is not None:
        number, level = numbering.find(f"{_W}numId"), numbering.find(f"{_W}ilvl")
        if number is not None and number.get(f"{_W}val") == "0":
            return None  # numbering taken off again
        return int(level.get(f"{_W}val", "0")) if level is not None else 0
    style = properties.find(f"{_W}pStyle")
    return styles.get(style.get(f"{_W}val", "")) if style is not None else None
