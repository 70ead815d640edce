"""The working-team table (庁内ワーキングチーム意見まとめ): a grid becomes plan, opinions and legend.

The plan's structure stands on the left (基本施策, 施策, 施策の概要), the opinions on the right,
several to a cell, department marks at the end of each. Tables made by hand slip: headings
are repeated on every page, columns are shifted, an example stands where an overview should.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipeline.errors import IkenError
from pipeline.kinds import EMPTY, EXAMPLE, NOTE, OPINION, OVERVIEW, TOTAL
from pipeline.language.normalize import normalize, tidy_spaces
from pipeline.reading.blocks import Block, Cell, has_bullet
from pipeline.reading.columns import is_number_heading
from pipeline.reading.departments import Legend, legend_entries, one_entry
from pipeline.reading.grids import Grid, Row, Tables
from pipeline.reading.measures import Heading, read_measure, read_policy
from pipeline.records import OUTSIDE, Finding, Item, Measure, Place, Plan, Source

_OUTSIDE_HEADING = re.compile(
    r"計画に(?:は)?な[いき]|計画外|体系外|体系に(?:は)?ない|新たな(?:トピック|視点|課題|テーマ)|その他"
)
_DEPARTMENT_HEADINGS = (
    *("担当課", "課名", "所管課", "担当部署", "部署", "部署名", "担当"),
    *("提出課", "回答課", "課", "所属", "担当課名", "所管部署", "関係課"),
)
_EXAMPLE_HEADING = re.compile(r"例|取組|取り組み|実績")
# What a plan promises: …を進めます。 …に努めます。
_PROMISE = re.compile(r"(?:ます|ていく|図る|努める|進める)。?$")


@dataclass(frozen=True, slots=True)
class _Columns:
    policy: int
    measure: int
    overview: int
    opinions: int
    department: int

    @classmethod
    def of(cls, roles: dict[str, int]) -> _Columns:
        named = (roles.get(name, -1) for name in ("policy", "measure", "overview", "opinions", "department"))
        return cls(*named)

    def __contains__(self, column: int) -> bool:
        return column in (self.policy, self.measure, self.overview, self.opinions, self.department)


def is_plan_table(tables: Tables) -> bool:
    """Whether some table has the headings of a working-team table: a plan's structure beside the opinions.

    A list has one opinion a row, and may name the measure too: it has no 基本施策 and no 概要.
    """
    found = [_columns_of(grid).keys() for grid in tables.grids]
    return any({"measure", "opinions"} <= roles and roles & {"policy", "overview"} for roles in found)


def _columns_of(grid: Grid) -> dict[str, int]:
    """Which column is which, by all heading rows of a table (often two, one below the other)."""
    roles: dict[str, int] = {}
    for row in grid.rows:
        roles = {**_roles(row), **roles}
    return roles


def _roles(row: Row) -> dict[str, int]:
    """Which column is which, by a heading row; empty when the row is none."""
    roles: dict[str, int] = {}
    for number, cell in enumerate(row.cells):
        text = normalize(cell.text).replace(" ", "")
        if len(text) > 30 or any(block.is_bullet for block in cell.blocks):
            return {}
        if "概要" in text:
            roles.setdefault("overview", number)
        elif "基本施策" in text or "基本目標" in text or "基本方針" in text:
            roles.setdefault("policy", number)
        elif text in ("施策", "施策名", "取組", "施策・取組"):
            roles.setdefault("measure", number)
        elif "意見" in text:
            roles.setdefault("opinions", number)
        elif text in _DEPARTMENT_HEADINGS:
            roles.setdefault("department", number)
    is_heading = "measure" in roles or ("opinions" in roles and "体系" in normalize(row.cells[0].text))
    return roles if is_heading else {}


def read_plan_table(tables: Tables, file: str, departments: Legend | None = None) -> Source:
    """Read the table.

    Parameters
    ----------
    tables : Tables
        Those with the headings are read, and those that go on below them without; the others are
        told of.
    file : str
        The source's name, for places and messages.
    departments : Legend, optional
        Stands in for the legends of the source.

    Raises
    ------
    IkenError
        When there are no headings, or no row below them.
    """
    reader = _TableReader(tables, file, departments)
    reader.read()
    return reader.source()


class _TableReader:
    def __init__(self, tables: Tables, file: str, departments: Legend | None) -> None:
        self._tables = tables
        self._file = file
        self._findings: list[Finding] = list(tables.findings)
        self._items: list[Item] = []
        self._measures: list[Measure] = []
        self._legend = departments or self._find_legend()
        self._policy = Heading(None, "")
        self._headings: dict[int, str] = {}  # what stands above each column
        self._label = ""  # where the opinions of the current row are filed
        self._is_beyond = False  # whether the current row lies outside the plan
        self._opinion_rows = 0  # rows that a merged cell of opinions still covers
        self._anchored = (0, 0)  # the items that came of it
        self._rows_left = 0  # rows that the merged cell of departments still covers
        self._beyond_kind = NOTE  # what the bullets beside a topic outside the plan are
        self._beside: tuple[str, ...] = ()  # departments in a column of their own

    def source(self) -> Source:
        return Source(
            file=self._file,
            items=tuple(self._items),
            plan=Plan(tuple(self._measures)) if self._measures else None,
            departments=self._legend.departments,
            findings=tuple(self._findings),
        )

    def read(self) -> None:
        self._check_headings()
        columns: _Columns | None = None
        width = 0
        found = False
        for grid in self._tables.grids:
            roles = _columns_of(grid)
            here = max((len(row.cells) for row in grid.rows), default=0)
            if "measure" in roles and "opinions" in roles:
                columns, width = _Columns.of(roles), here
            elif columns is None or here != width or roles:
                if any(cell.blocks for row in grid.rows for cell in row.cells):
                    self._note("情報", Place(self._file, "", grid.name), "庁内意見の表ではないので読みません")
                continue
            start = next((n for n, row in enumerate(grid.rows) if _roles(row)), 0)
            for row in grid.rows:
                if _roles(row):
                    self._headings.update({n: cell.text for n, cell in enumerate(row.cells) if cell.blocks})
            for number, row in enumerate(grid.rows):
                if (
                    number >= start
                    and not _roles(row)
                    and any(cell.blocks for cell in row.cells)
                    and not _is_remark(row)
                ):
                    self._read_row(row, columns)
                    found = True
            self._spanning(grid, columns)
        if not found:
            raise IkenError(
                "表に中身の行がありません", file=self._file, remedy="見出しの下の行があるか確かめてください"
            )
        self._look_around()

    def _look_around(self) -> None:
        """Tell of opinions outside the table, and of a legend that is not there."""
        for measure in self._measures:
            if not measure.overview:
                self._note("情報", "", f"施策「{measure.label}」に概要がありません")
        for line, spot in self._tables.notes:
            if has_bullet(line):
                self._note(
                    "注意",
                    spot,
                    f"表の外に項目のような行があります（{line[:20]}…、読みません）",
                    "意見なら表の意見の列へ移してください",
                )
        marked = any(item.departments for item in self._items if item.kind == OPINION)
        if not self._legend and not marked:
            self._note(
                "情報",
                "",
                "担当課の凡例がありません",
                "凡例の行（市：市民課、…）を加えるか --departments を指定してください",
            )

    def _spanning(self, grid: Grid, columns: _Columns) -> None:
        """Tell of opinions merged over several measures: they are filed under the first."""
        for number, row in enumerate(grid.rows):
            if columns.opinions >= len(row.cells):
                continue
            below = grid.rows[number + 1 : number + row.cells[columns.opinions].height]
            named = [one for one in below if columns.measure < len(one.cells) and one.cells[columns.measure].blocks]
            if named and not _roles(row) and not any(_roles(one) for one in below):
                self._note(
                    "注意",
                    row,
                    f"意見の欄が{len(named) + 1}つの施策にまたがっています（初めの施策に置きます）",
                    "施策ごとに欄を分けてください",
                )

    def _find_legend(self) -> Legend:
        lines = [line for line, _ in self._tables.notes]
        # in a spreadsheet the legend stands in rows above the headings, or below the table
        remarks = [row for grid in self._tables.grids for row in grid.rows if _is_remark(row)]
        lines += [block.text for row in remarks for cell in row.cells for block in cell.blocks]
        entries = [entry for line in lines for entry in legend_entries(line)]
        entries = entries or [entry for line in lines if (entry := one_entry(line))]
        return Legend(dict.fromkeys(entries), file=self._file)

    def _note(self, level: str, where: Row | Place | str, what: str, remedy: str = "") -> None:
        if isinstance(where, Row):
            where = Place(self._file, where.spot, where.sheet)
        place = where if isinstance(where, Place) else Place(self._file, where)
        self._findings.append(Finding(level, place, what, remedy))

    def _check_headings(self) -> None:
        roles: dict[str, int] = {}
        for grid in self._tables.grids:
            roles = {**_columns_of(grid), **roles}
        width = max((len(row.cells) for grid in self._tables.grids for row in grid.rows), default=0)
        if "measure" not in roles or "opinions" not in roles:
            missing = "・".join(name for key, name in (("measure", "施策"), ("opinions", "意見")) if key not in roles)
            raise IkenError(
                f"表の見出しに「{missing}」の列がありません",
                file=self._file,
                remedy="基本施策・施策・施策の概要・意見 の見出し行を付けてください",
            )
        if roles["opinions"] >= width:
            raise IkenError("意見の列がありません", file=self._file, remedy="表の列がそろっているか確かめてください")

    def _read_row(self, row: Row, columns: _Columns) -> None:
        policy, measure, overview, opinions, department = (
            row.cells[number] if 0 <= number < len(row.cells) else Cell()
            for number in (columns.policy, columns.measure, columns.overview, columns.opinions, columns.department)
        )
        if department.blocks or not self._rows_left:
            self._beside, self._rows_left = _names(department), department.height
        self._rows_left = max(0, self._rows_left - 1)
        if self._opinion_rows and not opinions.blocks and department.blocks:
            self._share(_names(department))
        self._opinion_rows = opinions.height - 1 if opinions.blocks else max(0, self._opinion_rows - 1)
        before = len(self._items)
        self._read_cells(row, columns, (policy, measure, overview, opinions))
        if opinions.blocks:
            self._anchored = (before, len(self._items))

    def _share(self, departments: tuple[str, ...]) -> None:
        """An opinion merged over several rows is held by the departments of all of them."""
        for number in range(*self._anchored):
            item = self._items[number]
            if item.kind == OPINION:
                self._items[number] = replace(item, departments=tuple(dict.fromkeys((*item.departments, *departments))))

    def _read_cells(self, row: Row, columns: _Columns, cells: tuple[Cell, Cell, Cell, Cell]) -> None:
        policy, measure, overview, opinions = cells
        for extra in range(len(row.cells)):
            if (
                extra not in columns
                and row.cells[extra].blocks
                and not is_number_heading(self._headings.get(extra, ""))
            ):
                self._add_items(row, row.cells[extra].blocks, NOTE, first=1, column=f"{extra + 1}列・")
                heading_here = self._headings.get(extra, "")
                named = (
                    f"「{heading_here}」の列に文字があります（注記として数えます）"
                    if heading_here
                    else "見出しのない列に文字があります"
                )
                self._note("注意", row, named, "意見なら意見の列へ移してください")
        heading = read_measure(measure.text)
        if _is_total(row):
            self._add_items(row, tuple(block for cell in row.cells for block in cell.blocks)[:1], TOTAL, first=1)
            return
        if policy.blocks:
            policy_heading = read_policy(policy.text)
            self._is_beyond = self._is_outside(policy_heading, measure, overview)
            if not self._is_beyond:
                self._policy = policy_heading
        elif heading.number is not None:
            self._is_beyond = False
        if self._is_beyond:
            self._read_outside(row, policy, measure, overview, opinions)
            return
        blocks = opinions.blocks
        if measure.blocks and not heading.name:
            heading, overview, blocks = self._unshift(row, heading, overview, blocks)
        if heading.name:
            self._add_measure(row, heading, overview)
        elif not self._label:
            self._note("注意", row, "どの施策の意見か分かりません", "施策の名前を入れてください")
        elif overview.blocks:
            self._go_on(row, overview)
        first = len(opinions.blocks) - len(blocks) + 1
        self._add_opinions(row, blocks, first=first)

    def _go_on(self, row: Row, overview: Cell) -> None:
        """The 概要 goes on in a row of its own, below the row that names the measure."""
        number = next((n for n, measure in enumerate(self._measures) if measure.label == self._label), None)
        if number is None:
            self._add_items(row, overview.blocks, NOTE, first=1, column="概要の列・")
            return
        measure = self._measures[number]
        self._measures[number] = replace(measure, overview=tidy_spaces(f"{measure.overview} {overview.text}"))

    def _is_outside(self, heading: Heading, measure: Cell, overview: Cell) -> bool:
        """現行計画にない新たなトピック: a heading without a number and with no numbered measure beside it."""
        if heading.number is not None:
            return False
        if read_measure(measure.text).number is not None or read_measure(overview.text).number is not None:
            return False
        plan_is_numbered = self._policy.number is not None
        return plan_is_numbered or bool(_OUTSIDE_HEADING.search(heading.name))

    def _read_outside(self, row: Row, policy: Cell, measure: Cell, overview: Cell, opinions: Cell) -> None:
        if measure.blocks or policy.blocks:
            self._label = " ".join(part for part in (OUTSIDE, measure.text or policy.text) if part)
            self._beyond_kind = NOTE
        number = 0
        for block in overview.blocks:
            if not block.is_bullet:
                self._beyond_kind = EXAMPLE if _EXAMPLE_HEADING.search(block.text) else NOTE
                if not block.is_title:
                    number += 1
                    self._add_items(row, (block,), NOTE, first=number)
                continue
            number += 1
            self._add_items(row, (block,), self._beyond_kind, first=number, column="概要の列・")
        self._add_opinions(row, opinions.blocks, first=1)

    def _unshift(
        self, row: Row, heading: Heading, overview: Cell, blocks: tuple[Block, ...]
    ) -> tuple[Heading, Cell, tuple[Block, ...]]:
        """Put right a row whose columns slipped by one.

        重点施策 stands alone in the 施策 column, the name in the 概要 column and the 概要 as the
        first bullet among the opinions: a sentence in the form a plan promises things, with no mark.
        """
        name = read_measure(overview.text)
        promised = Cell()
        if blocks and _PROMISE.search(blocks[0].text) and not self._legend.read_marks(blocks[0].text).departments:
            promised, blocks = Cell(blocks[:1]), blocks[1:]
            self._add_items(row, promised.blocks, OVERVIEW, first=1, filed_under=self._label_of(name))
        self._note(
            "注意",
            row,
            f"列がずれていたので読み替えました（施策「{name.name}」"
            + ("、意見の先頭の文を概要とした）" if promised.blocks else "、概要は見当たらない）"),
            "読み替えが違えば元の表の列を直してください",
        )
        return replace(name, is_priority=heading.is_priority or name.is_priority), promised, blocks

    def _code(self, heading: Heading) -> str:
        same = [m for m in self._measures if m.policy == self._policy_label()]
        known = next((m for m in same if m.name == heading.name), None)
        if heading.number is None and known:
            return known.code  # the name repeated on every row
        number = heading.number if heading.number is not None else len(same) + 1
        policies = list(dict.fromkeys(m.policy for m in self._measures))
        policy = self._policy.number
        if policy is None:
            here = self._policy_label()
            policy = policies.index(here) + 1 if here in policies else len(policies) + 1
        return f"{policy}({number})"

    def _policy_label(self) -> str:
        return f"{self._policy.number} {self._policy.name}" if self._policy.number is not None else self._policy.name

    def _label_of(self, heading: Heading) -> str:
        return f"{self._code(heading)} {heading.name}"

    def _add_measure(self, row: Row, heading: Heading, overview: Cell) -> None:
        measure = Measure(
            self._code(heading), self._policy_label(), heading.name, tidy_spaces(overview.text), heading.is_priority
        )
        known = next((m for m in self._measures if m.code == measure.code), None)
        if known is None:
            self._measures.append(measure)
        elif known.name == measure.name and measure.overview and not known.overview:
            self._measures[self._measures.index(known)] = measure
        elif known.name != measure.name:
            raise IkenError(
                f"施策 {measure.code} が「{known.name}」と「{measure.name}」の二つあります",
                file=self._file,
                place=row.spot,
                remedy="番号を直してください",
            )
        self._label = measure.label
        for number, block in enumerate(overview.blocks, 1):
            if block.is_bullet and not any(item.kind == OVERVIEW and item.text == block.text for item in self._items):
                self._add_items(row, (block,), OVERVIEW, first=number, column="概要の列・")

    def _add_opinions(self, row: Row, blocks: tuple[Block, ...], *, first: int) -> None:
        outer = -1  # where the opinion stands that a bullet within a bullet belongs to
        for number, block in enumerate(blocks, first):
            place = Place(self._file, f"{row.spot}・{number}項目", row.sheet)
            if block.is_title:
                self._add_items(row, (block,), NOTE, first=number)
            elif block.level and outer >= 0 and not self._legend.read_marks(block.text).departments:
                whole = self._items[outer]
                self._items[outer] = replace(
                    whole, text=f"{whole.text}\n・{block.text}", raw=f"{whole.raw}\n・{block.text}"
                )
            else:
                self._add_opinion(tidy_spaces(block.text), place)
                outer = len(self._items) - 1 if self._items[-1].kind == OPINION else -1

    def _add_opinion(self, raw: str, place: Place) -> None:
        marks = self._legend.read_marks(raw)
        if not marks.text:
            self._items.append(Item(EMPTY, "", place, filed_under=self._label, raw=raw))
            self._note("情報", place, "空の項目です（空欄として数えます）")
            return
        for mark in marks.unknown:
            self._note(
                "注意",
                place,
                f"記号「{mark}」が凡例にありません（未登録として残します）",
                "凡例か --departments に加えてください",
            )
        departments = tuple(dict.fromkeys((*marks.departments, *self._beside)))
        self._items.append(Item(OPINION, marks.text, place, departments, marks.remark, self._label, raw=raw))

    def _add_items(
        self,
        row: Row,
        blocks: tuple[Block, ...],
        kind: str,
        *,
        first: int,
        column: str = "",
        filed_under: str | None = None,
    ) -> None:
        for number, block in enumerate(blocks, first):
            place = Place(self._file, f"{row.spot}・{column}{number}項目", row.sheet)
            label = self._label if filed_under is None else filed_under
            self._items.append(
                Item(kind if block.text else EMPTY, block.text, place, filed_under=label, raw=block.text)
            )


def _is_remark(row: Row) -> bool:
    """A row with one cell that holds a remark or the legend: ※末尾の記号は…."""
    filled = [cell for cell in row.cells if cell.blocks]
    if len(filled) != 1 or filled[0].blocks[0].is_bullet:
        return False
    text = filled[0].text
    return text.startswith(("※", "＊", "（注", "(注", "注）", "注:", "注：")) or bool(
        legend_entries(text) or one_entry(text)
    )


def _is_total(row: Row) -> bool:
    """合計 beside nothing but numbers."""
    texts = [normalize(cell.text) for cell in row.cells if cell.blocks]
    return (
        bool(texts)
        and bool(re.fullmatch(r"合計|小計|総計|計|意見数|件数", texts[0]))
        and all(re.fullmatch(r"[\d,]+\s*(?:件|課)?", text) for text in texts[1:])
    )


def _names(cell: Cell) -> tuple[str, ...]:
    """Departments written in a cell of their own: 市民課、防災課."""
    parts = re.split(r"[、,，;；／/\s]+", " ".join(block.text for block in cell.blocks))
    return tuple(dict.fromkeys(part for part in parts if part))
