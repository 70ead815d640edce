"""The pictures of the notebooks: what they count is what the tables count, and every part leads to its opinions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline import batch
from pipeline.deliver.results import Results
from pipeline.explore import charts
from pipeline.explore.linked import Linked
from pipeline.explore.listing import beyond_list, empty_measures, opinion_list, outside_list, proposal_list
from pipeline.explore.network import draw_network, word_network
from pipeline.proposals.coverage import coverage
from pipeline.records import Item, Judged, Labelling, Opinion, Place


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, sample_table: Path) -> Results:
    return batch.run([sample_table], tmp_path_factory.mktemp("explore") / "out")


def voice(number: int, text: str, same: str = "") -> Judged:
    opinion = Opinion(f"O{number}", "第1回", Item("意見", text, Place("a.csv", f"{number}行")), same or f"S{number}")
    return Judged(opinion, Labelling("該当なし", (), (), "要望"))


def rows_of(linked: Linked) -> list[dict[str, object]]:
    spec = linked.picture.spec
    layers = spec.get("layer", [spec])
    data = layers[0].get("data") or spec["data"]
    rows = data["values"] if "values" in data else spec["datasets"][data["name"]]
    return list(rows)


def test_the_heat_map_counts_what_the_table_counts(results: Results) -> None:
    drawn = {(row["施策"], row["テーマ"]): row["意見数"] for row in rows_of(charts.theme_by_measure(results))}
    table = results.tables()["plan_matrix.csv"]
    for row in table.to_dict("records"):
        for theme in (*results.themes, "該当なし", "保留"):
            assert drawn[row["施策"], theme] == int(row[theme])
    assert len({place for place, _ in drawn}) == len(table)


def test_the_departments_count_what_the_table_counts(results: Results) -> None:
    drawn = {(row["担当課"], row["テーマ"]): row["意見数"] for row in rows_of(charts.theme_by_department(results))}
    table = results.tables()["department_matrix.csv"]
    for row in table.to_dict("records"):
        if not row["担当課"].startswith("合計"):
            assert all(drawn[row["担当課"], theme] == int(row[theme]) for theme in results.themes)


def test_a_measure_without_opinions_shows(results: Results) -> None:
    assert results.plan is not None
    places = {row["施策"] for row in rows_of(charts.measure_counts(results))}
    assert {measure.label for measure in results.plan.measures} <= places


def test_a_click_lists_just_the_opinions_that_were_counted(results: Results) -> None:
    linked = charts.theme_by_measure(results)
    row = max(rows_of(linked), key=lambda one: int(str(one["意見数"])))
    linked.show([(str(row["施策"]), str(row["テーマ"]))])
    assert linked.list.value.count("<li>") == row["意見数"]
    assert f"（{row['意見数']}件）" in linked.list.value
    linked.show([])
    assert "図の一部を押すと" in linked.list.value


def test_the_picture_reports_a_click_to_the_list(results: Results) -> None:
    linked = charts.theme_counts(results)
    # what the browser sends when the bar of オンライン is clicked
    value = {"vlPoint": {"or": [{"テーマ": "オンライン"}]}}
    linked.picture._vl_selections = {"picked": {"value": value, "store": []}}
    (row,) = [row for row in rows_of(linked) if row["テーマ"] == "オンライン"]
    assert linked.list.value.count("<li>") == row["意見数"]


def test_nothing_is_fetched_by_a_picture(results: Results) -> None:
    script = charts.theme_counts(results).picture._esm
    assert len(str(script)) > 100_000  # vega travels in it
    assert "https://esm.sh" not in str(script)


def test_texts_are_shown_as_they_are_written() -> None:
    shown = opinion_list("<x>", [voice(1, "<script>alert(1)</script> & 道路")])
    assert "<script>" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; 道路" in shown


def test_what_goes_beyond_a_measure_is_listed_with_its_words(results: Results) -> None:
    assert results.plan is not None
    shown = beyond_list(results)
    found = coverage(results.judged, results.plan)
    assert shown.count("<details>") == len(found.exceeded)
    assert shown.count("<li>") == sum(len(one.beyond) for one in found.exceeded)
    assert "意見のない施策はありません" in empty_measures(results)
    assert outside_list(results).count("<li>") == 5


def test_a_proposal_shows_its_evidence(results: Results) -> None:
    shown = proposal_list(results)
    assert shown.count("<details>") == len(results.suggestions) > 0
    for one in results.suggestions:
        assert one.title in shown
        assert all(name in shown for name in one.evidence)


def test_a_long_list_says_how_many_more() -> None:
    shown = opinion_list("道路", [voice(n, f"道路{n}") for n in range(130)])
    assert shown.count("<li>") == 100
    assert "ほか30件" in shown


def test_words_are_joined_when_the_same_voices_say_them() -> None:
    judged = [
        *(voice(n, "公園の遊具が古い。") for n in range(1, 5)),
        *(voice(n, "会館の駐車場が狭い。") for n in range(5, 9)),
        *(voice(n, "会館の予約を電話でもしたい。", same="S9") for n in range(9, 29)),
    ]
    network = word_network(judged)
    closest = {frozenset((link.one, link.other)): link.jaccard for link in network.links}
    assert closest[frozenset(("公園", "遊具"))] == 1.0
    assert closest[frozenset(("会館", "駐車"))] == pytest.approx(4 / 5)  # twenty copies are one voice
    assert network.voices["会館"] == 5
    assert len(network.opinions["会館"]) == 24


def test_the_network_is_the_same_twice_and_stands_still_without_words(results: Results) -> None:
    assert draw_network(results).picture.spec == draw_network(results).picture.spec
    assert word_network([]).links == ()


def test_the_map_shows_every_opinion(results: Results) -> None:
    positions = np.arange(2 * len(results.judged), dtype=float).reshape(-1, 2)
    rows = rows_of(charts.topic_map(results, positions))
    assert [row["意見ID"] for row in rows] == [one.opinion.id for one in results.judged]
