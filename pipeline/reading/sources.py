"""Which reader a file goes to, by what it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import IkenError
from pipeline.reading.decode import read_text
from pipeline.reading.departments import Legend
from pipeline.reading.grids import grid_of_text
from pipeline.reading.opinion_list import ListLayout, read_items, read_layout
from pipeline.reading.plan_table import EMPTY, OPINION, is_plan_table, read_plan_table
from pipeline.records import Department, Finding, Item, Place, Source

_TABLE_ENDINGS = {".txt", ".tsv"}
_LIST_ENDINGS = {".csv", ".tsv", ".txt"}


def read_source(path: Path, departments: Legend | None = None) -> Source:
    """Read a file: a working-team table or an opinion list.

    Raises
    ------
    IkenError
        When the file is missing, empty, of an unknown ending, no text, or has no headings.
    """
    check_ending(path)
    if path.suffix.lower() in _TABLE_ENDINGS:
        grid = grid_of_text(read_text(path))
        if is_plan_table(grid):
            return read_plan_table(grid, path.name, departments)
        if not _looks_like_list(path):
            raise IkenError(
                "庁内意見の表の見出しも、意見一覧の見出しも見つかりません",
                file=str(path),
                remedy="表なら 基本施策・施策・施策の概要・意見、一覧なら 意見 の見出し行を付けてください",
            )
    return _list_source(path)


def check_ending(path: Path) -> None:
    """Refuse a file of an ending that no reader knows, or that does not exist."""
    if not path.exists():
        raise IkenError("ファイルがありません", file=str(path), remedy="名前と場所を確かめてください")
    if path.is_dir():
        raise IkenError("フォルダです", file=str(path), remedy="中のファイルを指定してください")
    if path.suffix.lower() not in _TABLE_ENDINGS | _LIST_ENDINGS:
        raise IkenError(
            f"「{path.suffix or '拡張子なし'}」のファイルは読めません",
            file=str(path),
            remedy="表は .txt か .tsv、意見一覧は .csv か .tsv で保存してください",
        )


def _looks_like_list(path: Path) -> bool:
    try:
        read_layout(path)
    except IkenError:
        return False
    return True


def _list_source(path: Path) -> Source:
    layout = read_layout(path)
    items = tuple(read_items(path, layout))
    if not items:
        raise IkenError("見出しの下に行がありません", file=str(path), remedy="意見の行があるか確かめてください")
    names = dict.fromkeys(name for item in items for name in item.departments)
    return Source(
        file=path.name,
        items=items,
        departments=tuple(Department(name) for name in names),
        findings=tuple(list_findings(path, layout, items)),
    )


def list_findings(path: Path, layout: ListLayout, items: tuple[Item, ...]) -> Iterator[Finding]:
    """What the reader of a list ought to know: which columns were taken, which rows are empty."""
    roles = {"opinion": "意見", "number": "番号", "department": "担当課", "filed_under": "計画上の位置"}
    used = "、".join(f"{roles[role]}←「{layout.header[column]}」" for role, column in layout.roles.items())
    yield Finding("情報", Place(path.name, f"{layout.header_row + 1}行"), f"読み取る列: {used}")
    unused = [name for column, name in enumerate(layout.header) if name and column not in layout.roles.values()]
    if unused:
        yield Finding("情報", Place(path.name, f"{layout.header_row + 1}行"), f"使わない列: {'、'.join(unused)}")
    if layout.header_row:
        yield Finding("情報", Place(path.name, f"1〜{layout.header_row}行"), "見出しより上の行は読みません")
    for item in items:
        if item.kind == EMPTY:
            yield Finding("情報", item.place, "意見が空の行です（空欄として数えます）")
    if not any(item.kind == OPINION for item in items):
        yield Finding("誤り", Place(path.name, ""), "意見が一件もありません", "意見の列に文字があるか確かめてください")
