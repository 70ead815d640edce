"""What each measure draws, what draws nothing, and what goes beyond its 概要."""

from __future__ import annotations

import pytest

from pipeline.batch import Judge, Options
from pipeline.deliver.tables import plan_matrix
from pipeline.identity import name_opinions
from pipeline.kinds import OPINION
from pipeline.proposals.coverage import Coverage, coverage
from pipeline.records import Item, Judged, Measure, Place, Plan
from pipeline.themes.codebook import read_codebook
from pipeline.themes.kinds import KINDS

PLAN = Plan(
    (
        Measure("1(1)", "1 学び", "講座の開催", "公民館で入門の講座を開催します。", is_priority=True),
        Measure("1(2)", "1 学び", "資料の保存", "古文書を保存します。"),
    )
)
FIRST = PLAN.measures[0].label
TEXTS = (
    ("入門の講座を公民館で開催してほしい。", FIRST, ("学習課",)),
    ("手話通訳の手配が必要である。", FIRST, ("福祉課", "学習課")),
    ("手話通訳の手配が必要である。", FIRST, ()),
    ("講座に申し込む人が減っている。", FIRST, ()),
    ("駐車場を広げてほしい。", "計画外 その他", ()),
    ("花壇の水やりを頼みたい。", "9(9) 昔の施策", ()),
)


@pytest.fixture(scope="module")
def judged() -> list[Judged]:
    items = [
        Item(OPINION, text, Place("表", str(number)), departments, filed_under=place)
        for number, (text, place, departments) in enumerate(TEXTS)
    ]
    return list(Judge.from_options(Options(), PLAN, items).judge(name_opinions(items, "第1回")))


@pytest.fixture(scope="module")
def found(judged: list[Judged]) -> Coverage:
    return coverage(judged, PLAN)


def test_every_opinion_stands_at_one_place(found: Coverage, judged: list[Judged]) -> None:
    places = [*found.measures, *found.elsewhere, found.outside]
    assert sorted(key for one in places for key in one.opinions) == sorted(one.opinion.id for one in judged)
    assert [len(one.opinions) for one in places] == [4, 0, 1, 1]


def test_a_measure_knows_voices_departments_and_kinds(found: Coverage) -> None:
    first = found.measures[0]
    assert (first.voices, set(first.departments)) == (3, {"学習課", "福祉課"})
    assert dict(first.kinds) == {"要望": 3, "課題": 1}


def test_empty_measures_are_named(found: Coverage) -> None:
    assert [one.place for one in found.empty] == [PLAN.measures[1].label]


def test_what_the_overview_does_not_say_is_beyond_it(found: Coverage) -> None:
    assert [one.place for one in found.exceeded] == [FIRST]
    assert {beyond.clause for beyond in found.measures[0].beyond} == {"手話通訳の手配が必要である"}
    assert {word for beyond in found.measures[0].beyond for word in beyond.words} == {"手話通訳", "手配"}
    assert not found.outside.beyond


def test_the_table_says_it_after_the_columns_of_the_contract(judged: list[Judged]) -> None:
    names = read_codebook().names
    frame = plan_matrix(judged, PLAN, names)
    contract = ["基本施策", "施策", "重点", "意見数", *names, "該当なし", "担当課数"]
    added = ["保留", "同趣旨統合後", *KINDS, "概要を超える求め", "概要にない語", "概要を超える求めの内容"]
    assert list(frame.columns) == [*contract, *added]
    row = dict(zip(frame.columns, frame.iloc[0], strict=True))
    assert (row["概要を超える求め"], row["概要にない語"], row["同趣旨統合後"]) == ("2", "手話通訳・手配", "3")
    assert frame["施策"].tolist()[-1] == "計画外"
