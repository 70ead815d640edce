"""The report as a file: everything stands in it, every figure leads to its opinions, nothing runs that should not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import batch, resources
from pipeline.deliver.report.page import report_bytes
from pipeline.deliver.results import Results
from pipeline.deliver.small_cells import FEW, hidden_cells
from pipeline.ledger import build_ledger
from pipeline.measured import FILE, Figure, Measured, measured_text, read_measured
from pipeline.records import Judged, Source
from tests.made_results import HOSTILE, PLAN, made_results, opinion

Element = Any
"""Of lxml: what its stubs say of xpath fits no use of it."""
LETTERS = "<>&\"'/\r\n\t\u202e🎏 人会費{}%"
TABLES = st.integers(1, 6).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 9), min_size=width, max_size=width), min_size=1, max_size=6)
)


class Texts(HTMLParser):
    """Reads the texts of the list back, as a browser would understand them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._within = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "p" and ("class", "text") in attrs:
            self._within = True
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "p":
            self._within = False

    def handle_data(self, data: str) -> None:
        if self._within:
            self.found[-1] += data


def texts_of(page: bytes) -> list[str]:
    reader = Texts()
    reader.feed(page.decode("utf-8"))
    return reader.found


def parsed(page: bytes) -> Element:
    return lxml.html.fromstring(page.decode("utf-8"))


def only(judged: Judged) -> Results:
    """A round of a single opinion."""
    source = Source("声.csv", (judged.opinion.item,))
    found = made_results()
    return replace(
        found,
        sources=(source,),
        plan=None,
        judged=(judged,),
        ledger=build_ledger([source], [judged]),
        rest=(),
        topics=(),
        suggestions=(),
    )


@pytest.fixture(scope="module")
def results() -> Results:
    return made_results()


@pytest.fixture(scope="module")
def page(results: Results) -> Element:
    return parsed(report_bytes(results))


@pytest.fixture(scope="module")
def sample_results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    out = tmp_path_factory.mktemp("report") / "out"
    sources = [resources.corpus("sample/opinion_list.csv"), resources.corpus("sample/working_team_table.txt")]
    return batch.run(sources, out)


def rows_of(page: Element, caption: str) -> Iterator[list[str]]:
    """The rows of a table of figures, without flags and marks."""
    (table,) = [one for one in page.iter("table") if one.findtext("caption") == caption]
    for row in table.iterfind("tbody/tr"):
        if row.get("class") != "group":
            for flag in row.xpath(".//*[@class='flag' or @class='small']"):
                flag.drop_tree()
            yield [cell.text_content().strip() for cell in row]


def test_the_same_results_give_the_same_bytes(results: Results) -> None:
    assert report_bytes(results) == report_bytes(made_results())


def test_every_link_leads_to_a_place_in_the_page(page: Element) -> None:
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    links = page.xpath("//@href")
    assert len(links) > 50
    assert not [link for link in links if not link.startswith("#") or link[1:] not in ids]


def test_nothing_is_fetched_and_only_its_own_script_may_run(results: Results, page: Element) -> None:
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert not page.xpath("//link | //img | //iframe | //object | //embed | //@src | //@style | //@onclick")
    assert len(page.xpath("//script")) == 1
    assert not re.search(rb"https?:|url\(|@import", report_bytes(results))


def test_every_opinion_stands_there_word_for_word_under_its_id(results: Results, page: Element) -> None:
    assert texts_of(report_bytes(results)) == [one.opinion.text for one in results.judged]
    items = page.xpath("//ol[@id='list']/li")
    assert [item.get("id") for item in items] == [one.opinion.id for one in results.judged]


@settings(max_examples=60, deadline=None)
@given(
    st.text(
        st.one_of(st.characters(codec="utf-8"), st.sampled_from("<>&\"'/\r\n\t\u202e🎏 人会費{}%")),
        min_size=1,
    ),
    st.sampled_from(["人…会費", "会費", "{{", "<"]),
)
def test_any_text_reads_back_as_it_was(text: str, words: str) -> None:
    found = texts_of(report_bytes(only(opinion(2, text, "付与", ("資金",), words))))
    assert found == [text.replace("\0", "\N{REPLACEMENT CHARACTER}")]


def test_a_text_of_a_million_letters_is_whole() -> None:
    text = "川の会費。" * 200_000
    body = report_bytes(only(opinion(2, text, "付与", ("資金",), "会費")))
    assert texts_of(body) == [text]


def test_what_a_lone_surrogate_leaves_is_still_a_page() -> None:
    assert "川".encode() in report_bytes(only(opinion(2, "川\ud800")))


def test_the_words_that_decided_are_marked_in_the_text_as_written(page: Element) -> None:
    marks = {mark.text: mark.get("class") for mark in page.xpath("//ol[@id='list']//mark")}
    assert marks == {"人": "t1 and-t2", "会費": "t2", "代わり": "t1", "Ｗｉ－Ｆｉ": "t2"}


