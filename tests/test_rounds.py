"""Rounds: what came before counts once, and two rounds are compared without calling noise a change."""

from __future__ import annotations

import csv
import io
import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import batch, resources
from pipeline.batch import Options
from pipeline.compare import HEADER, UNSURE, Share, compare, interval, points, write_comparison
from pipeline.deliver.results import Results
from pipeline.deliver.stored import load_results
from pipeline.errors import IkenError
from pipeline.export import export
from pipeline.review.decisions import DecisionStore
from pipeline.rounds import Repeats, read_round
from tests.reviews import decide
from tests.test_run import iken, table

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, *rows: str, header: str = "番号,意見,担当課") -> Path:
        path = tmp_path / name
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    return write


def kinds(results: Results) -> dict[str, int]:
    found: dict[str, int] = {}
    for source in results.sources:
        for item in source.items:
            found[item.kind] = found.get(item.kind, 0) + 1
    return found


def test_the_same_file_given_twice_counts_once(write: Write, tmp_path: Path) -> None:
    one = write("a.csv", "1,橋が古い,道路課", "2,駅が遠い,交通課")
    copy = write("写し.csv", "1,橋が古い,道路課", "2,駅が遠い,交通課")
    results = batch.run([one, copy], tmp_path / "out")
    assert len(results.judged) == 2
    assert kinds(results) == {"意見": 2, "重複行": 2}
    assert any("同じ中身のファイル" in finding.what for finding in results.findings)
    assert [row["区分"] for row in table(tmp_path / "out" / "not_opinions.csv")] == ["重複行", "重複行"]


def test_a_list_sent_again_with_new_rows_counts_the_new_rows(write: Write, tmp_path: Path) -> None:
    one = write("a.csv", "1,橋が古い,道路課", "2,駅が遠い,交通課")
    again = write("b.csv", "1,橋が古い,道路課", "2,駅が遠い,交通課", "3,公園が暗い,公園課")
    results = batch.run([one, again], tmp_path / "out")
    assert [o.opinion.item.text for o in results.judged] == ["橋が古い", "駅が遠い", "公園が暗い"]


def test_the_same_words_of_two_people_are_two_voices(write: Write, tmp_path: Path) -> None:
    path = write("a.csv", "1,橋が古い,道路課", "2,橋が古い,道路課")
    results = batch.run([path], tmp_path / "out")
    assert len(results.judged) == 2
    assert len({o.opinion.same_id for o in results.judged}) == 1


def test_the_same_number_and_words_twice_in_one_list_is_one_row(write: Write, tmp_path: Path) -> None:
    path = write("a.csv", "１,橋が古い,道路課", "1,橋が古い。,道路課")
    assert kinds(batch.run([path], tmp_path / "out")) == {"意見": 1, "重複行": 1}


def test_a_round_that_overlaps_an_earlier_one(write: Write, tmp_path: Path) -> None:
    first = write("a.csv", "1,橋が古い,道路課", "2,駅が遠い,交通課")
    second = write("b.csv", "2,駅が遠い,交通課", "3,公園が暗い,公園課", "4,橋が古い,道路課")
    batch.run([first], tmp_path / "r1", Options(round="第1回"))
    results = batch.run([second], tmp_path / "r2", Options(round="第2回", earlier=(tmp_path / "r1",)))
    assert [o.opinion.item.number for o in results.judged] == ["3", "4"]
    assert any("前の回（第1回）" in finding.what for finding in results.findings)


def test_an_earlier_round_that_was_masked_and_cut_is_known_again(write: Write, tmp_path: Path) -> None:
    text = '"（１）橋が古いので直してほしい。（２）駅が遠いのでバスを走らせてほしい。連絡は090-0000-0000まで"'
    path = write("a.csv", f"1,{text},道路課", "2,公園が暗い,公園課")
    batch.run([path], tmp_path / "r1", Options(mask=True, split=True))
    more = write("b.csv", f"1,{text},道路課", "3,川が汚い,環境課")
    results = batch.run([more], tmp_path / "r2", Options(round="第2回", earlier=(tmp_path / "r1",)))
    assert [o.opinion.item.number for o in results.judged] == ["3"]


