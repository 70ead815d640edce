"""The working-team table made of results: what it says, and that it reads back."""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import batch
from pipeline.batch import Options
from pipeline.deliver.deliverables import files_of
from pipeline.deliver.results import Results
from pipeline.deliver.table_back import BEYOND, TableBack, marks_of, table_back
from pipeline.deliver.table_book import table_workbook
from pipeline.deliver.table_document import table_document
from pipeline.export import export
from pipeline.identity import name_opinions
from pipeline.kinds import OPINION
from pipeline.language.normalize import normalize
from pipeline.reading.sources import read_source
from pipeline.records import Candidate, Department, Item, Judged, Labelling, Measure, Place, Plan, PlanMatch, Source
from tests.conftest import SHARED, needs_shared

NAMES = ("working_team_table.xlsx", "working_team_table.docx")
PLAN = Plan(
    (
        Measure("1(1)", "1 学びをひらく", "はじめの一歩の講座", "短い講座を設けます。", True),
        Measure("1(2)", "1 学びをひらく", "学びの案内", "案内をまとめます。"),
        Measure("2(1)", "2 人を支える", "案内人の養成", "案内人を養成します。"),
    )
)


def judged_of(items: Sequence[Item], candidate: str = "") -> tuple[Judged, ...]:
    match = PlanMatch((Candidate(candidate, 0.5),)) if candidate else PlanMatch()
    return tuple(Judged(one, Labelling("該当なし", (), (), "要望"), match) for one in name_opinions(items, "第1回"))


def item(text: str, departments: Sequence[str] = (), filed_under: str = "1(1) はじめの一歩の講座") -> Item:
    return Item(OPINION, text, Place("a.csv", "2行"), tuple(departments), filed_under=filed_under, raw=text)


def results_of(judged: Sequence[Judged], plan: Plan = PLAN, departments: Sequence[Department] = ()) -> Results:
    source = Source("a.csv", (), None, tuple(departments))
    return Results((source,), plan, tuple(judged), (), (), (), round="第1回")


def read_back(table: TableBack, folder: Path) -> dict[str, Source]:
    (folder / NAMES[0]).write_bytes(table_workbook(table))
    (folder / NAMES[1]).write_bytes(table_document(table))
    return {name: read_source(folder / name) for name in NAMES}


def opinions(source: Source) -> list[Item]:
    return [one for one in source.items if one.kind == OPINION]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sample_table: Path) -> tuple[Path, Results]:
    folder = tmp_path_factory.mktemp("table") / "out"
    return folder, batch.run([sample_table], folder)


def check_same(source: Source, results: Results) -> None:
    assert source.plan == results.plan
    expected = [one.opinion.item for one in results.judged]
    assert [(one.text, one.departments, one.filed_under, one.remark) for one in opinions(source)] == [
        (one.text, one.departments, one.filed_under, one.remark) for one in expected
    ]
    names = [department.name for one in results.sources for department in one.departments]
    assert [department.name for department in source.departments] == names
    assert not [finding for finding in source.findings if finding.level != "情報"]


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_reads_back_as_it_was(sample: tuple[Path, Results], name: str) -> None:
    folder, results = sample
    check_same(read_source(folder / name), results)


@needs_shared
def test_the_real_document_reads_back_as_it_was(tmp_path: Path) -> None:
    results = batch.run([SHARED / "seed" / "working_team_opinions.txt"], tmp_path)
    for name in NAMES:
        source = read_source(tmp_path / name)
        check_same(source, results)
        assert source.plan is not None
        assert len(source.plan.measures) == 12
        assert len(opinions(source)) == 45
        assert sum(len(one.departments) for one in opinions(source)) == 68


@pytest.mark.parametrize("name", NAMES)
def test_the_same_results_give_the_same_bytes(sample: tuple[Path, Results], name: str) -> None:
    folder, results = sample
    body = files_of(results)[name]
    assert body == (folder / name).read_bytes()
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert {part.date_time[0] for part in archive.infolist()} == {1980}