@pytest.mark.parametrize("source", ["made", "sample"])
def test_the_tables_say_what_the_csv_files_say(source: str, results: Results, sample_results: Results) -> None:
    found = results if source == "made" else sample_results
    page = parsed(report_bytes(found))
    tables = found.tables()
    columns = ["意見数", *found.themes, "該当なし", "保留"]
    plan = tables["plan_matrix.csv"]
    shown = list(rows_of(page, "施策ごと・テーマごとの意見数"))
    assert [row[1:] for row in shown[:-1]] == plan[columns].to_numpy().tolist()
    assert [row[0] for row in shown[:-2]] == plan["施策"].tolist()[:-1]
    departments = tables["department_matrix.csv"][["担当課", *columns]]
    assert list(rows_of(page, "担当課ごと・テーマごとの意見数")) == departments.to_numpy().tolist()
    attributes = tables["attribute_matrix.csv"]
    for name, rows in attributes.groupby("属性", sort=False):
        assert list(rows_of(page, f"{name}ごと・テーマごとの意見数")) == rows[["値", *columns]].to_numpy().tolist()
    summary = tables["theme_summary.csv"]
    assert [row[1] for row in rows_of(page, "テーマごとの意見数")] == summary["意見数"].tolist()


def test_every_figure_leads_to_as_many_opinions_as_it_says(sample_results: Results) -> None:
    page = parsed(report_bytes(sample_results))
    entries = {entry.get("id"): entry for entry in page.xpath("//dl[@class='entries']/div")}
    followed = 0
    for link in page.xpath("//table//a | //section[@id='summary']//a | //p[@class='facts']//a"):
        target = link.get("href")[1:]
        if target in entries:
            runs = [list(map(int, run.text.split("～"))) for run in entries[target].xpath(".//a")]
            assert sum(run[-1] - run[0] + 1 for run in runs) == int(re.sub(r"\D", "", link.text))
            followed += 1
    assert followed > 200


def test_empty_measures_are_named(page: Element) -> None:
    assert "意見が一件もない施策は1施策です（「2(1) 会費の支え」）" in page.get_element_by_id("summary").text_content()
    (empty,) = page.xpath("//section[@id='plan']//tr[@class='empty']")
    assert "意見なし" in empty.text_content()


def test_topics_and_proposals_lead_to_their_evidence(results: Results, page: Element) -> None:
    assert [head.text_content() for head in page.xpath("//section[@id='topics']//h3")] == [
        "T01 灯りの色",
        "T01-2 灯りの数",
    ]
    assert "変わりやすい" in page.get_element_by_id("topic-T01-2").text_content()
    evidence = page.xpath("//article[@id='proposal-1']//details//li")
    assert [one.findtext("p") for one in evidence] == [results.judged[n].opinion.text for n in (1, 0)]


def test_what_was_not_found_is_said_in_words(results: Results) -> None:
    bare = report_bytes(replace(results, topics=(), suggestions=(), rest=())).decode("utf-8")
    for words in (
        "話題は見つかりませんでした。",
        "施策の案は作られませんでした。",
        "意見でないものはありませんでした。",
    ):
        assert words in bare
    without_plan = report_bytes(only(results.judged[0])).decode("utf-8")
    assert "計画が示されていないので" in without_plan
    assert 'id="plan"' not in without_plan


def test_a_round_without_opinions_is_still_a_page(results: Results) -> None:
    source = Source("声.csv", ())
    none = replace(results, sources=(source,), judged=(), ledger=build_ledger([source], []), rest=())
    page = parsed(report_bytes(replace(none, topics=(), suggestions=())))
    assert "寄せられた意見は0件" in page.get_element_by_id("summary").text_content()
    assert "意見が一件もない施策は3施策です" in page.get_element_by_id("summary").text_content()


def test_decisions_show_what_was_suggested(page: Element, results: Results) -> None:
    item = page.get_element_by_id(results.judged[1].opinion.id).text_content()
    for words in ("修正済", "確認前の案：担い手（保留）／要望／1(2) 場の知らせ方", "会費は<資金>"):
        assert words in item
    assert "1人が12件のうち1件を確かめ、1件で機械の案を直しました。" in page.get_element_by_id("ai").text_content()


def test_copies_and_repetitions_are_told(page: Element, results: Results) -> None:
    assert "同趣旨 2件" in page.get_element_by_id(results.judged[2].opinion.id).text_content()
    assert "この意見を指す「同上」：1件" in page.get_element_by_id(results.judged[1].opinion.id).text_content()
    assert "意見2と同じ" in page.get_element_by_id("ledger").text_content()


