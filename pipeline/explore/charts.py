"""Pictures of a round: counts, where themes meet measures and departments, topics on a map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt

from pipeline.deliver.cross_tables import by_department, columns_of
from pipeline.deliver.results import Results
from pipeline.explore.linked import Key, Linked, picking
from pipeline.plan.places import by_place
from pipeline.records import NONE_APPLIES, UNDECIDED, Judged, Plan

_ROW, _CELL, _LABEL = 22, 64, 360  # pixels
_BLUE = "#2f6db5"


def theme_counts(results: Results) -> Linked:
    """Opinions by theme, copies counted once beside them; 該当なし and 保留 as well."""
    groups = columns_of(results.judged, results.themes)
    return _bars("テーマ", {name: groups[name] for name in (*results.themes, NONE_APPLIES, UNDECIDED)})


def kind_counts(results: Results) -> Linked:
    """Opinions by 種別."""
    groups: dict[str, list[Judged]] = {}
    for one in results.judged:
        groups.setdefault(one.labelling.kind, []).append(one)
    return _bars("種別", {name: groups[name] for name in sorted(groups, key=lambda name: -len(groups[name]))})


def theme_by_measure(results: Results) -> Linked:
    """Where themes meet the plan; measures without opinions show as empty rows."""
    return _heat_map(results, "施策", _measures(results))


def theme_by_department(results: Results) -> Linked:
    """Which departments hold opinions on which themes; an opinion of three counts in three rows."""
    named = [department.name for source in results.sources for department in source.departments]
    return _heat_map(results, "担当課", by_department(results.judged, list(dict.fromkeys(named))))


def measure_counts(results: Results) -> Linked:
    """How many opinions each measure drew: those with none and those with many."""
    return _bars("施策", _measures(results))


def _measures(results: Results) -> dict[str, tuple[Judged, ...]]:
    return {group.label: group.judged for group in by_place(results.judged, results.plan or Plan())}


def topic_map(results: Results, positions: Iterable[Sequence[float]]) -> Linked:
    """Opinions as points, near where they say the like, coloured by their first topic.

    Parameters
    ----------
    results : Results
    positions : array of shape (n_opinions, 2)
        :func:`pipeline.topics.positions`.
    """
    topics = [topic for topic in results.topics if not topic.parent]
    first: dict[str, str] = {}
    for topic in topics:
        for name in topic.opinion_ids:
            first.setdefault(name, topic.heading)
    by_id = {one.opinion.id: one for one in results.judged}
    groups: dict[Key, list[Judged]] = {
        (topic.heading,): [by_id[name] for name in topic.opinion_ids if name in by_id] for topic in topics
    }
    outside = "（どの話題でもない）"
    groups[(outside,)] = [one for one in results.judged if one.opinion.id not in first]
    points = [
        {
            "x": float(x),
            "y": float(y),
            "話題": first.get(one.opinion.id, outside),
            "意見": one.opinion.text[:120],
            "意見ID": one.opinion.id,
        }
        for one, (x, y) in zip(results.judged, positions, strict=True)
    ]
    picked = picking("話題")
    names = [topic.heading for topic in topics]
    axis = alt.Axis(title=None, labels=False, ticks=False, grid=False, domain=False)
    base = alt.Chart(alt.InlineData(values=points), width=620, height=440, title="話題の地図（近い点ほど似た意見）")
    dots = (
        base.mark_circle(size=110, opacity=0.85, stroke="white", strokeWidth=0.5)
        .encode(
            x=alt.X("x:Q", axis=axis, scale=alt.Scale(zero=False, padding=12)),
            y=alt.Y("y:Q", axis=axis, scale=alt.Scale(zero=False, padding=12)),
            color=alt.Color(
                "話題:N",
                sort=[*names, outside],
                scale=alt.Scale(domain=[*names, outside], range=_colours(len(names))),
                legend=alt.Legend(title="話題", labelLimit=_LABEL, symbolOpacity=1),
            ),
            opacity=alt.condition(picked, alt.value(0.9), alt.value(0.2)),
            tooltip=["話題:N", "意見:N", "意見ID:N"],
        )
        .add_params(picked)
    )
    return Linked(dots, groups, ["話題"])


def _colours(count: int) -> list[str]:
    """Ten that can be told apart, again from the start when there are more; grey for no topic."""
    ten = [
        *("#2f6db5", "#c8553d", "#3a8f5c", "#8a5fb0", "#b8860b"),
        *("#00838f", "#ad1457", "#5d6d1e", "#6d4c41", "#37618e"),
    ]
    return [ten[n % len(ten)] for n in range(count)] + ["#9a9a9a"]


def _names_axis(**more: Any) -> alt.Axis:  # noqa: ANN401
    """An axis that carries names and no line."""
    return alt.Axis(title=None, labelLimit=_LABEL, ticks=False, domain=False, **more)


def _bars(field: str, groups: Mapping[str, Sequence[Judged]]) -> Linked:
    rows = [
        {field: name, "意見数": len(group), "同趣旨統合後": len({one.opinion.same_id for one in group})}
        for name, group in groups.items()
    ]
    picked = picking(field)
    base = alt.Chart(
        alt.InlineData(values=rows), width=420, height=alt.Step(_ROW), title=f"{field}ごとの意見数"
    ).encode(
        y=alt.Y(f"{field}:N", sort=list(groups), axis=_names_axis()),
        x=alt.X("意見数:Q", axis=alt.Axis(title=None, tickMinStep=1, format="d")),
        tooltip=[f"{field}:N", "意見数:Q", "同趣旨統合後:Q"],
    )
    bars = base.mark_bar(color=_BLUE).encode(opacity=alt.condition(picked, alt.value(1.0), alt.value(0.35)))
    numbers = base.mark_text(align="left", dx=4).encode(text="意見数:Q")
    return Linked((bars.add_params(picked) + numbers), {(name,): group for name, group in groups.items()}, [field])


def _heat_map(results: Results, field: str, rows_of: Mapping[str, Sequence[Judged]]) -> Linked:
    themes = [*results.themes, NONE_APPLIES, UNDECIDED]
    groups: dict[Key, Sequence[Judged]] = {}
    for name, judged in rows_of.items():
        columns = columns_of(judged, results.themes)
        groups |= {(name, theme): columns[theme] for theme in themes}
    rows = [
        {field: name, "テーマ": theme, "意見数": len(group), "表示": str(len(group) or "・")}
        for (name, theme), group in groups.items()
    ]
    most = max((len(group) for group in groups.values()), default=1) or 1
    picked = picking(field, "テーマ")
    base = alt.Chart(
        alt.InlineData(values=rows),
        width=alt.Step(_CELL),
        height=alt.Step(_ROW + 2),
        title=f"{field} × テーマ（意見数）",
    ).encode(
        x=alt.X("テーマ:N", sort=themes, axis=_names_axis(orient="top", labelAngle=0)),
        y=alt.Y(f"{field}:N", sort=list(rows_of), axis=_names_axis()),
        tooltip=[f"{field}:N", "テーマ:N", "意見数:Q"],
    )
    cells = base.mark_rect(stroke="white").encode(
        color=alt.Color("意見数:Q", scale=alt.Scale(domain=[0, most], range=["#f3f6fa", "#1d4f8b"]), legend=None),
        opacity=alt.condition(picked, alt.value(1.0), alt.value(0.35)),
    )
    numbers = base.mark_text().encode(
        text="表示:N",
        color=alt.condition(f"datum['意見数'] > {0.55 * most}", alt.value("white"), alt.value("#1c2733")),
    )
    return Linked(cells.add_params(picked) + numbers, groups, [field, "テーマ"])