def test_an_earlier_round_whose_columns_were_masked_is_known_again(write: Write, tmp_path: Path) -> None:
    one = write("a.csv", "山田次郎,橋が古い,道路課・佐藤", "2,駅が遠い,交通課")
    batch.run([one], tmp_path / "r1", Options(mask=True))
    more = write("b.csv", "山田次郎,橋が古い,道路課・佐藤", "3,川が汚い,環境課")
    results = batch.run([more], tmp_path / "r2", Options(round="第2回", earlier=(tmp_path / "r1",)))
    assert [o.opinion.item.number for o in results.judged] == ["3"]


def test_an_unnumbered_list_that_was_carried_on(write: Write, tmp_path: Path) -> None:
    old = [f"意見その{n}の文面です" for n in "一二三四五六七八"]
    one = write("a.csv", *old, header="意見")
    other = write("b.csv", *old, "新しい文面です", header="意見")
    results = batch.run([one, other], tmp_path / "out")
    assert kinds(results) == {"意見": 9, "重複行": 8}


def test_some_equal_words_in_another_list_stay_voices(write: Write, tmp_path: Path) -> None:
    one = write("a.csv", "橋が古い", "駅が遠い", "川が汚い", header="意見")
    other = write("b.csv", "橋が古い", "山が荒れている", "道が狭い", header="意見")
    results = batch.run([one, other], tmp_path / "out")
    assert len(results.judged) == 6
    assert any("別の声として数えます" in finding.what for finding in results.findings)


def test_another_codebook_than_the_earlier_rounds_is_told(write: Write, tmp_path: Path) -> None:
    batch.run([write("a.csv", "1,橋が古い,道路課")], tmp_path / "r1")
    repeats = Repeats([tmp_path / "r1"])
    record = read_round(tmp_path / "r1")
    assert not list(repeats.differences(record.codebook, record.model))
    assert "コードブック" in next(iter(repeats.differences("another", record.model)))


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IkenError, match="前の回の結果が読めません") as caught:
        Repeats([tmp_path])
    assert caught.value.remedy


# --- iken compare -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two_rounds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A round of 60 and one of 60: demands for online services grew from few to many, the rest stayed."""
    folder = tmp_path_factory.mktemp("rounds")
    places = [f"{n}丁目" for n in range(1, 61)]
    before = [f"{place}の公園の草が伸びている" for place in places[:55]]
    before += [f"{place}の申請をオンラインでできるようにしてほしい" for place in places[55:]]
    after = [f"{place}の公園の草が伸びている" for place in places[:20]]
    after += [f"{place}の申請をオンラインでできるようにしてほしい" for place in places[20:]]
    for name, texts in (("前", before), ("後", after)):
        path = folder / f"{name}.csv"
        path.write_text("番号,意見\n" + "\n".join(f"{n},{text}" for n, text in enumerate(texts)), encoding="utf-8")
        batch.run([path], folder / name, Options(round=name))
    return folder / "前", folder / "後"


def test_what_grew_and_what_shrank_is_said(two_rounds: tuple[Path, Path]) -> None:
    found = {(one.section, one.name): one for one in compare(*two_rounds).changes}
    assert found["テーマ", "オンライン"].verdict == "増えた"
    assert found["話題の語", "公園"].verdict == "減った"
    topics = [one for (section, _), one in found.items() if section == "話題"]
    parks = next(one for one in topics if "公園" in one.name)
    (online,) = [one for one in topics if "オンライン" in one.name or "申請" in one.name]
    assert (parks.verdict, online.verdict) == ("減った", "増えた")
    assert (parks.before.opinions, parks.after.opinions) == (55, 20)
    assert found["テーマ", "資金"].verdict == UNSURE


def test_a_round_beside_itself_has_no_change(two_rounds: tuple[Path, Path]) -> None:
    assert {one.verdict for one in compare(two_rounds[0], two_rounds[0]).changes} == {UNSURE}


def test_a_round_that_people_looked_through_is_said_to_differ_from_one_that_they_did_not(
    two_rounds: tuple[Path, Path], tmp_path: Path
) -> None:
    def notes(*folders: Path) -> list[str]:
        return [note for note in compare(*folders).notes if "人の確認" in note]

    assert not notes(*two_rounds)
    before, after = (shutil.copytree(folder, tmp_path / folder.name) for folder in two_rounds)
    decide_on_all(before)
    (note,) = notes(before, after)
    assert "前の回が60件のうち60件、後の回が60件のうち0件" in note
    decide_on_all(after)
    assert not notes(before, after)


