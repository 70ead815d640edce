"""iken export: what people decided takes the place of what the program judged, and nobody's decision is invisible."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import batch
from pipeline.deliver.results import Results
from pipeline.deliver.stored import FILE, load_results
from pipeline.errors import IkenError
from pipeline.export import export
from pipeline.records import UNDECIDED, Decision, Judged
from pipeline.review.applying import apply_history
from pipeline.review.decisions import DecisionStore, now
from pipeline.review.history import History
from pipeline.review.status import status_of
from tests.reviews import THEMES, decide, judged, with_text
from tests.test_run import iken, table


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, sample_list: Path, sample_plan: Path) -> Path:
    folder = tmp_path_factory.mktemp("applying") / "out"
    batch.run([sample_list], folder, batch.Options(plan=sample_plan))
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture
def results(folder: Path) -> Results:
    return load_results(folder)


def record(folder: Path, *decisions: Decision) -> None:
    with DecisionStore(folder / "review.sqlite") as store:
        store.record(decisions)


def first(results: Results, verdict: str) -> Judged:
    return next(one for one in results.judged if one.labelling.verdict == verdict)


def test_every_table_follows_what_was_decided(folder: Path, results: Results) -> None:
    before = {row["テーマ"]: row for row in table(folder / "theme_summary.csv")}
    doubtful, plain, given = first(results, "保留"), first(results, "該当なし"), first(results, "付与")
    measure = results.plan.measures[-1].label if results.plan else ""
    record(
        folder,
        replace(decide(doubtful, ["交流"]), measure=measure, note="会議で確認"),
        decide(plain),
        decide(given, []),
    )
    changed = export(folder)
    rows = {row["意見ID"]: row for row in table(folder / "opinions.csv")}
    assert [rows[one.opinion.id]["確認"] for one in (doubtful, plain, given)] == ["修正済", "確認済", "修正済"]
    assert rows[doubtful.opinion.id]["判定"] == "付与"
    assert rows[doubtful.opinion.id]["テーマ"] == "交流"
    assert "?" not in rows[doubtful.opinion.id]["根拠語"]  # a person who decided has no doubt
    assert rows[doubtful.opinion.id]["確認した施策"] == measure
    assert rows[doubtful.opinion.id]["確認のメモ"] == "会議で確認"
    assert rows[given.opinion.id]["判定"] == "該当なし"
    # the scores stay what they were
    assert rows[given.opinion.id]["担い手"] == f"{given.labelling.scores[0].probability:.3f}"
    after = {row["テーマ"]: row for row in table(folder / "theme_summary.csv")}
    assert int(after["保留"]["意見数"]) == int(before["保留"]["意見数"]) - 1
    assert int(after["交流"]["意見数"]) == int(before["交流"]["意見数"]) + 1
    assert after["合計(実数)"]["意見数"] == before["合計(実数)"]["意見数"]
    matrix = {row["施策"]: int(row["交流"]) for row in table(folder / "plan_matrix.csv")}
    assert matrix[measure] >= 1
    ledger = {row["段階"]: row for row in table(folder / "ledger.csv")}
    assert ledger["確認"]["件数"] == "40"
    assert ledger["確認"]["内訳"] == "確認済 1 + 修正済 2 + 未確認 37"
    told = json.loads((folder / "run.json").read_text(encoding="utf-8"))["review"]
    assert (told["applied"], told["changed"], told["reviewers"]) == (3, 2, {"佐藤": 3})
    assert told["settled"] == 0
    assert load_results(folder) == results  # what the program judged is kept as it was
    assert export(folder) == changed


def test_a_run_into_a_reviewed_folder_keeps_and_applies_the_decisions(
    folder: Path, results: Results, sample_list: Path, sample_plan: Path
) -> None:
    one = first(results, "付与")
    record(folder, decide(one, []))
    again = batch.run([sample_list], folder, batch.Options(plan=sample_plan))
    assert {row["意見ID"]: row["確認"] for row in table(folder / "opinions.csv")}[one.opinion.id] == "修正済"
    assert len(again.decisions) == 1


def test_a_decision_on_a_text_that_was_corrected_in_the_source_is_flagged_where_it_belongs_now(
    folder: Path, results: Results, sample_list: Path, sample_plan: Path, tmp_path: Path
) -> None:
    one, other = results.judged[:2]
    record(folder, decide(one, ["資金"]), decide(other, []))
    corrected = tmp_path / "corrected.csv"
    old, new = one.opinion.text, "なお、" + one.opinion.text
    corrected.write_text(sample_list.read_text(encoding="utf-8-sig").replace(old, new), encoding="utf-8")
    again = batch.run([corrected], folder, batch.Options(plan=sample_plan))
    now_reads = next(each for each in again.judged if each.opinion.text == new)
    assert now_reads.decision is None
    assert [each.decision is not None for each in again.judged].count(True) == 1
    findings = [finding.what for finding in again.findings if finding.level == "注意"]
    assert any(now_reads.opinion.id in what and "文面がそのあと変わった" in what for what in findings)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert [(row["状態"], row["意見"]) for row in table(folder / "decisions.csv")] == [
        ("文面が変わった", new),
        ("有効", other.opinion.text),
    ]
    assert status_of(folder).stale == 1
    export(folder)  # it is still known where it belongs
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    batch.run([sample_list], folder, batch.Options(plan=sample_plan))
    assert [row["状態"] for row in table(folder / "decisions.csv")] == ["有効", "有効"]


def test_every_decision_ever_made_is_listed_with_what_became_of_it(folder: Path, results: Results) -> None:
    one, other = results.judged[:2]
    with DecisionStore(folder / "review.sqlite") as store:
        store.record([decide(one, ["資金"]), decide(one, [])])
        store.record([decide(one, ["交流"], "鈴木", blind=True), decide(other, [], "鈴木")])
        store.undo([other.opinion.id], "鈴木", now())
        store.record([replace(decide(other), opinion_id="OXXXXXXXXXX")])
        store.record([replace(decide(other), text_hash="0" * 20)])
        store.settle([decide(one, ["担い手"], "協議")])
    delivered = export(folder)
    told = json.loads((folder / "run.json").read_text(encoding="utf-8"))["review"]
    # who decided on how many opinions: not how often, and what settles is nobody's own
    assert (told["reviewers"], told["settled"]) == ({"佐藤": 1, "鈴木": 1}, 1)
    rows = table(folder / "decisions.csv")
    shown = [(row["確認者"], row["区分"], row["テーマ"], row["盲検"], row["状態"]) for row in rows]
    assert shown == [
        ("佐藤", "判断", "資金", "", "同じ人があとで変更"),
        ("佐藤", "判断", "なし", "", "協議の結果を採用"),
        ("鈴木", "判断", "交流", "盲検", "協議の結果を採用"),
        ("鈴木", "判断", "なし", "", "取消"),
        ("佐藤", "判断", "なし", "", "この回にない"),
        ("佐藤", "判断", "なし", "", "文面が変わった"),
        ("協議", "協議", "担い手", "", "有効"),
    ]
    assert rows[0]["提案されていたテーマ"] == "|".join(one.labelling.themes) or "なし"
    findings = [finding.what for finding in delivered.findings]
    assert any(other.opinion.id in what and "文面" in what for what in findings)
    assert any("この回にない意見 1 件" in what for what in findings)
    shown_in_terminal = iken("export", folder)
    assert shown_in_terminal.returncode == 0
    assert "文面がそのあと変わった" in shown_in_terminal.stderr
    assert "--round" in shown_in_terminal.stderr  # the commonest cause that all decisions miss their opinions
    assert (status_of(folder).stale, status_of(folder).elsewhere) == (1, 1)
    assert "確認 40 = 修正済 1 + 未確認 39" in shown_in_terminal.stdout


def test_without_decisions_there_is_no_table_of_them(folder: Path) -> None:
    DecisionStore(folder / "review.sqlite").close()
    export(folder)
    assert not (folder / "decisions.csv").exists()
    assert "review" not in json.loads((folder / "run.json").read_text(encoding="utf-8"))


def test_a_file_of_decisions_that_cannot_be_read_stops_the_export_and_leaves_the_folder(folder: Path) -> None:
    (folder / "review.sqlite").write_bytes(b"something else")
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(IkenError, match="確認の記録ではない"):
        export(folder)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert (folder / FILE).exists()


# --- without judging anything


def history_of(tmp_path: Path, *decisions: Decision, settled: Decision | None = None) -> History:
    with DecisionStore(tmp_path / "review.sqlite") as store:
        store.record(decisions)
        if settled is not None:
            store.settle([settled])
        return store.history()


def test_a_text_that_changed_takes_the_next_decision_that_was_made_on_it(tmp_path: Path) -> None:
    old = judged(1, "資金")
    new = with_text(old, "書き直した意見")
    history = history_of(tmp_path, decide(old, []), settled=decide(old, ["担い手"], "協議"))
    flagged = apply_history(history, [new], THEMES, None)
    assert flagged.judged == (new,)
    assert [one.state for one in flagged.recorded] == ["文面が変わった", "文面が変わった"]
    assert len(flagged.findings) == 1
    again = history_of(tmp_path, decide(new, ["資金"], "鈴木"))
    applied = apply_history(again, [new], THEMES, None)  # a settled one of another text stands in nobody's way
    assert applied.judged[0].labelling.themes == ("資金",)
    assert applied.findings == ()


def test_a_theme_that_the_codebook_no_longer_has_is_not_applied_and_a_measure_alone_is_left_out(tmp_path: Path) -> None:
    one, other, third = judged(1), judged(2), judged(3)
    made = (
        decide(one, ["資金", "旧テーマ"]),
        replace(decide(other, ["資金"]), measure="9(9) なくなった施策"),
        replace(decide(third), measure="計画外"),
    )
    applied = apply_history(history_of(tmp_path, *made), [one, other, third], THEMES, None)
    assert applied.judged[0] == one
    assert applied.judged[1].labelling.themes == ("資金",)
    assert applied.judged[1].decision
    assert applied.judged[1].decision.measure == ""
    assert applied.judged[2].decision == made[2]
    assert [one.state for one in applied.recorded] == [
        "テーマがコードブックにない",
        "有効（施策は計画にない）",
        "有効",
    ]
    assert ["旧テーマ" in finding.what for finding in applied.findings] == [True, False]


def test_themes_come_in_the_order_of_the_codebook_and_a_new_kind_brings_what_is_asked_for(tmp_path: Path) -> None:
    one = judged(1, verdict=UNDECIDED, text="集会所に手すりを付けてほしい。")
    was = replace(one, labelling=replace(one.labelling, kind="課題", kind_evidence="困る"))
    applied = apply_history(
        history_of(tmp_path, decide(was, ["資金", "担い手"], kind="要望")), [was], THEMES, None
    ).judged[0]
    assert applied.labelling.themes == ("担い手", "資金")
    assert (applied.labelling.verdict, applied.labelling.kind, applied.labelling.kind_evidence) == ("付与", "要望", "")
    assert applied.labelling.asking
    back = apply_history(history_of(tmp_path, decide(was, [], kind="事例")), [applied], THEMES, None).judged[0]
    assert (back.labelling.verdict, back.labelling.asking) == ("該当なし", ())
