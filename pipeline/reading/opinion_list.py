"""An opinion list: one opinion a row, columns found by their names.

Rows are read one after another, so a list of any length needs little memory.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.errors import IkenError
from pipeline.kinds import EMPTY, OPINION, TOTAL
from pipeline.language.normalize import normalize
from pipeline.reading.columns import (
    Columns,
    could_hold_opinions,
    find_columns,
    names_opinions,
    personal_kind,
    spoken,
)
from pipeline.reading.rows import RowTable, Values
from pipeline.reading.spreadsheet import Covered, Merges
from pipeline.records import Finding, Item, Place

_HEADER_ROWS = 30  # a preamble above the headings may be this long
_DEPARTMENT_JOINT = re.compile(r"[、,，;；／/\n]+")
_TOTAL = re.compile(
    r"^(?:合計|小計|総計|総合計|累計|計|total)(?:[:： ].*|[（(]?[\d,]+\s*(?:件|人|名|通)?[）)]?)?$", re.IGNORECASE
)
_MOST_TOTAL = 100  # characters; no cell of a row of totals is as long, and rows of opinions are many
# What a spreadsheet shows when a formula failed.
_FAILED = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!"})
_DITTOS = frozenset({("〃",), ("同上",), ("”",), ('"',), ("々",), ("″",)})  # the department of the row above
_LONG = 40  # characters; a column of free text is longer than a category


@dataclass(frozen=True, slots=True)
class ListLayout:
    """Where the headings of a list stand and what they mean.

    Attributes
    ----------
    header_row : int
        As a spreadsheet counts, from 1.
    header : tuple of str
    roles : mapping of str to tuple of int
        As found by :func:`find_columns`.
    """

    header_row: int
    header: Values
    roles: Mapping[str, tuple[int, ...]]

    @property
    def attributes(self) -> tuple[int, ...]:
        """The columns without a role that have a heading."""
        taken = {column for some in self.roles.values() for column in some}
        return tuple(column for column, name in enumerate(self.header) if name and column not in taken)


def find_layout(table: RowTable, columns: Columns | None = None) -> ListLayout | None:
    """Find the headings of a list; None when no row near its top has a column of opinions.

    A title above them may begin like a heading (意見一覧): of all rows that could be the headings, the
    one that names most columns is taken, then the one that names the opinions exactly, then the first.
    """
    best: tuple[tuple[int, bool], ListLayout] | None = None
    for number, row in itertools.islice(table.rows(), _HEADER_ROWS):
        roles = find_columns(row, columns)
        if "opinion" not in roles:
            continue
        heading = row[roles["opinion"][0]]
        said = bool(columns and any(role == "opinion" for role, _ in columns.named))
        alone = sum(bool(cell.strip()) for cell in row) == 1
        if not said and alone and _is_sentence(heading):
            continue
        rank = (len(roles), said or names_opinions(heading))
        if best is None or rank > best[0]:
            best = rank, ListLayout(number, tuple(" ".join(cell.split()) for cell in row), roles)
    return best[1] if best else None


def _is_sentence(cell: str) -> bool:
    """Whether a cell is a line of the preamble that only begins like a heading: 意見募集の結果です。."""
    return len(cell) > 30 or cell.rstrip().endswith("。")


def no_layout(table: RowTable, path: Path, columns: Columns | None = None) -> IkenError:
    """What to say when there is no column of opinions."""
    # of the first rows the fullest is the headings, not the title above them
    first = [row for _, row in itertools.islice(table.rows(), _HEADER_ROWS)]
    fullest = max(first, key=lambda row: sum(bool(cell.strip()) for cell in row), default=())
    shown = "、".join(cell.strip() for cell in fullest if cell.strip())[:60]
    missing = (columns or Columns()).missing(fullest) if fullest else []
    what = f"「{'」「'.join(missing)}」の列が見つかりません" if missing else "意見の列が見つかりません"
    return IkenError(
        f"{what}（見出し: {shown or 'なし'}）",
        file=str(path),
        place="見出し",
        remedy="意見の列の見出しを「意見」にするか、--columns 意見=見出し で指定してください",
    )


@dataclass
class OpinionList:
    """A list opened for reading.

    Attributes
    ----------
    path : Path
    table : RowTable
    layout : ListLayout
    """

    path: Path
    table: RowTable
    layout: ListLayout
    _merges: Merges = field(init=False)

    def __post_init__(self) -> None:
        """Look at what is merged and hidden."""
        self._merges = self.table.merges()

    def items(self) -> Iterator[Item]:
        """Yield every row below the headings that holds anything: an opinion, 空欄 or 合計行.

        A cell merged downwards holds for all the rows it covers; an opinion merged downwards is one
        opinion, held by the departments of all those rows.
        """
        covered = self._merges.covered()
        above: dict[int, str] = {}  # column -> what the merged cell says
        departments: tuple[str, ...] = ()
        waiting: list[Item] = []
        for number, row in self.table.rows():
            if number <= self.layout.header_row or not any(cell.strip() for cell in row):
                continue
            if tuple(" ".join(cell.split()) for cell in row) == self.layout.header:
                continue  # headings repeated on every page
            whole, goes_on = self._filled(number, row, above, covered) if covered else (row, False)
            if goes_on and waiting:
                waiting = [self._joined(item, whole) for item in waiting]
                continue
            yield from waiting
            waiting = list(self._items(number, whole))
            if waiting and waiting[0].departments in _DITTOS:
                waiting = [replace(item, departments=departments) for item in waiting]
            departments = waiting[0].departments if waiting else departments
        yield from waiting

    def _filled(self, number: int, row: Values, above: dict[int, str], covered: Covered) -> tuple[Values, bool]:
        opinion = self.layout.roles["opinion"]
        cells = list(row) + [""] * (len(self.layout.header) - len(row))
        goes_on = False
        for column in range(len(cells)):
            if (number, column + 1) not in covered:
                above[column] = cells[column]
            elif column in opinion:
                goes_on = True
            else:
                cells[column] = above.get(column, "")
        return tuple(cells), goes_on and not any(cells[column].strip() for column in opinion)

    def _joined(self, item: Item, row: Values) -> Item:
        more = _departments(self._cell(row, "department"))
        return replace(item, departments=tuple(dict.fromkeys((*item.departments, *more))))

    def _cell(self, row: Values, role: str) -> str:
        columns = self.layout.roles.get(role, ())
        return row[columns[0]].strip() if columns and columns[0] < len(row) else ""

    def _items(self, number: int, row: Values) -> Iterator[Item]:
        opinions = self.layout.roles["opinion"]
        texts = [row[column].strip() if column < len(row) else "" for column in opinions]
        filled = [position for position, text in enumerate(texts) if text]
        is_total = _is_total(row, texts)
        for position in filled or [0]:
            column = opinions[position]
            beside = f"・「{self.layout.header[column]}」の列" if len(opinions) > 1 else ""
            text = texts[position]
            yield Item(
                kind=TOTAL if is_total else EMPTY if not text or text in _FAILED else OPINION,
                text=text,
                place=Place(self.path.name, f"{number}行{beside}", self.table.name),
                departments=_departments(self._cell(row, "department")),
                filed_under=" ".join(self._cell(row, "filed_under").split()),
                number=self._cell(row, "number"),
                raw=text,
                attributes=tuple(
                    (self.layout.header[column], row[column].strip() if column < len(row) else "")
                    for column in self.layout.attributes
                ),
            )

    def findings(self, items: tuple[Item, ...]) -> Iterator[Finding]:
        """What the reader of a list ought to know: the columns taken, rows left empty or hidden."""
        layout, name = self.layout, self.table.name
        head = Place(self.path.name, f"{layout.header_row}行", name)
        yield Finding("情報", head, f"読み取る列: {spoken(layout.roles, layout.header)}")
        carried = [layout.header[column] for column in layout.attributes]
        if carried:
            yield Finding("情報", head, f"属性として引き継ぐ列: {'、'.join(carried)}")
        yield from self._other_texts(head, items)
        for column in layout.attributes:
            kind = personal_kind(layout.header[column])
            if kind:
                yield Finding(
                    "注意",
                    head,
                    f"「{layout.header[column]}」は個人が分かる列です（{kind}）",
                    "渡さなくてよい列なら消すか、--mask を付けて実行してください",
                )
        nameless = _nameless_columns(self)
        if nameless:
            yield Finding(
                "誤り",
                head,
                f"見出しのない列に文字があります（{nameless}か所）",
                "見出しを付けてください。付けないと読みません",
            )
        if layout.header_row > 1:
            yield Finding(
                "情報", Place(self.path.name, f"1〜{layout.header_row - 1}行", name), "見出しより上の行は読みません"
            )
        empty = [item for item in items if item.kind == EMPTY]
        if empty:
            yield Finding("情報", _places(empty), f"意見が空の行です（{len(empty)}行。空欄として数えます）")
        totals = [item for item in items if item.kind == TOTAL]
        if totals:
            yield Finding("情報", _places(totals), "合計の行です（意見には数えません）")
        hidden = [item for item in items if _row_of(item) in self._merges.hidden_rows]
        if hidden:
            yield Finding(
                "注意",
                _places(hidden),
                f"表示されていない行も読みます（{len(hidden)}行）",
                "読まなくてよい行なら、行ごと消してください",
            )
        failed = [item for item in items if item.text in _FAILED]
        if failed:
            codes = "、".join(dict.fromkeys(item.text for item in failed))
            what = f"数式の誤り（{codes}）だけで、意見がありません"
            yield Finding("誤り", _places(failed), what, "元の表の数式を直してください")
        shown = [layout.header[n - 1] for n in sorted(self._merges.hidden_columns) if n <= len(layout.header)]
        if any(shown):
            yield Finding(
                "注意",
                head,
                f"表示されていない列も読みます（{'、'.join(filter(None, shown))}）",
                "読まなくてよい列なら、列ごと消してください",
            )
        if self.table.is_hidden:
            yield Finding(
                "注意",
                Place(self.path.name, "", name),
                "表示されていないシートも読みます",
                "要らないシートなら消してください",
            )

    def _other_texts(self, head: Place, items: tuple[Item, ...]) -> Iterator[Finding]:
        """Other columns that look like free text: they would be carried, but not judged."""
        for position, column in enumerate(self.layout.attributes):
            name = self.layout.header[column]
            values = [item.attributes[position][1] for item in items if item.attributes]
            long = [value for value in values if len(value) > _LONG]
            if long and (could_hold_opinions(name) or 10 * len(long) > len(values)) and len(set(long)) > len(long) / 2:
                taken = "、".join(f"意見={self.layout.header[one]}" for one in self.layout.roles["opinion"])
                yield Finding(
                    "注意",
                    head,
                    f"「{name}」の列にも文章があります（{len(long)}行。判定しません）",
                    f"意見なら --columns {taken},意見={name} を付けてください",
                )


def _departments(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in _DEPARTMENT_JOINT.split(cell) if part.strip()))


def _is_total(row: Values, texts: list[str]) -> bool:
    """合計,,,60件: a row that counts the others. 計画… is none."""
    if any(len(cell) > _MOST_TOTAL for cell in row):
        return False
    words = [normalize(cell) for cell in row if cell.strip()]
    others = [word for word in words if not re.match(r"^[\d,.]+\s*(?:件|人|名|通|%)?$", word)]
    named = [word for word in others if _TOTAL.match(word)]
    return bool(named) and len(others) == len(named) and (len(words) > 1 or not any(texts) or len(words[0]) < 8)


def _row_of(item: Item) -> int:
    found = re.match(r"\d+", item.place.spot)
    return int(found.group()) if found else 0


def _places(items: list[Item]) -> Place:
    """Where items stand, as one place: ``5行、8行、9行 ほか3行``."""
    first = items[0].place
    spots = "、".join(item.place.spot for item in items[:5])
    more = f" ほか{len(items) - 5}行" if len(items) > 5 else ""
    return Place(first.file, spots + more, first.sheet)


def _nameless_columns(one: OpinionList) -> int:
    """How many cells below the headings stand in a column without one."""
    named = {column for column, name in enumerate(one.layout.header) if name}
    named |= {column for some in one.layout.roles.values() for column in some}
    return sum(
        bool(cell.strip()) and column not in named
        for number, row in one.table.rows()
        if number > one.layout.header_row
        for column, cell in enumerate(row)
    )
