"""Cross tables whose every figure leads to its opinions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from pipeline.deliver import cross_tables
from pipeline.deliver.cross_tables import columns_of
from pipeline.deliver.report.figures import Figures
from pipeline.deliver.report.view import Cell, Cross, Phrase, Row, RowGroup
from pipeline.deliver.small_cells import FEW, hidden_cells, is_few
from pipeline.deliver.tables import TOTAL_COUNTED, TOTAL_UNIQUE
from pipeline.plan.places import NO_PLACE, by_place
from pipeline.records import OUTSIDE, Judged, Plan

_SHADES = 5
HIDDEN = "秘匿"
_OVERLAP = "一つの意見に二つ以上のテーマが付くことがあるので、テーマの件数を足しても意見数とは合いません。"


def plan_cross(judged: Sequence[Judged], plan: Plan, themes: Sequence[str], figures: Figures) -> Cross:
    """Measure × theme, the empty measures too, then 計画外."""
    rows = []
    for one in by_place(judged, plan):
        head = {OUTSIDE: "どの施策にも当たらないもの", NO_PLACE: "施策に当てはめていないもの"}.get(one.label, one.label)
        subject = OUTSIDE if one.label == OUTSIDE else ""
        note = "重点" if one.is_priority else ""
        rows.append((one.policy, _row(head, one.judged, themes, figures, subject=subject, note=note)))
    rows.append(("合計", _row("合計", judged, themes, figures, is_total=True)))
    grouped = tuple(
        RowGroup("" if policy == "合計" else policy, tuple(row for _, row in found))
        for policy, found in groupby(rows, lambda pair: pair[0])
    )
    return Cross("施策ごと・テーマごとの意見数", "施策", _columns(themes), _shaded(grouped), (_OVERLAP,))


def department_cross(
    judged: Sequence[Judged], departments: Sequence[str], themes: Sequence[str], figures: Figures
) -> Cross | None:
    """Department × theme; None where no opinion names one."""
    found = cross_tables.by_department(judged, departments)
    if not any(name != cross_tables.NO_DEPARTMENT for name in found):
        return None
    rows = [_row(name, group, themes, figures) for name, group in found.items()]
    counted = dict.fromkeys(_columns(themes), 0)
    for group in found.values():
        for name, part in columns_of(group, themes).items():
            counted[name] += len(part)
    several = sum(len(one.opinion.item.departments) > 1 for one in judged)
    totals = [_row(TOTAL_UNIQUE, judged, themes, figures, is_total=True)]
    notes: list[str] = []
    if several:
        cells = tuple(Cell(Phrase(f"{count:,}")) for count in counted.values())
        totals.insert(0, Row(TOTAL_COUNTED, cells, is_total=True))
        notes.insert(
            0,
            f"二つ以上の課が出した意見が{several:,}件あり、それぞれの課に数えています。実数は一度だけ数えたものです。",
        )
    return Cross(
        "担当課ごと・テーマごとの意見数",
        "担当課",
        _columns(themes),
        (*_shaded((RowGroup("", tuple(rows)),)), RowGroup("", tuple(totals))),
        tuple(notes),
    )


def kind_cross(judged: Sequence[Judged], kinds: Iterable[str], themes: Sequence[str], figures: Figures) -> Cross:
    """Kind × theme."""
    rows = []
    for kind in kinds:
        group = [one for one in judged if one.labelling.kind == kind]
        rows.append(_row(kind, group, themes, figures, subject="種別"))
    total = RowGroup("", (_row("合計", judged, themes, figures, is_total=True),))
    found = (*_shaded((RowGroup("", tuple(rows)),)), total)
    return Cross("種別ごと・テーマごとの意見数", "種別", _columns(themes), found)


def attribute_crosses(
    judged: Sequence[Judged], attributes: Sequence[str], themes: Sequence[str], figures: Figures, *, hide: bool
) -> tuple[Cross, ...]:
    """Each of the source's own columns × theme; small cells are marked, or kept back.

    Where cells are kept back no cell leads to its opinions: who follows them finds what was hidden.
    """
    return tuple(
        _attribute_cross(name, values, themes, figures, hide=hide)
        for name, values in cross_tables.by_attribute(judged, attributes).items()
    )


def _attribute_cross(
    name: str, values: Mapping[str, Sequence[Judged]], themes: Sequence[str], figures: Figures, *, hide: bool
) -> Cross:
    notes: list[str] = []
    if not hide:
        rows = tuple(_row(value, group, themes, figures, subject=name, warn=True) for value, group in values.items())
        found = _shaded((RowGroup("", rows),))
        if any(cell.is_small for row in rows for cell in row.cells):
            notes.append(
                f"※ は{FEW}件以下です。だれの意見か推し量られるおそれがあるので、公表する前に確かめてください。"
            )
    else:
        parts = {value: columns_of(group, themes) for value, group in values.items()}
        counts = [[len(part) for part in columns.values()] for columns in parts.values()]
        kept_back = hidden_cells(counts)
        rows = tuple(
            Row(
                value,
                tuple(
                    Cell(Phrase(HIDDEN), is_hidden=True) if (r, c) in kept_back else Cell(Phrase(f"{count:,}"))
                    for c, count in enumerate(counts[r])
                ),
            )
            for r, value in enumerate(parts)
        )
        found = (RowGroup("", rows),)
        if kept_back:
            notes.append(
                f"「{HIDDEN}」は、{FEW}件以下の欄と、引き算でそれが分からないように合わせて伏せた欄です。"
                "伏せた数が分からないように、この表からは意見に移れません。"
            )
    return Cross(f"{name}ごと・テーマごとの意見数", name, _columns(themes), found, tuple(notes))


def _columns(themes: Sequence[str]) -> tuple[str, ...]:
    return tuple(columns_of((), themes))


def _row(
    head: str,
    group: Sequence[Judged],
    themes: Sequence[str],
    figures: Figures,
    *,
    subject: str = "",
    note: str = "",
    is_total: bool = False,
    warn: bool = False,
) -> Row:
    who = "" if is_total else f"{subject}：{head}" if subject else head
    cells = []
    for n, (name, part) in enumerate(columns_of(group, themes).items()):
        label = " × ".join(piece for piece in (who, name if n or is_total else "") if piece)
        cells.append(Cell(figures.of(label, part), is_small=warn and is_few(len(part))))
    return Row(head, tuple(cells), note, is_total, not group)


def _shaded(found: tuple[RowGroup, ...]) -> tuple[RowGroup, ...]:
    """Shade by size, within the columns of themes and verdicts: the first column is a sum of them."""
    rows = [row for group in found for row in group.rows if not row.is_total]
    most = max((_count(cell) for row in rows for cell in row.cells[1:]), default=0)

    def shade(row: Row) -> Row:
        if row.is_total or not most:
            return row
        cells = (
            Cell(cell.figure, -(-_SHADES * _count(cell) // most) if n else 0, cell.is_small)
            for n, cell in enumerate(row.cells)
        )
        return Row(row.head, tuple(cells), row.note, row.is_total, row.is_empty)

    return tuple(RowGroup(group.head, tuple(map(shade, group.rows))) for group in found)


def _count(cell: Cell) -> int:
    return int(cell.figure.text.replace(",", ""))