def test_topics_outside_the_plan_stand_below_with_what_is_done_already(sample: tuple[Path, Results]) -> None:
    table = table_back(sample[1])
    assert table.title == "庁内ワーキングチーム意見まとめ（第1回）"
    assert [entry.policy == BEYOND for entry in table.entries] == [False] * (len(table.entries) - 1) + [True]
    last = table.entries[-1]
    assert last.heading == "厳しい暑さへの対応 活動の時期と場所の見直し"
    assert len(last.overview) == 4
    assert last.overview[0] == "【取組例】"


def test_marks_stand_where_the_source_had_them(sample: tuple[Path, Results]) -> None:
    lines = [line.text for entry in table_back(sample[1]).entries for line in entry.lines]
    assert any("が出ている。（ポ）一方で、" in line and line.endswith("（福）") for line in lines)
    assert not any("ボ）" in line for line in lines)  # one mark for one department, whatever the second page had


def test_a_list_and_a_plan_give_the_table_with_places_marked_as_proposed(
    tmp_path: Path, sample_list: Path, sample_plan: Path
) -> None:
    results = batch.run([sample_list], tmp_path, Options(plan=sample_plan))
    table = table_back(results)
    assert table.title == "意見まとめ（第1回）"
    assert any("◇" in note and "案" in note for note in table.notes)
    lines = [line for entry in table.entries for line in entry.lines]
    assert {line.mark for line in lines} == {"◇"}
    voices = len({one.opinion.same_id for one in results.judged})
    for name in NAMES:
        source = read_source(tmp_path / name)
        assert source.plan == results.plan
        assert len(opinions(source)) == len(lines) == voices
        assert {one for found in opinions(source) for one in found.departments} == {
            one for judged in results.judged for one in judged.opinion.item.departments
        }


def test_what_people_filed_has_another_mark_than_what_the_text_says() -> None:
    filed = judged_of([item("会場が足りない")])
    guessed = judged_of([item("案内が届かない", filed_under="")], "1(1) はじめの一歩の講座")
    lines = table_back(results_of([*filed, *guessed])).entries[0].lines
    assert [line.mark for line in lines] == ["○", "◇"]


def test_copies_are_one_bullet_with_their_number_and_all_their_departments(tmp_path: Path) -> None:
    copies = [item("分室を開けて", ["市民課"]), item("分室を開けて", ["防災課"]), item("暗い", ["市民課"])]
    table = table_back(results_of(judged_of(copies)))
    assert [line.text for line in table.entries[0].lines] == ["分室を開けて（同趣旨 2件）（市、防）", "暗い（市）"]
    for source in read_back(table, tmp_path).values():
        assert [one.departments for one in opinions(source)] == [("市民課", "防災課"), ("市民課",)]


@pytest.mark.parametrize(
    ("named", "texts", "marks"),
    [
        ({"市民課": (), "防災課": ()}, [], ["市", "防"]),
        ({"市民課": (), "市民協働課": ()}, [], ["市", "民"]),
        ({"市民課": ("民",), "民生課": ()}, [], ["民", "生"]),
        ({"市民課": ("市",), "市場課": ("市",)}, [], ["市", "場"]),
        ({"市民課": ()}, ["暗い（市）"], ["民"]),
        ({"学校": (), "学校学": (), "校学校": ()}, [], ["学", "校", "校学"]),
        ({"１２": ()}, [], ["課1"]),
    ],
)
def test_marks_are_the_sources_own_or_the_first_free_character(
    named: dict[str, tuple[str, ...]], texts: list[str], marks: list[str]
) -> None:
    assert list(marks_of(named, texts).values()) == marks