def decide_on_all(folder: Path) -> None:
    with DecisionStore(folder / "review.sqlite") as store:
        store.record([decide(one) for one in load_results(folder).judged])
    export(folder)


def test_copies_make_no_change(tmp_path: Path) -> None:
    base = [f"{n},{text}" for n, text in enumerate(["橋が古い", "駅が遠い", "川が汚い", "道が狭い", "森が荒れている"])]
    copies = [f"{n},会費をオンラインで集めたい" for n in range(100, 160)]
    for name, rows in (("a", [*base, "99,会費をオンラインで集めたい"]), ("b", [*base, *copies])):
        path = tmp_path / f"{name}.csv"
        path.write_text("番号,意見\n" + "\n".join(rows) + "\n", encoding="utf-8")
        batch.run([path], tmp_path / name, Options(round=name))
    online = next(one for one in compare(tmp_path / "a", tmp_path / "b").changes if one.name == "オンライン")
    assert (online.before.opinions, online.after.opinions) == (1, 60)
    assert (online.before.voices, online.after.voices) == (1, 1)
    assert online.verdict == UNSURE


def test_what_appeared_and_what_vanished() -> None:
    from pipeline.compare import Change

    none, many = Share(0, 0, 100), Share(30, 30, 100)
    assert Change("語", "橋", none, many, *interval(none, many, 4)).verdict == "現れた"
    assert Change("語", "橋", many, none, *interval(many, none, 4)).verdict == "なくなった"
    few = Share(2, 2, 100)
    assert Change("語", "橋", none, few, *interval(none, few, 4)).verdict == UNSURE


def test_newcombes_interval_is_that_of_his_paper() -> None:
    # Newcombe (1998), table II, method 10: 56/70 against 48/80 gives 0.0524 to 0.3339
    low, high = interval(Share(48, 48, 80), Share(56, 56, 70), 1)
    assert math.isclose(low, 0.0524, abs_tol=5e-5)
    assert math.isclose(high, 0.3339, abs_tol=5e-5)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(1, 200))
def test_the_interval_holds_the_difference_and_widens(a: int, b: int, compared: int) -> None:
    before, after = Share(a, a, 50), Share(b, b, 50)
    low, high = interval(before, after, compared)
    assert -1 - 1e-9 <= low <= after.rate - before.rate + 1e-9
    assert after.rate - before.rate - 1e-9 <= high <= 1 + 1e-9
    wider = interval(before, after, compared + 10)
    assert wider[0] <= low + 1e-9
    assert wider[1] >= high - 1e-9


def test_what_one_round_was_never_asked_has_not_appeared_in_the_other(
    two_rounds: tuple[Path, Path], tmp_path: Path, sample_plan: Path
) -> None:
    book = tmp_path / "themes.toml"
    text = resources.corpus("themes.toml").read_text(encoding="utf-8")
    name = 'name = "オンライン"'
    assert name in text
    book.write_text(text.replace(name, 'name = "申請"'), encoding="utf-8")
    batch.run([two_rounds[1].with_suffix(".csv")], tmp_path / "out", Options(plan=sample_plan, codebook=book))
    compared = compare(two_rounds[0], tmp_path / "out")
    assert "前の回には施策がないので、施策は比べていません" in compared.notes
    sections = {(one.section, one.name) for one in compared.changes}
    assert {name for section, name in sections if section == "テーマ"} == {"担い手", "資金", "交流"}
    assert not {name for section, name in sections if section == "施策"}


def test_the_comparison_is_shown_and_written(two_rounds: tuple[Path, Path], tmp_path: Path) -> None:
    done = iken("compare", *two_rounds, "--out", tmp_path / "c.csv")
    assert done.returncode == 0, done.stderr
    assert "オンライン" in done.stdout
    assert "増えた" in done.stdout
    body = (tmp_path / "c.csv").read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(body)))
    assert tuple(rows[0]) == HEADER
    assert not [cell for row in rows for cell in row if cell.startswith(("'", "-", "+"))]
    assert json.loads((two_rounds[0] / "run.json").read_text(encoding="utf-8"))["options"]["round"] == "前"


def test_a_comparison_goes_into_a_csv_only(two_rounds: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(IkenError, match=r"\.csv"):
        write_comparison(tmp_path / "c.xlsx", compare(*two_rounds))
    assert points(-0.034) == "3.4ポイント減"
