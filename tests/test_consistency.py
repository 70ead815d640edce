"""Every deliverable of a round says the same numbers."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import lxml.html
import openpyxl
import pytest

from pipeline import batch, resources
from pipeline.batch import Options

Row = dict[str, str]

_PLAN = resources.corpus("sample/plan.csv")
ROUNDS = {
    "table": (("working_team_table.txt",), Options()),
    "list": (("opinion_list.csv",), Options(plan=_PLAN)),
    "comments": (("public_comments.csv",), Options()),
    "comments cut and masked, with a plan": (("public_comments.csv",), Options(plan=_PLAN, split=True, mask=True)),
    "two sources": (("opinion_list.csv", "opinion_list_2.csv"), Options(plan=_PLAN)),
}


@pytest.fixture(scope="module", params=list(ROUNDS))
def out(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    names, options = ROUNDS[request.param]
    folder = tmp_path_factory.mktemp("round") / "out"
    batch.run([resources.corpus(f"sample/{name}") for name in names], folder, options)
    return folder


def table(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def sheet(folder: Path, name: str, heading: int = 1) -> list[Row]:
    """The rows of a sheet below its headings, as a CSV would have them."""
    rows = list(openpyxl.load_workbook(folder / "results.xlsx")[name].iter_rows(min_row=heading, values_only=True))
    names, *rest = [["" if cell is None else str(cell) for cell in row] for row in rows]
    return [dict(zip(names, row, strict=True)) for row in rest]


def themes_of(opinions: list[Row]) -> list[str]:
    headings = list(opinions[0])
    return headings[headings.index("テーマ") + 1 : headings.index("根拠語")]


def counted(group: list[Row], themes: list[str]) -> dict[str, int]:
    """The columns that every cross table has, counted from 意見 themselves."""
    given = [row for row in group if row["判定"] == "付与"]
    return {
        "意見数": len(group),
        **{theme: sum(theme in row["テーマ"].split("|") for row in given) for theme in themes},
        **{verdict: sum(row["判定"] == verdict for row in group) for verdict in ("該当なし", "保留")},
    }


def said(row: Row, themes: list[str]) -> dict[str, int]:
    return {name: int(row[name]) for name in ("意見数", *themes, "該当なし", "保留")}


def place_of(row: Row) -> str:
    """Where a row of opinions.csv counts in the plan."""
    place = row["確認した施策"] or row["計画上の位置"] or row["施策候補1"]
    return "計画外" if place.startswith("計画外") else place or "（位置なし）"


def test_the_summary_counts_the_opinions(out: Path) -> None:
    opinions = table(out / "opinions.csv")
    themes = themes_of(opinions)
    counts = counted(opinions, themes)
    summary = {row["テーマ"]: row for row in table(out / "theme_summary.csv")}
    assert list(summary) == [*themes, "該当なし", "保留", "合計(実数)"]
    for name in (*themes, "該当なし", "保留"):
        assert int(summary[name]["意見数"]) == counts[name]
    total = summary["合計(実数)"]
    assert int(total["意見数"]) == len(opinions)
    assert int(total["同趣旨統合後"]) == len({row["同趣旨ID"] for row in opinions})


def test_the_plan_matrix_counts_the_opinions(out: Path) -> None:
    opinions = table(out / "opinions.csv")
    themes = themes_of(opinions)
    matrix = table(out / "plan_matrix.csv")
    assert sum(int(row["意見数"]) for row in matrix) == len(opinions)
    for row in matrix:
        group = [one for one in opinions if place_of(one) == row["施策"]]
        assert said(row, themes) == counted(group, themes)
        assert sum(int(row[kind]) for kind in ("要望", "課題", "事例", "懸念")) <= len(group)
        assert int(row["同趣旨統合後"]) == len({one["同趣旨ID"] for one in group})


def test_departments_and_attributes_count_the_opinions(out: Path) -> None:
    opinions = table(out / "opinions.csv")
    themes = themes_of(opinions)
    departments = table(out / "department_matrix.csv")
    for row in departments[:-2]:
        name = "" if row["担当課"] == "（担当課なし）" else row["担当課"]
        assert said(row, themes) == counted([one for one in opinions if name in one["担当課"].split("、")], themes)
    per_department, real = departments[-2:]
    for name in said(real, themes):
        assert int(per_department[name]) == sum(int(row[name]) for row in departments[:-2])
    assert said(real, themes) == counted(opinions, themes)
    for row in table(out / "attribute_matrix.csv"):
        value = "" if row["値"] == "（記入なし）" else row["値"]
        assert said(row, themes) == counted([one for one in opinions if one[row["属性"]] == value], themes)


def test_the_ledger_counts_the_opinions(out: Path) -> None:
    opinions = table(out / "opinions.csv")
    ledger = {row["段階"]: row for row in table(out / "ledger.csv")}
    parts = {stage: Counter(parts_of(row["内訳"])) for stage, row in ledger.items()}
    assert int(ledger["意見"]["件数"]) == len(opinions)
    assert {name: n for name, n in parts["意見"].items() if n} == dict(Counter(row["判定"] for row in opinions))
    assert sum(parts["行き先"].values()) == int(ledger["読み取り"]["件数"])
    rest = Counter(row["区分"] for row in table(out / "not_opinions.csv"))
    assert {name: n for name, n in parts["行き先"].items() if name != "意見"} == dict(rest)
    for stage in rest:
        assert int(ledger[stage]["件数"]) == rest[stage]


def parts_of(breakdown: str) -> dict[str, int]:
    """「付与 19 + 保留 6」 as counts."""
    return {name: int(count) for name, count in (part.rsplit(" ", 1) for part in breakdown.split(" + "))}


def test_topics_and_proposals_count_their_opinions(out: Path) -> None:
    same = {row["意見ID"]: row["同趣旨ID"] for row in table(out / "opinions.csv")}
    for name, column in (("topics.csv", "意見ID"), ("suggestions.csv", "根拠意見ID")):
        for row in table(out / name):
            ids = row[column].split("、")
            assert len(ids) == len(set(ids)) == int(row["意見数"])
            assert len({same[one] for one in ids}) == int(row["同趣旨統合後"])


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("テーマ別集計", "theme_summary.csv"),
        ("施策別", "plan_matrix.csv"),
        ("担当課別", "department_matrix.csv"),
        ("属性別", "attribute_matrix.csv"),
        ("話題", "topics.csv"),
        ("施策案", "suggestions.csv"),
        ("台帳", "ledger.csv"),
    ],
)
def test_the_book_says_what_the_tables_say(out: Path, name: str, file: str) -> None:
    rows = table(out / file)
    if not rows or (name == "施策別" and not (out / "working_team_table.xlsx").exists()):
        return  # without a plan there is no such sheet
    numbers = [column for column in rows[0] if all(re.fullmatch(r"\d+", row[column]) for row in rows)]
    assert numbers
    shown = sheet(out, name)
    assert [[row[column] for column in numbers] for row in shown] == [
        [row[column] for column in numbers] for row in rows
    ]


def test_the_lists_of_the_book_hold_every_opinion_once(out: Path) -> None:
    opinions = table(out / "opinions.csv")
    assert [row["意見ID"] for row in sheet(out, "全意見")] == [row["意見ID"] for row in opinions]
    listed = sheet(out, "意見一覧", heading=3)
    assert sum(int(row["件数"]) for row in listed) == len(opinions)
    ids = [one for row in listed for one in row["意見ID"].split("、")]
    assert sorted(ids) == sorted(row["意見ID"] for row in opinions)


def test_the_table_back_has_every_opinion(out: Path) -> None:
    path = out / "working_team_table.xlsx"
    assert path.exists() == (place_of(table(out / "opinions.csv")[0]) != "（位置なし）")
    if not path.exists():
        return
    cells = openpyxl.load_workbook(path).worksheets[0].iter_rows(min_col=4, max_col=4, values_only=True)
    lines = [line for (cell,) in cells for line in str(cell or "").split("\n") if line.startswith(("○", "◇", "◯", "◆"))]
    copies = [int(found[1]) for line in lines if (found := re.search(r"（同趣旨 (\d+)件）", line))]
    assert len(lines) - len(copies) + sum(copies) == len(table(out / "opinions.csv"))


def test_the_report_says_what_the_tables_say(out: Path) -> None:
    page = lxml.html.fromstring((out / "report.html").read_text(encoding="utf-8"))
    opinions = table(out / "opinions.csv")
    themes = themes_of(opinions)
    shown = report_rows(page, "テーマごとの意見数")
    assert [int(row[1]) for row in shown] == [int(row["意見数"]) for row in table(out / "theme_summary.csv")]
    columns = ["意見数", *themes, "該当なし", "保留"]
    departments = {row["担当課"]: [row[name] for name in columns] for row in table(out / "department_matrix.csv")}
    for name, *figures in report_rows(page, "担当課ごと・テーマごとの意見数"):
        assert figures == departments[name]
    measures = [[row[name] for name in columns] for row in table(out / "plan_matrix.csv")]
    if found := report_rows(page, "施策ごと・テーマごとの意見数"):
        assert [row[1:] for row in found] == [*measures, departments["合計(実数)"]]
    assert page.xpath("count(//ol[@id='list']/li)") == len(opinions)


def report_rows(page: lxml.html.HtmlElement, caption: str) -> list[list[str]]:
    """The rows of figures below a caption, without flags and marks."""
    found = []
    for one in page.xpath("//table[caption=$caption]/tbody/tr[not(@class='group')]", caption=caption):
        for mark in one.xpath(".//*[@class='flag' or @class='small']"):
            mark.drop_tree()
        found.append([cell.text_content().strip() for cell in one])
    return found


def test_columns_of_the_source_stand_apart_from_ours_in_the_book_too(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_text("番号,意見,意見ID,テーマ\n1,会費が高い,x,y\n", encoding="utf-8")
    batch.run([source], tmp_path / "out")
    (row,) = sheet(tmp_path / "out", "全意見")
    assert (row["意見ID（元の列）"], row["テーマ（元の列）"], row["テーマ"]) == ("x", "y", "資金")
