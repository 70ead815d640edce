"""Which reader a file goes to, by what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import IkenError
from pipeline.kinds import OPINION
from pipeline.reading.columns import Columns
from pipeline.reading.decode import read_text
from pipeline.reading.departments import Legend
from pipeline.reading.grids import Tables, tables_of_text
from pipeline.reading.opinion_list import OpinionList, find_layout, no_layout
from pipeline.reading.packages import DOCX, HTML, PARQUET, PDF, XLSX, Package, inspect
from pipeline.reading.paper import tables_of_pdf
from pipeline.reading.plan_table import is_plan_table, read_plan_table
from pipeline.reading.rows import RowTable, table_of_csv, table_of_grid, table_of_parquet, table_of_sheet
from pipeline.reading.spreadsheet import Merges, Workbook
from pipeline.reading.webpage import tables_of_html
from pipeline.reading.word import tables_of_docx
from pipeline.records import Department, Finding, Item, Place, Source

_DOCUMENTS = {DOCX: tables_of_docx, HTML: tables_of_html, PDF: tables_of_pdf}
_ITEM = 600  # bytes an item takes beside its text
_MOST_BYTES = 3 << 29  # read whole: two million short opinions; a file of some kilobytes may unpack to more
_PROBED_ROWS = 30  # headings of a working-team table stand among the first rows of a sheet


@dataclass(frozen=True)
class Opened:
    """A file that was recognised: a working-team table, read, or opinion lists, still to be read.

    Attributes
    ----------
    path : Path
    table : Source or None
    lists : tuple of OpinionList
        One a sheet; empty for a working-team table.
    findings : tuple of Finding
        What was noticed on opening lists (those on a table stand in ``table``).
    """

    path: Path
    table: Source | None = None
    lists: tuple[OpinionList, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_source(path: Path, departments: Legend | None = None, columns: Columns | None = None) -> Source:
    """Read a file whole: a working-team table or an opinion list.

    Raises
    ------
    IkenError
        When the file is missing, empty, broken, encrypted, of no known form, or has no headings.
    """
    opened = open_source(path, departments, columns)
    if opened.table:
        return opened.table
    items: list[Item] = []
    findings = list(opened.findings)
    size = 0
    for one in opened.lists:
        found: list[Item] = []
        for item in one.items():
            size += _ITEM + 2 * len(item.text)
            if size > _MOST_BYTES:
                raise IkenError(
                    f"一度に読むには大きすぎます（{len(items) + len(found):,}行まで読みました）",
                    file=str(path),
                    remedy="iken classify で判定だけを付けるか、ファイルを分けてください",
                )
            found.append(item)
        items += found
        findings += one.findings(tuple(found))
    if not items:
        raise IkenError("見出しの下に行がありません", file=str(path), remedy="意見の行があるか確かめてください")
    if not any(item.kind == OPINION for item in items):
        findings.append(
            Finding("誤り", Place(path.name, ""), "意見が一件もありません", "意見の列に文字があるか確かめてください")
        )
    names = dict.fromkeys(name for item in items for name in item.departments)
    return Source(path.name, tuple(items), None, tuple(Department(name) for name in names), tuple(findings))


def open_source(path: Path, departments: Legend | None = None, columns: Columns | None = None) -> Opened:
    """Recognise a file and open it; see :func:`read_source`."""
    package = inspect(path)
    if package.kind == XLSX:
        return _open_workbook(package, departments, columns)
    if package.kind == PARQUET:
        return _open_lists(package, [table_of_parquet(path)], columns)
    if package.kind in _DOCUMENTS:
        tables = _DOCUMENTS[package.kind](package)
        if is_plan_table(tables):
            return _table(package, tables, departments)
        lists = [table_of_grid(grid) for grid in tables.grids]
        if not lists:
            raise IkenError(
                "表が見つかりません",
                file=str(path),
                remedy="意見を罫線のある表に入れるか、Excel の表で保存してください",
            )
        return _open_lists(package, lists, columns, tables.findings)
    if path.suffix.lower() != ".csv":
        tables = tables_of_text(read_text(path))
        if is_plan_table(tables):
            return _table(package, tables, departments)
        if not find_layout(table_of_csv(path), columns):
            raise IkenError(
                "庁内意見の表の見出しも、意見一覧の見出しも見つかりません",
                file=str(path),
                remedy="表なら 基本施策・施策・施策の概要・意見、一覧なら 意見 の見出し行を付けてください",
            )
    return _open_lists(package, [table_of_csv(path)], columns)


def _table(package: Package, tables: Tables, departments: Legend | None) -> Opened:
    source = read_plan_table(tables, package.path.name, departments)
    findings = (*package.findings, *source.findings)
    return Opened(package.path, Source(source.file, source.items, source.plan, source.departments, findings))


def _open_lists(
    package: Package, tables: Sequence[RowTable], columns: Columns | None, findings: Sequence[Finding] = ()
) -> Opened:
    path = package.path
    noticed = [*package.findings, *findings]
    lists = []
    for table in tables:
        layout = find_layout(table, columns)
        if layout:
            lists.append(OpinionList(path, table, layout))
        elif len(tables) > 1 and any(any(cell.strip() for cell in row) for _, row in table.rows()):
            noticed.append(
                Finding(
                    "注意" if _has_sentences(table) else "情報",
                    Place(path.name, "", table.name),
                    "意見の列がないので読みません",
                    "意見があるなら見出しを付けてください",
                )
            )
    if not lists:
        raise no_layout(tables[0], path, columns)
    return Opened(path, None, tuple(lists), tuple(noticed))


def _has_sentences(table: RowTable) -> bool:
    """Whether a table without the headings of a list may hold opinions all the same."""
    return any(len(cell) > 20 or cell.rstrip().endswith("。") for _, row in table.rows() for cell in row)


def _open_workbook(package: Package, departments: Legend | None, columns: Columns | None) -> Opened:
    """Sheets that hold a working-team table are one table; else every sheet with opinions is a list."""
    book = Workbook(package)
    findings = list(book.lost_formulas())
    tables = [sheet for sheet in book.sheets if _has_plan_headings(table_of_sheet(sheet))]
    if not tables:
        return _open_lists(package, [table_of_sheet(sheet) for sheet in book.sheets], columns, findings)
    grids = []
    for sheet in book.sheets:
        place = Place(package.path.name, "", sheet.name)
        if sheet not in tables:
            if find_layout(table_of_sheet(sheet), columns):
                findings.append(
                    Finding(
                        "誤り",
                        place,
                        "意見の列がありますが、表と一緒には読みません",
                        "別のファイルに分けて一緒に指定してください",
                    )
                )
            else:
                findings.append(Finding("情報", place, "庁内意見の表ではないので読みません"))
            continue
        merges = sheet.merges()
        grid = sheet.grid(merges)
        findings += _hidden(package.path, sheet.name, sheet.is_hidden, merges, [row.spot for row in grid.rows])
        grids.append(grid)
    source = read_plan_table(Tables(tuple(grids), (), tuple(findings)), package.path.name, departments)
    return Opened(
        package.path,
        Source(source.file, source.items, source.plan, source.departments, (*package.findings, *source.findings)),
    )


def _has_plan_headings(table: RowTable) -> bool:
    from pipeline.reading.blocks import Cell, blocks_of_lines
    from pipeline.reading.grids import Grid, Row

    rows = []
    for count, (number, values) in enumerate(table.rows()):
        if count >= _PROBED_ROWS:
            break
        rows.append(Row(tuple(Cell(blocks_of_lines(value.split("\n"))) for value in values), f"{number}行"))
    return is_plan_table(Tables((Grid(tuple(rows)),)))


def _hidden(path: Path, name: str, is_hidden: bool, merges: Merges, spots: Sequence[str]) -> list[Finding]:
    findings = []
    if is_hidden:
        findings.append(
            Finding(
                "注意",
                Place(path.name, "", name),
                "表示されていないシートも読みます",
                "要らないシートなら消してください",
            )
        )
    hidden = [spot for spot in spots if int(spot.removesuffix("行")) in merges.hidden_rows]
    if hidden:
        more = f" ほか{len(hidden) - 5}行" if len(hidden) > 5 else ""
        findings.append(
            Finding(
                "注意",
                Place(path.name, "、".join(hidden[:5]) + more, name),
                f"表示されていない行も読みます（{len(hidden)}行）",
                "読まなくてよい行なら、行ごと消してください",
            )
        )
    if merges.hidden_columns:
        count = len(merges.hidden_columns)
        what, remedy = f"表示されていない列も読みます（{count}列）", "読まなくてよい列なら、列ごと消してください"
        findings.append(Finding("注意", Place(path.name, "", name), what, remedy))
    return findings
