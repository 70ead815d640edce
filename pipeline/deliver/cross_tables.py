"""The opinions behind each row of a cross table: by department, by the source's own columns.

The tables of CSV count these groups, the report links to them: both say the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipeline.language.normalize import normalize
from pipeline.reading.columns import personal_kind
from pipeline.records import GIVEN, NONE_APPLIES, UNDECIDED, Judged

NO_DEPARTMENT = "（担当課なし）"
NO_ANSWER = "（記入なし）"
_FEW_VALUES, _MOST_VALUES, _LONGEST_VALUE = 12, 60, 40  # a category has few values, and short ones


def by_department(judged: Sequence[Judged], departments: Sequence[str]) -> dict[str, tuple[Judged, ...]]:
    """Every department, then those without one; an opinion of three departments stands in three groups."""
    groups: dict[str, list[Judged]] = {name: [] for name in departments}
    nobody: list[Judged] = []
    for one in judged:
        for name in one.opinion.item.departments:
            groups.setdefault(name, []).append(one)
        if not one.opinion.item.departments:
            nobody.append(one)
    if nobody:
        groups[NO_DEPARTMENT] = nobody
    return {name: tuple(group) for name, group in groups.items()}


def by_attribute(judged: Sequence[Judged], attributes: Sequence[str]) -> dict[str, dict[str, tuple[Judged, ...]]]:
    """Every value of the source's own columns that are categories (年代, 地区, 回収方法 …).

    Columns of free text, dates and numbers of their own, with nearly as many values as rows, and those
    that name a person are left out; the values of each column share out all opinions.
    """
    found: dict[str, dict[str, tuple[Judged, ...]]] = {}
    for name in attributes:
        groups: dict[str, list[Judged]] = {}
        for one in judged:
            groups.setdefault(dict(one.opinion.item.attributes).get(name, ""), []).append(one)
        if not personal_kind(name) and _is_category(groups, len(judged)):
            found[name] = {value or NO_ANSWER: tuple(groups[value]) for value in sorted(groups, key=_natural)}
    return found


def is_given(one: Judged, theme: str) -> bool:
    """Whether the theme was given for certain."""
    return one.labelling.verdict == GIVEN and theme in one.labelling.themes


def columns_of(group: Sequence[Judged], themes: Sequence[str]) -> dict[str, tuple[Judged, ...]]:
    """Share a group out to the columns of a cross table: 意見数 (all of it), each theme, 該当なし, 保留."""
    return {
        "意見数": tuple(group),
        **{theme: tuple(one for one in group if is_given(one, theme)) for theme in themes},
        **{
            verdict: tuple(one for one in group if one.labelling.verdict == verdict)
            for verdict in (NONE_APPLIES, UNDECIDED)
        },
    }


def _is_category(groups: Mapping[str, Sequence[Judged]], total: int) -> bool:
    """年代 has few values that many share; a remark here and there has as many as there are of it."""
    values = [value for value in groups if value]
    filled = total - len(groups.get("", ()))
    if not values or max(map(len, values)) > _LONGEST_VALUE:
        return False
    if 2 * filled < total and 2 * len(values) > filled:
        return False
    return len(values) <= max(_FEW_VALUES, min(_MOST_VALUES, total // 3))


def _natural(value: str) -> tuple[bool, list[tuple[int, str]]]:
    """Sort 8歳 before 10代, and no answer last."""
    pieces = re.findall(r"\d+|\D+", normalize(value))
    return not value, [(int(piece), "") if piece.isdecimal() else (1 << 30, piece) for piece in pieces]
