"""PDF: ruled tables over several pages.

pdfplumber finds the rules and the letters. A PDF knows no lines and no paragraphs: lines are put
together where the layout broke them, and a row that a page break cut is one row again.
"""

from __future__ import annotations

import itertools
import logging
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from pipeline.errors import IkenError
from pipeline.language.normalize import tidy_spaces
from pipeline.reading.blocks import Block, Cell, blocks_of_wrapped, has_bullet, join_lines
from pipeline.reading.extras import need
from pipeline.reading.grids import Grid, Row, Tables
from pipeline.reading.measures import read_measure, read_policy
from pipeline.reading.packages import Package, broken
from pipeline.records import Finding, Place

_ENDS = ("。", "．", "！", "？", "）", ")", "】")
_SCANNED = "元の Word か Excel のファイルをもらうか、文字認識（OCR）をかけた PDF にしてください"
# Makers of PDF that know only a letter's shape take the radical for the letter: ⼿ for 手, ⺠ for 民.
_RADICALS = (
    "⼾戸⿊黒⾭青⿑斉⿒歯⺠民⻑長⻄西⻘青⻤鬼⻩黄⻫斉⻭歯⻯竜⻲亀⻁虎⻝食⻨麦⻆角⻅見"
    "⻉貝⻋車⻓長⻔門⻛風⻜飛⻢馬⻥魚⻦鳥⻬斉⻮歯⻰竜⻱亀⺟母⺩王⺭示⺾艹⻌辶⻖阝⻏阝‧・"
)
_GLYPHS = {
    **{code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)},
    **{ord(shape): letter for shape, letter in zip(_RADICALS[::2], _RADICALS[1::2], strict=True)},
    0xA0: " ",
}
_TOO_MANY_LINES = "線が多すぎるので読みません（地図や図面の頁なら差し支えありません）"
_ASK_FOR_ORIGINAL = "意見の表があるなら、元の Word か Excel のファイルをもらってください"
_MOST_DRAWN = 2 << 20
_MOST_LINES = 10_000  # a page of a dense table has some hundred
_DOT = 6  # points; a drawn bullet is smaller
_OPEN, _CLOSE = "（(「『【", "）)」』】"


def tables_of_pdf(package: Package) -> Tables:
    """Read the ruled tables of a PDF.

    Raises
    ------
    IkenError
        When pdfplumber is missing, or the file is encrypted, broken, without text or without ruled tables.
    """
    pdfplumber = need("pdfplumber", package.path)
    exceptions = need("pdfminer.pdfdocument", package.path)
    types = need("pdfminer.pdftypes", package.path)
    # pdfminer warns of every font it finds odd; what cannot be read is found below
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    grids: list[Grid] = []
    notes: list[tuple[str, str]] = []
    findings: list[Finding] = []
    letters = 0
    try:
        # a stream of our own: pdfplumber leaves the file open when it cannot read it
        with package.path.open("rb") as stream, pdfplumber.open(stream) as pdf:
            for page in pdf.pages:
                name = f"{page.page_number}頁"
                if _drawn(page, types) > _MOST_DRAWN:
                    findings.append(_skipped(Place(package.path.name, "", name)))
                    continue
                letters += len(page.chars)
                tables = [] if _is_drawing(page) else page.find_tables(_settings(page))
                for number, table in enumerate(tables, 1):
                    spot = name if len(tables) == 1 else f"{name} 表{number}"
                    grids.append(Grid(tuple(_rows(page, table, spot)), spot))
                notes += _notes(page, tables, name)
                findings += _unread(page, tables, Place(package.path.name, "", name))
                page.close()
    except IkenError:
        raise
    except Exception as error:  # pdfminer raises a dozen kinds on bytes that are no PDF
        if _is_encrypted(error, exceptions):
            raise IkenError(
                "パスワードで保護（暗号化）されています",
                file=str(package.path),
                remedy="パスワードを外した PDF をもらってください",
            ) from error
        raise broken(package.path, error or type(error).__name__) from error
    if not letters and findings and all(finding.what == _TOO_MANY_LINES for finding in findings):
        raise IkenError(_TOO_MANY_LINES, file=str(package.path), remedy=_ASK_FOR_ORIGINAL)
    if not letters:
        raise IkenError("文字のない（紙を読み込んだ画像の）PDF です", file=str(package.path), remedy=_SCANNED)
    return Tables(tuple(_mended(grids)), tuple(notes), tuple(findings))


def _settings(page: Any) -> dict[str, Any]:  # noqa: ANN401 pdfplumber is untyped
    """Close the cells that a page break leaves open: rules across where the upright ones begin and end."""
    upright = [edge for edge in page.edges if edge["orientation"] == "v" and edge["bottom"] - edge["top"] > 5]
    if not upright:
        return {}
    ends = [min(edge["top"] for edge in upright), max(edge["bottom"] for edge in upright)]
    return {"explicit_horizontal_lines": ends}