@pytest.mark.parametrize(
    ("text", "departments"),
    [
        ("○○課の窓口が混む", ["市民課", "防災課"]),
        ("○◯どちらの印もある", ["市民課", "防災課"]),
        ("担当（市）に聞いた（動画等）", ["市民課", "防災課"]),
        ("場所がない（例：体育館）", ["市民課", "福祉課（高齢）"]),
        ("次の二つ\n・机が古い\n・椅子がない", ["市民課", "防災課"]),
        ("一行目。\n二行目。", ["市民課", "防災課"]),
        ("1. 番号で始まる", ["市民課"]),
        ("=1+1", ["市民課", "防災課"]),
        ("【題】のような文", ["市民課", "防災課"]),
        ("記号\x0bのある文", ["市民課", "防災課"]),
        ("所属のない意見", []),
        ("長い意見です。" * 400, ["市民課", "防災課"]),
    ],
)
def test_opinions_of_any_form_read_back(tmp_path: Path, text: str, departments: list[str]) -> None:
    table = table_back(results_of(judged_of([item("前の意見", departments), item(text, departments)])))
    for source in read_back(table, tmp_path).values():
        assert source.plan == PLAN
        found = opinions(source)
        assert [normalize(one.text) for one in found] == ["前の意見", normalize(text)]
        shown = tuple(name.replace("（", "〔").replace("）", "〕") for name in departments)
        assert [one.departments for one in found] == [shown, shown]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(st.sampled_from("あ場所。、（）市防例 ○◇・=-1\n"), min_size=1, max_size=12),
            st.sets(st.sampled_from(["市民課", "防災課", "例規課"])),
        ),
        min_size=5,
        max_size=12,
    )
)
def test_no_opinion_and_no_department_is_lost(
    tmp_path_factory: pytest.TempPathFactory, told: list[tuple[str, set[str]]]
) -> None:
    # each begins with words of its own, so that none is a copy, empty or a point of the one before
    items = [item(f"意見{n}は{text}です。", sorted(departments)) for n, (text, departments) in enumerate(told)]
    table = table_back(results_of(judged_of(items)))
    for source in read_back(table, tmp_path_factory.mktemp("odd")).values():
        found = opinions(source)
        assert [one.text.partition("は")[0] for one in found] == [f"意見{n}" for n in range(len(told))]
        assert [set(one.departments) for one in found] == [departments for _, departments in told]


def test_every_measure_stands_there_and_numbers_come_from_the_plan(tmp_path: Path) -> None:
    plan = Plan((*PLAN.measures, Measure("4(3)", "4 場を広げる", "夜の開放", "")))
    table = table_back(results_of(judged_of([item("会場が足りない")]), plan))
    for source in read_back(table, tmp_path).values():
        assert source.plan == plan
        assert len(opinions(source)) == 1


def test_a_plan_without_numbers_reads_back(tmp_path: Path) -> None:
    plan = Plan(tuple(replace(one, policy=one.policy[2:]) for one in PLAN.measures))
    beyond = item("計画にない話", filed_under="計画外 暑さ")
    table = table_back(results_of(judged_of([item("会場が足りない"), beyond]), plan))
    for source in read_back(table, tmp_path).values():
        assert source.plan == plan
        assert [one.filed_under for one in opinions(source)] == ["1(1) はじめの一歩の講座", "計画外 暑さ"]


def test_the_document_is_japanese_and_repeats_its_headings(sample: tuple[Path, Results]) -> None:
    paper = Document(str(sample[0] / NAMES[1]))
    assert paper.core_properties.author == ""
    assert paper.core_properties.title == "庁内ワーキングチーム意見まとめ（第1回）"
    heads = [row for row in paper.tables[0].rows if row._tr.trPr is not None and row._tr.trPr.xpath("w:tblHeader")]
    assert len(heads) == 2


def test_without_python_docx_the_rest_is_written_and_the_extra_named(
    sample: tuple[Path, Results], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("results.json.gz", "run.json"):
        (tmp_path / name).write_bytes((sample[0] / name).read_bytes())
    monkeypatch.setitem(sys.modules, "docx", None)
    results = export(tmp_path)
    assert (tmp_path / NAMES[0]).exists()
    assert not (tmp_path / NAMES[1]).exists()
    (finding,) = [one for one in results.findings if one.place.file == NAMES[1]]
    assert "iken[documents]" in finding.remedy


def test_without_a_plan_there_is_no_table(tmp_path: Path, sample_list: Path) -> None:
    batch.run([sample_list], tmp_path / "out")
    assert not list((tmp_path / "out").glob("working_team_table.*"))
