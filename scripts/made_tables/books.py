"""The working-team table as spreadsheets: merged cells, an opinion to a row, a sheet per policy."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import groupby
from math import ceil
from pathlib import Path
from unicodedata import east_asian_width
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from scripts.made_tables.layout import COLUMNS, Box, Table, boxes_of, typed

_WIDTHS = (16, 24, 36, 92)
"""Of the columns, in half-width characters."""
_STAMP = b"2025-01-31T09:00:00Z"
_GOTHIC = "ＭＳ ゴシック"
_FIGURES = (
    ("施設の利用者数（人）", None, None, None),
    ("施設", "令和4年度", "令和5年度", "令和6年度"),
    ("図書館", 48210, 49877, 51302),
    ("体育館", 30655, 33120, 32984),
    ("公民館（計）", 27491, 26038, 26775),
    ("合計", 106356, 109035, 111061),
)


def write_book(table: Table, path: Path, text_of: Callable[[Box], str] = typed, *, one_per_row: bool = False) -> None:
    """Write everything to one sheet."""
    book = Workbook()
    boxes = boxes_of(table, table.entries, one_per_row=one_per_row)
    _fill_sheet(book.create_sheet("意見一覧"), table.captions_of(table.entries), boxes, text_of)
    _save(book, path)


def write_sheets(table: Table, path: Path) -> None:
    """Write a sheet per policy, a row hidden in the first two, a sheet of figures and a hidden list."""
    book = Workbook()
    figures = book.create_sheet("集計")
    for line in _FIGURES:
        figures.append(line)
    inside = [entry for entry in table.entries if not entry.is_outside]
    groups = [
        (f"基本施策{number}", list(group))
        for number, (_, group) in enumerate(groupby(inside, key=lambda entry: entry.policy), 1)
    ]
    outside = [entry for entry in table.entries if entry.is_outside]
    for number, (name, group) in enumerate([*groups, ("計画外", outside)] if outside else groups):
        sheet = book.create_sheet(name)
        captions = table.captions_of(group)
        _fill_sheet(sheet, captions, boxes_of(table, group, one_per_row=True), typed)
        if number < 2:  # the second opinion of the sheet, a row that someone hid and forgot
            sheet.row_dimensions[len(captions) + 4].hidden = True
    master = book.create_sheet("マスタ")
    legends = "\n".join(table.captions_of(table.entries))
    for pair in [("記号", "課等"), *dict.fromkeys(re.findall(r"[（、]([^（、]{1,3})：([^、（）]+)", legends))]:
        master.append(pair)
    master.sheet_state = "hidden"
    _save(book, path)


def settle(path: Path) -> None:
    """Rewrite a zipped document with one fixed date, so that the same source gives the same bytes."""
    with ZipFile(path) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, data in parts:
            dated = name == "docProps/core.xml"
            body = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", _STAMP, data) if dated else data
            archive.writestr(ZipInfo(name, (2025, 1, 31, 9, 0, 0)), body, ZIP_DEFLATED)


def _save(book: Workbook, path: Path) -> None:
    book.remove(book.worksheets[0])
    book.save(path)
    settle(path)


def _fill_sheet(sheet: Worksheet, captions: Sequence[str], boxes: Sequence[Box], text_of: Callable[[Box], str]) -> None:
    """Write captions, headings and rows, with spans and heights."""
    _write_captions(sheet, captions)
    heights: dict[int, int] = {}
    for box in boxes:
        row, text = len(captions) + 1 + box.row, text_of(box)
        _write_box(sheet, box, row, text)
        wide = sum(_WIDTHS[box.column : box.column + box.width]) - 2
        lines = sum(max(1, ceil(_wide(line) / wide)) for line in text.split("\n"))
        need = ceil((lines * 14.5 + 5) / box.height)
        heights.update({at: max(heights.get(at, 0), need) for at in range(row, row + box.height)})
    for at, height in heights.items():
        sheet.row_dimensions[at].height = min(height, 409)
    for letter, width in zip("ABCD", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr = 0, PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{len(captions) + 1}:{len(captions) + 2}"
    sheet.freeze_panes = f"A{len(captions) + 3}"


def _write_captions(sheet: Worksheet, captions: Sequence[str]) -> None:
    for row, line in enumerate(captions, 1):
        cell = sheet.cell(row, 1, line)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        cell.font = Font(name=_GOTHIC, size=14 if row == 1 else 10, bold=row == 1)
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=COLUMNS)
        sheet.row_dimensions[row].height = 24 if row == 1 else 14 * ceil(_wide(line) / (sum(_WIDTHS) - 4))


def _write_box(sheet: Worksheet, box: Box, row: int, text: str) -> None:
    cell = sheet.cell(row, box.column + 1, text or None)
    cell.font = Font(name=_GOTHIC, size=10, bold=box.is_head)
    cell.alignment = Alignment("center", "center") if box.is_head else Alignment("left", "top", wrap_text=True)
    if box.is_head:
        cell.fill = PatternFill("solid", fgColor="DDEBF7")
    side = Side(style="thin")
    last, right = row + box.height - 1, box.column + box.width
    for ruled in sheet.iter_rows(row, last, box.column + 1, right):
        for one in ruled:
            one.border = Border(left=side, right=side, top=side, bottom=side)
    if box.height * box.width > 1:
        sheet.merge_cells(start_row=row, end_row=last, start_column=box.column + 1, end_column=right)


def _wide(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WFA" else 1 for char in text)