def _drawn(page: Any, types: Any) -> int:  # noqa: ANN401
    """Bytes of what draws a page, unpacked: laying out a page takes time in proportion."""
    streams = (types.resolve1(one) for one in page.page_obj.contents)
    return sum(len(one.get_data()) for one in streams if isinstance(one, types.PDFStream))


def _skipped(place: Place) -> Finding:
    return Finding("誤り", place, _TOO_MANY_LINES, _ASK_FOR_ORIGINAL)


def _is_drawing(page: Any) -> bool:  # noqa: ANN401
    """Whether a page holds more lines than any table: where they cross takes time in the square of them."""
    return len(page.lines) + len(page.rects) + len(page.curves) > _MOST_LINES


def _unread(page: Any, tables: Sequence[Any], place: Place) -> Iterator[Finding]:  # noqa: ANN401
    """What stands on a page and cannot be read."""
    if _is_drawing(page):
        yield _skipped(place)
    if not page.chars and page.images:
        yield Finding("誤り", place, "画像だけの頁なので読めません", _SCANNED)
    if any(char["text"].startswith("(cid:") for char in page.chars):
        yield Finding(
            "誤り", place, "文字として取り出せない字があります", "元の Word か Excel のファイルをもらってください"
        )
    lost = 0
    for table in tables:
        boxes = [box for row in table.rows for box in row.cells if box]
        lost += sum(
            bool(char["text"].strip())
            and _is_within(char, table.bbox)
            and not any(_is_within(char, box) for box in boxes)
            for char in page.chars
        )
    if lost:
        yield Finding(
            "誤り",
            place,
            f"表の中に、どの欄にも入らない字が{lost}字あります（読みません）",
            "元の Word か Excel のファイルをもらうか、その部分を手で写してください",
        )


def _is_within(char: dict[str, Any], box: Sequence[float]) -> bool:
    """Whether the middle of a letter lies in a box (left, top, right, bottom)."""
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _is_encrypted(error: BaseException, exceptions: Any) -> bool:  # noqa: ANN401
    seen = (error, error.__cause__, error.__context__, *error.args)
    return any(isinstance(one, (exceptions.PDFPasswordIncorrect, exceptions.PDFEncryptionError)) for one in seen)


def _rows(page: Any, table: Any, name: str) -> Iterator[Row]:  # noqa: ANN401 pdfplumber is untyped
    tops = [row.bbox[1] for row in table.rows]
    for number, row in enumerate(table.rows, 1):
        cells = []
        for box in row.cells:
            if box is None:
                cells.append(Cell())
                continue
            height = sum(box[1] - 1 <= top < box[3] - 1 for top in tops)
            cells.append(Cell(blocks_of_wrapped(_lines(page, box)), max(1, height)))
        yield Row(tuple(cells), f"{number}行", name, begins_page=number == 1)


def _lines(page: Any, box: tuple[float, float, float, float]) -> list[tuple[str, bool]]:  # noqa: ANN401
    """The lines within a box, and whether each fills its width."""
    right = box[2]
    inside = [char for char in page.chars if _is_within(char, box)]
    dots = [dot for dot in page.curves if _is_within(dot, box) and max(dot["width"], dot["height"]) < _DOT]
    lines = _lines_of(inside)
    edge = max((_stripped(line)[-1]["x1"] for line in lines), default=right)
    # a line that ends at the edge of the cell, or as far right as any other, was broken by the layout
    reach = max(edge, right - 3 * _size(inside)) if len(lines) > 1 else right
    found = []
    for line in lines:
        kept = _stripped(line)
        text = ("●" if _has_dot(kept, dots) else "") + _text_of(kept)
        # a space at the end of a line was typed: the layout itself leaves none
        found.append((text + " " * (len(kept) < len(line)), kept[-1]["x1"] > reach - 1.6 * _size(line)))
    return found


def _has_dot(line: Sequence[dict[str, Any]], dots: Sequence[dict[str, Any]]) -> bool:
    """Whether a bullet was drawn before a line: browsers draw a list's dots instead of writing them."""
    first = line[0]
    return any(
        first["top"] <= (dot["top"] + dot["bottom"]) / 2 <= first["bottom"]
        and 0 < first["x0"] - dot["x1"] < 2 * first["size"]
        for dot in dots
    )


