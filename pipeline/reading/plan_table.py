"""The working-team table (庁内ワーキングチーム意見まとめ): a grid becomes plan, opinions and legend.

The plan's structure stands on the left (基本施策, 施策, 施策の概要), the opinions on the right,
several to a cell, department marks at the end of each. Tables made by hand slip: headings
are repeated on every page, columns are shifted, an example stands where an overview should.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipeline.errors import IkenError
from pipeline.language.normalize import normalize, tidy_spaces
from pipeline.reading.departments import Legend, legend_entries
from pipeline.reading.grids import Block, Cell, Grid, Row
from pipeline.reading.measures import Heading, read_measure, read_policy
from pipeline.records import OUTSIDE, Finding, Item, Measure, Place, Plan, Source

OPINION = "意見"
EXAMPLE = "取組例"
OVERVIEW = "概要"
NOTE = "注記"
EMPTY = "空欄"

_OUTSIDE_HEADING = re.compile(
    r"計画に(?:は)?な[いき]|計画外|体系外|体系に(?:は)?ない|新たな(?:トピック|視点|課題|テーマ)|その他"
)
_BULLET = re.compile(r"[○◯●・]|<li>")
_EXAMPLE_HEADING = re.compile(r"例|取組|取り組み|実績")
# What a plan promises: …を進めます。 …に努めます。
_PROMISE = re.compile(r"(?:ます|ていく|図る|努める|進める)。?$")


@dataclass(frozen=True, slots=True)
class _Columns:
    policy: int
    measure: int
    overview: int
    opinions: int


def is_plan_table(grid: Grid) -> bool:
    """Whether the grid has the headings of a working-team table."""
    return any(_roles(row) for row in grid.rows)


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
    is_heading = "measure" in roles or ("opinions" in roles and "体系" in normalize(row.cells[0].text))
    return roles if is_heading else {}


def read_plan_table(grid: Grid, file: str, departments: Legend | None = None) -> Source:
    """Read the table.

    Parameters
    ----------
    grid : Grid
    file : str
        The source's name, for places and messages.
    departments : Legend, optional
        Stands in for the legends of the source.

    Raises
    ------
    IkenError
        When there are no headings, or no row below them.
    """
    reader = _TableReader(grid, file, departments)
    reader.read()
    return reader.source()


class _TableReader:
    def __init__(self, grid: Grid, file: str, departments: Legend | None) -> None:
        self._grid = grid
        self._file = file
        self._findings: list[Finding] = []
        self._items: list[Item] = []
        self._measures: list[Measure] = []
        self._legend = departments or self._find_legend()
        self._policy = Heading(None, "")
        self._label = ""  # where the opinions of the current row are filed

    def source(self) -> Source:
        return Source(
            file=self._file,
            items=tuple(self._items),
            plan=Plan(tuple(self._measures)) if self._measures else None,
            departments=self._legend.departments,
            findings=tuple(self._findings),
        )

    def read(self) -> None:
        columns = self._columns()
        body = [row for row in self._grid.rows if not _roles(row) and any(cell.blocks for cell in row.cells)]
        if not body:
            raise IkenError(
                "表に中身の行がありません", file=self._file, remedy="見出しの下の行があるか確かめてください"
            )
        for row in body:
            self._read_row(row, columns)
        for line, spot in self._grid.notes:
            if _BULLET.match(line):
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

    def _find_legend(self) -> Legend:
        entries = [entry for line, _ in self._grid.notes for entry in legend_entries(line)]
        return Legend(dict.fromkeys(entries), file=self._file)

    def _note(self, level: str, spot: str, what: str, remedy: str = "") -> None:
        self._findings.append(Finding(level, Place(self._file, spot), what, remedy))

    def _columns(self) -> _Columns:
        roles: dict[str, int] = {}
        for row in self._grid.rows:
            roles = {**_roles(row), **roles}
        width = max((len(row.cells) for row in self._grid.rows), default=0)
        if "measure" not in roles or "opinions" not in roles:
            missing = "・".join(name for key, name in (("measure", "施策"), ("opinions", "意見")) if key not in roles)
            raise IkenError(
                f"表の見出しに「{missing}」の列がありません",
                file=self._file,
                remedy="基本施策・施策・施策の概要・意見 の見出し行を付けてください",
            )
        if roles["opinions"] >= width:
            raise IkenError("意見の列がありません", file=self._file, remedy="表の列がそろっているか確かめてください")
        return _Columns(
            policy=roles.get("policy", -1),
            measure=roles["measure"],
            overview=roles.get("overview", -1),
            opinions=roles["opinions"],
        )

    def _read_row(self, row: Row, columns: _Columns) -> None:
        policy, measure, overview, opinions = (
            row.cells[number] if 0 <= number < len(row.cells) else Cell()
            for number in (columns.policy, columns.measure, columns.overview, columns.opinions)
        )
        for extra in range(len(row.cells)):
            if (
                extra not in (columns.policy, columns.measure, columns.overview, columns.opinions)
                and row.cells[extra].blocks
            ):
                self._add_items(row, row.cells[extra].blocks, NOTE, first=1)
                self._note("注意", row.spot, "見出しのない列に文字があります", "意見なら意見の列へ移してください")
        if policy.blocks:
            heading = read_policy(policy.text)
            if self._is_outside(heading, measure, overview):
                self._read_outside(row, policy, measure, overview, opinions)
                return
            self._policy = heading
        blocks = opinions.blocks
        heading = read_measure(measure.text)
        if measure.blocks and not heading.name:
            heading, overview, blocks = self._unshift(row, heading, overview, blocks)
        if heading.name:
            self._add_measure(row, heading, overview)
        elif not self._label:
            self._note("注意", row.spot, "どの施策の意見か分かりません", "施策の名前を入れてください")
        first = len(opinions.blocks) - len(blocks) + 1
        self._add_opinions(row, blocks, first=first)

    def _is_outside(self, heading: Heading, measure: Cell, overview: Cell) -> bool:
        """現行計画にない新たなトピック: a heading without a number and with no numbered measure beside it."""
        if heading.number is not None:
            return False
        if read_measure(measure.text).number is not None or read_measure(overview.text).number is not None:
            return False
        plan_is_numbered = self._policy.number is not None
        return plan_is_numbered or bool(_OUTSIDE_HEADING.search(heading.name))

    def _read_outside(self, row: Row, policy: Cell, measure: Cell, overview: Cell, opinions: Cell) -> None:
        self._label = " ".join(part for part in (OUTSIDE, measure.text or policy.text) if part)
        kind = NOTE
        number = 0
        for block in overview.blocks:
            if not block.is_bullet:
                kind = EXAMPLE if _EXAMPLE_HEADING.search(block.text) else NOTE
                if not _is_title(block):
                    number += 1
                    self._add_items(row, (block,), NOTE, first=number)
                continue
            number += 1
            self._add_items(row, (block,), kind, first=number, column="概要の列・")
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
            row.spot,
            f"列がずれていたので読み替えました（施策「{name.name}」"
            + ("、意見の先頭の文を概要とした）" if promised.blocks else "、概要は見当たらない）"),
            "読み替えが違えば元の表の列を直してください",
        )
        return replace(name, is_priority=heading.is_priority or name.is_priority), promised, blocks

    def _code(self, heading: Heading) -> str:
        same = [m for m in self._measures if m.policy == self._policy_label()]
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
        if not overview.blocks:
            self._note("情報", row.spot, f"施策「{measure.label}」に概要がありません")

    def _add_opinions(self, row: Row, blocks: tuple[Block, ...], *, first: int) -> None:
        for number, block in enumerate(blocks, first):
            if _is_title(block):
                self._add_items(row, (block,), NOTE, first=number)
            else:
                self._add_opinion(block.text, Place(self._file, f"{row.spot}・{number}項目"))

    def _add_opinion(self, raw: str, place: Place) -> None:
        marks = self._legend.read_marks(raw)
        if not marks.text:
            self._items.append(Item(EMPTY, "", place, filed_under=self._label, raw=raw))
            self._note("情報", place.spot, "空の項目です（空欄として数えます）")
            return
        for mark in marks.unknown:
            self._note(
                "注意",
                place.spot,
                f"記号「{mark}」が凡例にありません（未登録として残します）",
                "凡例か --departments に加えてください",
            )
        self._items.append(Item(OPINION, marks.text, place, marks.departments, marks.remark, self._label, raw=raw))

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
            place = Place(self._file, f"{row.spot}・{column}{number}項目")
            label = self._label if filed_under is None else filed_under
            self._items.append(
                Item(kind if block.text else EMPTY, block.text, place, filed_under=label, raw=block.text)
            )


def _is_title(block: Block) -> bool:
    """【R2年度以降の取組み例】: a title within a cell, no item."""
    return (
        not block.is_bullet
        and block.text.startswith(("【", "＜", "<", "［", "《"))
        and block.text.endswith(("】", "＞", ">", "］", "》"))
    )
