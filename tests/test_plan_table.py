"""The working-team table: plan, opinions, departments, ledger."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from pipeline import resources
from pipeline.errors import IkenError
from pipeline.reading.blocks import Block, blocks_of_html
from pipeline.reading.grids import tables_of_text
from pipeline.reading.measures import Heading, read_measure, read_policy
from pipeline.reading.plan_file import read_plan
from pipeline.reading.plan_table import read_plan_table
from pipeline.reading.sources import read_source
from pipeline.records import Source
from tests.conftest import SHARED, needs_shared

HEAD = "※末尾記号は課名（市：市民課、防：防災課）\n現行計画の体系\t\t\t庁内意見\n基本施策\t施策\t施策の概要\t\n"


def read(rows: str, head: str = HEAD) -> Source:
    return read_plan_table(tables_of_text(head + rows), "表.txt")


def opinions(source: Source) -> list[str]:
    return [item.text for item in source.items if item.kind == "意見"]


def ul(*items: str) -> str:
    return "<ul>" + "".join(f"<li>○{item}</li>" for item in items) + "</ul>"


# --- the two whole documents --------------------------------------------------------------


def test_the_sample_table_is_read_to_the_last_item(sample_table: Path) -> None:
    source = read_source(sample_table)
    facts = json.loads(resources.corpus("sample/working_team_facts.json").read_text(encoding="utf-8"))
    with resources.corpus("sample/working_team_labels.csv").open(encoding="utf-8") as stream:
        truth = list(csv.DictReader(stream))
    found = [item for item in source.items if item.kind == "意見"]
    assert [item.text for item in found] == [row["text"] for row in truth]
    assert ["、".join(item.departments) for item in found] == [row["departments"] for row in truth]
    assert [item.filed_under.split()[0] for item in found] == [row["filed_under"] for row in truth]
    assert Counter(item.filed_under.split()[0] for item in found) == facts["opinions_by_place"]
    assert Counter(name for item in found for name in item.departments) == facts["pairs_by_department"]
    assert {d.name: list(d.marks) for d in source.departments} == facts["department_marks"]
    assert Counter(item.kind for item in source.items) == {
        "意見": facts["opinions"],
        "取組例": facts["examples"],
        "概要": 1,
    }
    assert source.plan is not None
    assert [m.code for m in source.plan.measures if m.is_priority] == facts["priority_measures"]


def test_the_sample_table_and_the_sample_plan_agree(sample_table: Path, sample_plan: Path) -> None:
    assert read_source(sample_table).plan == read_plan(sample_plan)


@needs_shared
def test_the_real_document_is_read_to_the_last_item() -> None:
    source = read_source(SHARED / "seed" / "working_team_opinions.txt")
    plan = source.plan
    assert plan is not None
    assert [m.code for m in plan.measures] == (
        ["1(1)", "1(2)", "2(1)", "2(2)", "2(3)", "2(4)", "2(5)", "2(6)", "3(1)", "3(2)", "4(1)", "4(2)"]
    )
    assert len({m.policy for m in plan.measures}) == 4
    assert [m.code for m in plan.measures if m.is_priority] == ["1(1)", "2(4)", "2(6)"]
    assert all(m.overview.endswith("ます。") for m in plan.measures)
    assert Counter(item.kind for item in source.items) == {"意見": 45, "取組例": 3, "概要": 1}
    found = [item for item in source.items if item.kind == "意見"]
    assert Counter(item.filed_under.split()[0] for item in found) == {
        "1(1)": 8,
        "1(2)": 5,
        "2(1)": 3,
        "2(2)": 1,
        "2(3)": 4,
        "2(4)": 4,
        "2(5)": 4,
        "2(6)": 2,
        "3(1)": 2,
        "3(2)": 2,
        "4(1)": 5,
        "4(2)": 1,
        "計画外": 4,
    }
    assert len(source.departments) == 10
    assert {d.name: d.marks for d in source.departments}["武蔵野プレイス"] == ("ブ", "プ")
    pairs = Counter(name for item in found for name in item.departments)
    assert sorted(pairs.values(), reverse=True) == [14, 12, 9, 9, 8, 7, 4, 2, 2, 1]
    assert pairs["武蔵野プレイス"] == 12
    assert pairs.total() == 68
    (twice,) = [item for item in found if item.raw.count("（") == 2 and "一方、その技術指導" in item.raw]
    assert len(twice.departments) == 3
    (remarked,) = [item for item in found if item.remark]
    assert remarked.remark == "多くの課から。プロボノは社"
    assert remarked.departments == ("市民社会福祉協議会",)
    assert any("（動画等）" in item.text for item in found)
    assert any("（例：" in item.text for item in found)


@needs_shared
def test_the_real_document_is_filed_as_the_gold_says() -> None:
    source = read_source(SHARED / "seed" / "working_team_opinions.txt")
    with (SHARED / "gold" / "real_document.csv").open(encoding="utf-8") as stream:
        truth = list(csv.DictReader(stream))
    found = [item for item in source.items if item.kind == "意見"]
    assert [(item.raw, item.filed_under.split()[0]) for item in found] == [(r["text"], r["filed_under"]) for r in truth]


# --- what a table may look like -----------------------------------------------------------


def test_a_row_without_a_policy_belongs_to_the_one_above() -> None:
    source = read(f"1 柱\t(1)甲\t甲を進めます。\t{ul('一（市）')}\n\t(2)乙\t乙を進めます。\t{ul('二（防）')}\n")
    assert [item.filed_under for item in source.items] == ["1(1) 甲", "1(2) 乙"]


def test_a_row_without_a_measure_goes_on_with_the_one_above() -> None:
    source = read(f"1 柱\t(1)甲\t甲を進めます。\t{ul('一')}\n\t\t\t{ul('二')}\n")
    assert [item.filed_under for item in source.items] == ["1(1) 甲", "1(1) 甲"]


def test_shifted_columns_are_put_right_and_reported() -> None:
    source = read(f"1 柱\t<b>重点施策</b>\t(1)甲\t{ul('甲の体制を整えます。', '足りない（市）')}\n")
    assert source.plan is not None
    (measure,) = source.plan.measures
    assert (measure.name, measure.overview, measure.is_priority) == ("甲", "甲の体制を整えます。", True)
    assert [(item.kind, item.text) for item in source.items] == [("概要", "甲の体制を整えます。"), ("意見", "足りない")]
    assert any(finding.level == "注意" and "列がずれて" in finding.what for finding in source.findings)


def test_a_shifted_row_without_a_promise_keeps_every_opinion() -> None:
    source = read(f"1 柱\t重点施策\t(1)甲\t{ul('足りない（市）', '多い（防）')}\n")
    assert opinions(source) == ["足りない", "多い"]


@pytest.mark.parametrize("heading", ["現行計画にない新たなトピック", "計画外", "その他"])
def test_what_lies_outside_the_plan(heading: str) -> None:
    examples = "<p>【取組み例】</p>" + ul("講座（ポルト）")
    source = read(f"1 柱\t(1)甲\t甲を進めます。\t{ul('一')}\n{heading}\t暑さへの対応\t{examples}\t{ul('暑い（市）')}\n")
    assert [(item.kind, item.filed_under) for item in source.items] == [
        ("意見", "1(1) 甲"),
        ("取組例", "計画外 暑さへの対応"),
        ("意見", "計画外 暑さへの対応"),
    ]


def test_a_bullet_with_no_text_is_counted_as_empty() -> None:
    source = read(f"1 柱\t(1)甲\t甲を進めます。\t{ul('', '一', '（市）')}\n")
    assert [item.kind for item in source.items] == ["空欄", "意見", "空欄"]


def test_an_unknown_mark_is_kept_and_reported() -> None:
    source = read(f"1 柱\t(1)甲\t甲を進めます。\t{ul('橋を直す（水）')}\n")
    assert source.items[0].departments == ("未登録(水)",)
    assert any("凡例にありません" in finding.what for finding in source.findings)


def test_text_in_a_column_without_a_heading_is_kept_and_reported() -> None:
    source = read(f"1 柱\t(1)甲\t甲を進めます。\t{ul('一')}\t余りの欄\n")
    assert [(item.kind, item.text) for item in source.items] == [("注記", "余りの欄"), ("意見", "一")]
    assert any("見出しのない列" in finding.what for finding in source.findings)


def test_plain_cells_are_cut_at_their_bullets() -> None:
    source = read("1 柱\t(1)甲\t甲を進めます。\t○一つ目（市）○二つ目・続き（防）\n")
    assert opinions(source) == ["一つ目", "二つ目・続き"]


def test_an_html_list_may_go_on_over_lines() -> None:
    source = read("1 柱\t(1)甲\t甲を進めます。\t<ul>\n<li>○一（市）</li>\n<li>○二</li>\n</ul>\n")
    assert opinions(source) == ["一", "二"]


def test_a_list_that_is_never_closed_swallows_no_other_row() -> None:
    source = read(f"1 柱\t(1)甲\t甲を進めます。\t<ul><li>○一（市）\n続き\n\t(2)乙\t乙を進めます。\t{ul('二')}\n")
    assert [(item.text, item.filed_under) for item in source.items] == [("一（市）続き", "1(1) 甲"), ("二", "1(2) 乙")]


def test_a_bullet_outside_the_table_is_reported() -> None:
    source = read(f"1 柱\t(1)甲\t甲を進めます。\t{ul('一')}\n\n○表から落ちた意見（市）\n")
    assert any("表の外" in finding.what and finding.level == "注意" for finding in source.findings)


def test_opinions_without_any_plan_numbers() -> None:
    source = read(f"学び\t講座\t講座を開きます。\t{ul('一')}\n集い\t場\t場を開きます。\t{ul('二')}\n")
    assert [item.filed_under for item in source.items] == ["1(1) 講座", "2(1) 場"]


@pytest.mark.parametrize(
    ("head", "what"),
    [
        ("課\t内容\n", "見出し"),
        ("基本施策\t施策\t概要\n", "意見"),
    ],
)
def test_a_table_without_headings_is_refused(head: str, what: str) -> None:
    with pytest.raises(IkenError, match=what):
        read(f"1 柱\t(1)甲\t{ul('一')}\n", head)


def test_a_table_without_rows_is_refused() -> None:
    with pytest.raises(IkenError, match="中身の行がありません"):
        read("")


def test_two_names_for_one_number_are_refused() -> None:
    with pytest.raises(IkenError, match="二つあります"):
        read(f"1 柱\t(1)甲\t甲。\t{ul('一')}\n\t(1)乙\t乙。\t{ul('二')}\n")


# --- its parts ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("重点 施策 (1)きっかけづくり", Heading(1, "きっかけづくり", is_priority=True)),
        ("(2)多様な活動", Heading(2, "多様な活動")),
        ("（３）財政的な支援", Heading(3, "財政的な支援")),
        ("1(4) 学びの機会", Heading(4, "学びの機会")),
        ("1-2 場づくり", Heading(2, "場づくり")),
        ("②場づくり", Heading(2, "場づくり")),
        ("【重点】(1)甲", Heading(1, "甲", is_priority=True)),
        ("重点施策", Heading(None, "", is_priority=True)),
        ("(1)重点地区の整備", Heading(1, "重点地区の整備")),
        ("番号のない施策", Heading(None, "番号のない施策")),
    ],
)
def test_headings_of_measures(text: str, heading: Heading) -> None:
    assert read_measure(text) == heading


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("1 市民活動の 裾野の拡大", Heading(1, "市民活動の裾野の拡大")),
        ("２　活動の促進", Heading(2, "活動の促進")),
        ("基本施策3 場づくり", Heading(3, "場づくり")),
        ("第4章 連携", Heading(4, "連携")),
        ("現行計画にない新たなトピック", Heading(None, "現行計画にない新たなトピック")),
    ],
)
def test_headings_of_policies(text: str, heading: Heading) -> None:
    assert read_policy(text) == heading


@pytest.mark.parametrize(
    ("cell", "blocks"),
    [
        ("<b>重点施策</b>", [("重点施策", False)]),
        ("<p>例</p><ul><li>○講座</li><li></li></ul>", [("例", False), ("講座", True), ("", True)]),
        ("A&amp;B", [("A&B", False)]),
        ("一行目<br>二行目", [("一行目", False), ("二行目", False)]),
        ("<li>○一<br>続き</li>", [("一続き", True)]),
        ("・一つの点・つなぎ", [("一つの点・つなぎ", True)]),
        ("", []),
        ("<ul><li>閉じていない", [("閉じていない", True)]),
        ("5 < 6 と書いた意見", [("5 < 6 と書いた意見", False)]),
    ],
)
def test_cells(cell: str, blocks: list[tuple[str, bool]]) -> None:
    assert blocks_of_html(cell) == tuple(Block(*block) for block in blocks)