def test_small_cells_are_marked_and_warned_of(page: Element) -> None:
    assert "「年代」の表に3件以下の欄" in page.get_element_by_id("summary").text_content()
    cells = page.xpath("//section[@id='attributes']//td")
    for cell in cells:
        count = int(re.sub(r"\D", "", cell.text_content()))
        assert ("※" in cell.text_content()) == (0 < count <= FEW)


def test_a_masked_round_keeps_small_cells_back_everywhere(results: Results) -> None:
    masked = replace(results, made_with=replace(results.made_with, masked=True))
    page = parsed(report_bytes(masked))
    section = page.get_element_by_id("attributes")
    assert not section.xpath(".//td//a")
    shown = [cell.text_content() for cell in section.xpath(".//td")]
    assert "秘匿" in shown
    assert not [text for text in shown if text.isdecimal() and 0 < int(text) <= FEW]
    assert "90代" not in page.get_element_by_id("opinions").text_content()
    assert "伏せました" in page.get_element_by_id("summary").text_content()


def test_what_names_a_person_is_never_shown(results: Results) -> None:
    assert "港 2子" not in report_bytes(results).decode("utf-8")


@given(TABLES)
def test_no_hidden_figure_can_be_worked_out_from_its_column(parts: list[list[int]]) -> None:
    counts = [[sum(row) + len(row), *row, 1, 2] for row in parts]
    hidden = hidden_cells(counts)
    for column in range(len(counts[0])):
        kept = [r for r in range(len(counts)) if (r, column) in hidden]
        assert all((r, column) in hidden for r, row in enumerate(counts) if 0 < row[column] <= FEW)
        # a reader knows the column's total, and at worst which of the hidden ones are at least 1
        values = [counts[r][column] for r in kept if counts[r][column]]
        assert not kept or len(kept) == len(counts) or (len(kept) > 1 and sum(values) - len(values) + 1 > FEW)


def test_large_cells_stay() -> None:
    assert hidden_cells([[20, 10, 10], [30, 0, 30], [9, 9, 0]]) == frozenset()
    assert hidden_cells([]) == frozenset()


def test_a_colour_that_is_none_cannot_leave_its_place(results: Results) -> None:
    style = report_bytes(results).decode("utf-8").split("</style>")[0]
    assert ".t1 { --theme: #1f6f8b; }" in style
    assert ".t2 { --theme: #555555; }" in style


def test_the_figures_of_the_round_stand_in_for_those_of_the_model(results: Results) -> None:
    blind = Figure("テーマの正しさ（F1の平均）", "この回の意見", 9, 0.75, 0.5, 0.9)
    own = report_bytes(replace(results, measured=(blind,))).decode("utf-8")
    assert "案を見ないで人が決めたもの" in own
    assert "機械の案を見ないで決めた意見は9件" in own  # the number that the figures are made of
    assert "0.750" in own
    assert "0.870" not in own
    assert "0.870" in report_bytes(results).decode("utf-8")
    unknown = replace(results, made_with=replace(results.made_with, measured=Measured()))
    assert "測られていません" in report_bytes(unknown).decode("utf-8")


def test_the_model_says_as_data_what_its_card_says() -> None:
    measured = read_measured(resources.corpus("measured.toml"))
    assert read_measured(resources.default_model() / FILE) == measured
    assert (resources.default_model() / FILE).read_text(encoding="utf-8") == measured_text(measured)
    card = (resources.default_model() / "card.md").read_text(encoding="utf-8")
    assert len(measured.figures) >= 5
    for one in measured.figures:
        assert f"{one.value:.3f} [{one.low:.2f}–{one.high:.2f}]" in card
        assert f"{one.opinions} 件" in card


def test_officials_words_only(results: Results) -> None:
    text = parsed(report_bytes(results)).body
    for script in text.xpath(".//script"):
        script.drop_tree()
    said = text.text_content().replace(HOSTILE.replace("\r", ""), "")
    for word in ("クラスタ", "スコア", "ラベル", "NLP", "モデル", "トピック"):
        assert word not in said


def test_three_hundred_opinions_stay_below_a_megabyte(results: Results) -> None:
    text = "役員を引き受ける人が見つからず、来年の祭りをどうするか決められない。会費を上げずに済む工夫がほしい。"
    judged = tuple(opinion(n, f"{text}{n}", "付与", ("資金",), "会費") for n in range(2, 302))
    source = Source("声.csv", tuple(one.opinion.item for one in judged), PLAN)
    many = replace(results, sources=(source,), judged=judged, ledger=build_ledger([source], judged))
    many = replace(many, rest=(), topics=(), suggestions=())
    assert len(report_bytes(many)) < 1_000_000


def test_a_broken_record_of_figures_is_refused(tmp_path: Path) -> None:
    from pipeline.errors import IkenError

    path = tmp_path / "measured.json"
    path.write_text('{"figure": [{"what": "F1", "on": "x", "opinions": 1, "value": 2}]}', encoding="utf-8")
    with pytest.raises(IkenError, match="測った値"):
        read_measured(path)