def _lines_of(chars: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Letters by line, each from left to right."""
    lines: list[list[dict[str, Any]]] = []
    for char in sorted(chars, key=lambda one: ((one["top"] + one["bottom"]) / 2, one["x0"])):
        middle = (char["top"] + char["bottom"]) / 2
        if lines and middle - (lines[-1][0]["top"] + lines[-1][0]["bottom"]) / 2 < 0.5 * char["size"]:
            lines[-1].append(char)
        else:
            lines.append([char])
    kept = [sorted(line, key=lambda one: one["x0"]) for line in lines]
    return [line for line in kept if any(char["text"].strip() for char in line)]


def _stripped(line: list[dict[str, Any]]) -> list[dict[str, Any]]:
    while not line[-1]["text"].strip():
        line = line[:-1]
    return line


def _size(chars: Iterable[dict[str, Any]]) -> float:
    return max((float(char["size"]) for char in chars), default=10.0)


def _text_of(line: Sequence[dict[str, Any]]) -> str:
    """A line's letters; a gap wider than half a letter between Latin words is a space."""
    text = line[0]["text"]
    for before, char in itertools.pairwise(line):
        gap = char["x0"] - before["x1"]
        is_latin = before["text"].isascii() and char["text"].isascii()
        # bold type made by printing a letter twice
        if char["text"] == before["text"] and abs(char["x0"] - before["x0"]) < 0.2 * char["size"]:
            continue
        text += (" " if gap > 0.25 * char["size"] and is_latin else "") + char["text"]
    return str(text).translate(_GLYPHS)


def _notes(page: Any, tables: Sequence[Any], name: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """Paragraphs outside the tables; a legend of several lines is one."""
    outside = [char for char in page.chars if not any(_is_within(char, table.bbox) for table in tables)]
    lines = [_stripped(line) for line in _lines_of(outside)]
    edge = max((line[-1]["x1"] for line in lines), default=0.0)
    paragraph: list[str] = []
    bottom = 0.0
    is_full = False
    first = 1
    for number, line in enumerate(lines, 1):
        text = _text_of(line).strip()
        size = _size(line)
        is_open = _is_open("".join(paragraph))
        goes_on = (
            line[0]["top"] - bottom < size
            and (is_full or is_open)
            and not text.startswith("※")
            and not has_bullet(text)
        )
        if paragraph and not goes_on:
            yield tidy_spaces(join_lines(paragraph)), f"{name} 表の外{first}行"
            paragraph, first = [], number
        paragraph.append(text)
        bottom = max(char["bottom"] for char in line)
        is_full = line[-1]["x1"] > edge - 1.6 * size
    if paragraph:
        yield tidy_spaces(join_lines(paragraph)), f"{name} 表の外{first}行"


def _is_open(text: str) -> bool:
    """Whether a bracket is open at the end of a text."""
    return sum(text.count(mark) for mark in _OPEN) > sum(text.count(mark) for mark in _CLOSE)


def _mended(grids: Sequence[Grid]) -> Iterator[Grid]:
    """Rows that a page break cut are one again: the rest is joined to the row on the page before."""
    done: list[Grid] = []
    for grid in grids:
        rows = list(grid.rows)
        before = done[-1] if done else None
        if before and before.rows and rows and len(before.rows[0].cells) == len(rows[0].cells):
            heads = _repeated_heading(before.rows, rows) or _repeated_heading(done[0].rows, rows)
            # the row that a page begins with below its repeated headings
            if len(rows) > heads and (whole := _joined(before.rows[-1], rows[heads])):
                done[-1] = replace(before, rows=(*before.rows[:-1], whole))
                del rows[heads]
        done.append(replace(grid, rows=tuple(rows)))
    yield from done


def _repeated_heading(before: Sequence[Row], rows: Sequence[Row]) -> int:
    """How many rows at the top repeat the top of the table before."""
    count = 0
    for old, new in zip(before, rows, strict=False):
        if [cell.text for cell in old.cells] != [cell.text for cell in new.cells]:
            break
        count += 1
    return count


def _joined(row: Row, rest: Row) -> Row | None:
    """A row and its rest on the next page; None when the next row is one of its own.

    Some cell must go on in the middle of its text, and no cell may begin that was empty above.
    """
    is_cut = False
    for cell, more in zip(row.cells, rest.cells, strict=True):
        if not more.blocks:
            continue
        # (2)…, 3 …: a measure or a 基本施策 of its own
        if not cell.blocks or (more is not rest.cells[-1] and _is_numbered(more.text)):
            return None
        first = more.blocks[0]
        if not first.is_bullet and not first.is_title:
            is_cut = is_cut or cell.blocks[-1].is_bullet or not cell.text.rstrip().endswith(_ENDS)
    if not is_cut:
        return None
    return replace(row, cells=tuple(_joined_cell(cell, more) for cell, more in zip(row.cells, rest.cells, strict=True)))


def _is_numbered(text: str) -> bool:
    return read_measure(text).number is not None or read_policy(text).number is not None


def _joined_cell(cell: Cell, more: Cell) -> Cell:
    if not more.blocks:
        return cell
    first, *others = more.blocks
    last = cell.blocks[-1]
    if not first.is_bullet and not first.is_title:
        whole = Block(tidy_spaces(join_lines([last.text, first.text])), last.is_bullet, last.level)
        return replace(cell, blocks=(*cell.blocks[:-1], whole, *others))
    return replace(cell, blocks=(*cell.blocks, *more.blocks))
