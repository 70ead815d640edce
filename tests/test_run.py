"""The main job from end to end, as its users call it."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from pipeline import batch
from pipeline.batch import Judge, Options
from pipeline.classify import classify
from pipeline.deliver.cells import read_rows
from pipeline.deliver.results import Results
from pipeline.errors import IkenError, LedgerError
from pipeline.identity import name_opinions
from pipeline.language.normalize import normalize
from pipeline.ledger import build_ledger
from pipeline.model_folder import load_model
from pipeline.reading.sources import read_source
from pipeline.records import Judged, Opinion
from pipeline.rounds import read_opinions
from pipeline.themes.codebook import read_codebook
from tests.conftest import SHARED, needs_shared

FILES = [
    *("attribute_matrix.csv", "department_matrix.csv", "ledger.csv", "not_opinions.csv", "opinions.csv"),
    *(
        "plan_matrix.csv",
        "report.html",
        "results.json.gz",
        "results.xlsx",
        "run.json",
        "suggestions.csv",
        "theme_summary.csv",
    ),
    *("topics.csv", "working_team_table.docx", "working_team_table.xlsx"),
]
CONTRACT = {
    "opinions.csv": (
        "意見ID,回,出典,位置,意見,担当課,種別,判定,テーマ,担い手,資金,交流,オンライン,根拠語,計画上の位置,"
        "施策候補1,スコア1,施策候補2,スコア2,施策候補3,スコア3,同趣旨ID,確認"
    ),
    "theme_summary.csv": (
        "テーマ,意見数,同趣旨統合後,割合,担当課数,担当課,施策数,施策,主な語,代表意見ID,代表意見,要確認"
    ),
    "plan_matrix.csv": "基本施策,施策,重点,意見数,担い手,資金,交流,オンライン,該当なし,担当課数",
    "department_matrix.csv": "担当課,意見数,担い手,資金,交流,オンライン,該当なし",
    "suggestions.csv": "番号,区分,案,趣旨,テーマ,意見数,担当課数,担当課,根拠意見ID,代表意見,最も近い施策,類似度",
    "topics.csv": "話題ID,見出し,主な語,意見数,代表意見,意見ID",
    "attribute_matrix.csv": "属性,値,意見数,担い手,資金,交流,オンライン,該当なし,保留",
    "not_opinions.csv": "区分,回,出典,位置,番号,本文,担当課,計画上の位置,指すもの,指す意見ID",
    "ledger.csv": "段階,件数,内訳",
}


def iken(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        env={**os.environ, "PYTHONUTF8": "1"},
        check=False,
    )


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = read_rows(stream)
        header = next(rows)
        return [dict(zip(header, row, strict=True)) for row in rows]


@pytest.fixture(scope="session")
def sample_out(tmp_path_factory: pytest.TempPathFactory, sample_table: Path) -> Path:
    out = tmp_path_factory.mktemp("sample") / "out"
    batch.run([sample_table], out)
    return out


def test_the_files_of_the_contract_are_all_there(sample_out: Path) -> None:
    assert sorted(path.name for path in sample_out.iterdir()) == FILES


@pytest.mark.parametrize("name", CONTRACT)
def test_the_columns_of_the_contract_come_first_and_in_order(sample_out: Path, name: str) -> None:
    body = (sample_out / name).read_bytes()
    assert body.startswith(b"\xef\xbb\xbf")
    header = next(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    promised = CONTRACT[name].split(",")
    assert header[: len(promised)] == promised


def test_opinions_stand_in_source_order_with_their_judgement(sample_out: Path) -> None:
    rows = table(sample_out / "opinions.csv")
    assert len(rows) == 63
    assert len({row["意見ID"] for row in rows}) == 63
    for row in rows:
        assert row["判定"] in ("付与", "該当なし", "保留")
        assert row["種別"] in ("要望", "課題", "事例", "懸念")
        assert bool(row["テーマ"]) == (row["判定"] == "付与") or row["判定"] == "保留"
        for theme in filter(None, row["テーマ"].split("|")):
            assert f"{theme}:" in row["根拠語"]
        for words in filter(None, row["根拠語"].split("|")):
            for word in words.split(":", 1)[1].split("・"):
                assert all(piece in row["意見"].replace(" ", "") for piece in word.split("…"))
        assert row["確認"] == ""
        assert len({row[f"施策候補{n}"] for n in (1, 2, 3)}) == 3
        assert float(row["スコア1"]) >= float(row["スコア2"]) >= float(row["スコア3"])


def test_the_number_of_a_measure_means_nothing(tmp_path: Path, sample_table: Path) -> None:
    moved = sample_table.read_text(encoding="utf-8").replace("(1)はじめの一歩", "(9)はじめの一歩")
    path = tmp_path / "moved.txt"
    path.write_text(moved, encoding="utf-8")
    plain, changed = batch.run([sample_table], tmp_path / "a"), batch.run([path], tmp_path / "b")
    assert plain.judged[0].opinion.item.filed_under != changed.judged[0].opinion.item.filed_under

    def texts_and_scores(results: Results) -> list[object]:
        return [[(c.label[4:], c.score) for c in one.match.candidates] for one in results.judged]

    assert texts_and_scores(plain) == texts_and_scores(changed)


def test_no_opinion_votes_for_itself_by_where_it_was_filed(sample_table: Path) -> None:
    source = read_source(sample_table)
    assert source.plan is not None
    codebook = read_codebook()
    model = load_model(None, codebook)
    items = [item for item in source.items if item.kind == "意見"]
    opinions = list(name_opinions(items, "第1回"))
    plain = list(Judge(codebook, model, source.plan, items).judge(opinions))
    for number in (0, 20, 40):
        for measure in source.plan.measures[::4]:
            moved = [*items]
            moved[number] = replace(items[number], filed_under=measure.label)
            judge = Judge(codebook, model, source.plan, moved)
            candidates = next(judge.judge([opinions[number]])).match.candidates
            shown = [(one.label, round(one.score, 6), [part.words for part in one.evidence]) for one in candidates]
            assert shown == [
                (one.label, round(one.score, 6), [part.words for part in one.evidence])
                for one in plain[number].match.candidates
            ]


def test_what_is_asked_for_stands_beside_every_demand(sample_out: Path) -> None:
    rows = read_opinions(sample_out)
    for row in rows:
        assert bool(row["求めていること"]) == (row["種別"] == "要望")
        for clause in filter(None, row["求めていること"].split("／")):
            assert clause in normalize(row["意見"])
    assert any(len(row["求めていること"]) < len(row["意見"]) / 2 for row in rows if row["求めていること"])


def test_the_summary_adds_up(sample_out: Path) -> None:
    rows = {row["テーマ"]: row for row in table(sample_out / "theme_summary.csv")}
    assert list(rows) == ["担い手", "資金", "交流", "オンライン", "該当なし", "保留", "合計(実数)"]
    opinions = table(sample_out / "opinions.csv")
    for theme in list(rows)[:4]:
        given = [row for row in opinions if row["判定"] == "付与" and theme in row["テーマ"].split("|")]
        assert rows[theme]["意見数"] == str(len(given))
        assert rows[theme]["代表意見ID"] in {row["意見ID"] for row in given}
        departments = {name for row in given for name in row["担当課"].split("、")}
        assert rows[theme]["担当課数"] == str(len(departments))
    total = (
        sum(row["判定"] == "付与" for row in opinions) + int(rows["該当なし"]["意見数"]) + int(rows["保留"]["意見数"])
    )
    assert rows["合計(実数)"]["意見数"] == str(total) == "63"


def test_the_matrices_add_up(sample_out: Path) -> None:
    plan = table(sample_out / "plan_matrix.csv")
    assert len(plan) == 12 + 1
    assert sum(int(row["意見数"]) for row in plan) == 63
    assert plan[-1]["施策"] == "計画外"
    assert plan[-1]["意見数"] == "5"
    departments = {row["担当課"]: row for row in table(sample_out / "department_matrix.csv")}
    assert departments["合計(延べ)"]["意見数"] == "117"
    assert departments["合計(実数)"]["意見数"] == "63"
    assert departments["市民の港ポルト"]["意見数"] == "17"


def test_the_ledger_is_a_set_of_equations(sample_out: Path) -> None:
    rows = {row["段階"]: row for row in table(sample_out / "ledger.csv")}
    assert rows["読み取り"]["件数"] == rows["行き先"]["件数"] == "67"
    assert rows["意見"]["件数"] == "63"
    assert rows["取組例"]["件数"] == "3"
    assert rows["概要"]["件数"] == "1"
    for row in rows.values():
        if row["内訳"]:
            assert sum(int(part.rsplit(" ", 1)[1]) for part in row["内訳"].split(" + ")) == int(row["件数"])


def test_a_ledger_that_does_not_add_up_fails_the_run(tmp_path: Path, sample_table: Path) -> None:
    results = batch.run([sample_table], tmp_path / "out")
    with pytest.raises(LedgerError, match="63 件に対し、判定した意見は 62 件"):
        build_ledger(results.sources, results.judged[1:])
    with pytest.raises(LedgerError, match="二度"):
        build_ledger(results.sources, [*results.judged[1:], results.judged[1]])


def test_two_runs_are_byte_identical_but_for_the_time(tmp_path: Path, sample_table: Path, sample_list: Path) -> None:
    for name in ("a", "b"):
        done = iken("run", sample_table, sample_list, "--out", tmp_path / name)
        assert done.returncode == 0, done.stderr
    for name in FILES:
        one, other = (tmp_path / "a" / name).read_bytes(), (tmp_path / "b" / name).read_bytes()
        if name == "run.json":
            a, b = json.loads(one), json.loads(other)
            assert set(a.pop("time")) == set(b.pop("time")) == {"started", "seconds"}
            assert a == b
        else:
            assert one == other, name


def test_an_id_stays_when_rows_are_added_or_the_file_is_renamed(tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text("意見\n橋が古い\n道が暗い\n橋が古い\n", encoding="utf-8")
    second.write_text("意見\n新しい行\n橋が古い\n道が暗い\n橋が古い\n", encoding="utf-8")
    ids = [[one.opinion.id for one in batch.run([path], tmp_path / path.stem).judged] for path in (first, second)]
    assert ids[0] == ids[1][1:]
    assert len(set(ids[0])) == 3
    other_round = batch.run([first], tmp_path / "c", Options(round="第2回"))
    assert not set(ids[0]) & {one.opinion.id for one in other_round.judged}


def test_copies_share_a_same_id_and_keep_their_rows(tmp_path: Path, sample_list: Path) -> None:
    results = batch.run([sample_list], tmp_path / "out")
    assert len(results.judged) == 40
    assert len({one.opinion.same_id for one in results.judged}) == 37
    total = table(tmp_path / "out" / "theme_summary.csv")[-1]
    assert (total["意見数"], total["同趣旨統合後"]) == ("40", "37")


def test_formulas_in_opinions_cannot_run(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('番号,意見,課\n1,"=HYPERLINK(""http://x"")",@課\n2,＋賛成です,-\n', encoding="utf-8")
    batch.run([path], tmp_path / "out")
    for name in FILES:
        if name.endswith(".csv"):
            with (tmp_path / "out" / name).open(encoding="utf-8-sig", newline="") as stream:
                for row in csv.reader(stream):
                    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "＋")) for cell in row)
    assert table(tmp_path / "out" / "opinions.csv")[0]["意見"] == '=HYPERLINK("http://x")'


def test_a_failed_run_leaves_the_folder_as_it_was(tmp_path: Path, sample_table: Path) -> None:
    out = tmp_path / "out"
    batch.run([sample_table], out)
    (out / "review.sqlite").write_bytes(b"decisions")
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    bad = tmp_path / "bad.csv"
    bad.write_text("課\n市民課\n", encoding="utf-8")
    with pytest.raises(IkenError):
        batch.run([sample_table, bad], out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    with pytest.raises(IkenError):
        batch.run([bad], tmp_path / "never")
    assert not (tmp_path / "never").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_two_sources_with_different_plans_are_refused(tmp_path: Path, sample_table: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text(
        sample_table.read_text(encoding="utf-8").replace("身近な学びの場", "遠い学びの場"), encoding="utf-8"
    )
    with pytest.raises(IkenError, match="計画が違います"):
        batch.run([sample_table, other], tmp_path / "out")


# --- classify -----------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_classify_labels_a_list(tmp_path: Path, sample_list: Path, sample_plan: Path, encoding: str) -> None:
    source = tmp_path / "list.csv"
    source.write_bytes(sample_list.read_text(encoding="utf-8").encode(encoding))
    out = tmp_path / "labels.csv"
    done = iken("classify", source, "--out", out, "--plan", sample_plan)
    assert done.returncode == 0, done.stderr
    assert "読み取り 40 = 意見 40" in done.stdout
    rows = table(out)
    assert len(rows) == 40
    assert [row["番号"] for row in rows] == [str(n) for n in range(1, 41)]
    assert all(row["施策候補1"] for row in rows)


def test_classify_and_run_judge_alike(tmp_path: Path, sample_list: Path, sample_plan: Path) -> None:
    batch.run([sample_list], tmp_path / "out", Options(plan=sample_plan))
    classify([sample_list], tmp_path / "labels.csv", Options(plan=sample_plan))
    assert (tmp_path / "labels.csv").read_bytes() == (tmp_path / "out" / "opinions.csv").read_bytes()


def test_classify_accounts_for_every_row(tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_text("番号,意見\n1,橋が古い\n2,\n3,道が暗い\n", encoding="utf-8")
    line = classify([source], tmp_path / "labels.csv")
    assert (line.count, dict(line.parts)) == (3, {"意見": 2, "空欄": 1})


def test_classify_leaves_nothing_half_written(tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    source.write_bytes("意見\n橋が古い\n".encode() + b"\xff\xff\xff" + "\n道が暗い\n".encode() * 200000)
    with pytest.raises(IkenError):
        classify([source], tmp_path / "labels.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]


# --- the command line ---------------------------------------------------------------------


def test_a_fifth_theme_needs_one_file(tmp_path: Path) -> None:
    from pipeline import resources

    codebook = tmp_path / "themes.toml"
    fifth = '\n[[theme]]\nname = "移動"\ndefinition = "移動手段の話"\n'
    fifth += 'terms = [{ weight = 1.5, words = ["バス", "駅", "車"] }]\n'
    codebook.write_text(resources.corpus("themes.toml").read_text(encoding="utf-8") + fifth, encoding="utf-8")
    source = tmp_path / "list.csv"
    source.write_text("意見\nバスの本数を増やしてほしい\n", encoding="utf-8")
    done = iken("run", source, "--out", tmp_path / "out", "--codebook", codebook)
    assert done.returncode == 0, done.stderr
    assert "移動" in done.stderr
    (row,) = table(tmp_path / "out" / "opinions.csv")
    assert row["テーマ"] == "移動"
    assert row["根拠語"] == "移動:バス"


def test_check_says_what_would_be_read(sample_table: Path, sample_list: Path) -> None:
    done = iken("check", sample_list)
    assert done.returncode == 0
    assert "opinion_list.csv: 意見 40" in done.stdout
    done = iken("check", sample_table)
    assert done.returncode == 1, "a shifted row was guessed"
    assert "意見 63" in done.stdout
    assert "列がずれて" in done.stdout.replace("\n", "").replace("│", "").replace(" ", "")


@pytest.mark.parametrize(
    ("arguments", "code", "what"),
    [
        (["run", "none.txt", "--out", "out"], 1, "none.txt: ファイルがありません"),
        (["run", "a.docm", "--out", "out"], 1, "ファイルがありません"),
        (["run"], 2, "指定が正しくありません"),
        (["nonsense"], 2, "指定が正しくありません"),
        (["classify", "none.csv", "--out", "out.xlsx"], 1, "書き出せません"),
    ],
)
def test_every_error_is_one_line(tmp_path: Path, arguments: list[str], code: int, what: str) -> None:
    done = iken(*arguments, cwd=tmp_path)
    assert done.returncode == code
    assert what in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    done = iken("run", "none.txt", "--out", "out", "--debug", cwd=tmp_path)
    assert "Traceback" in done.stderr


def test_help_is_japanese_and_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['iken', '--help']\n"
        "from pipeline.cli import entry\n"
        "try:\n    entry()\nexcept SystemExit:\n    pass\n"
        "heavy = {'pandas', 'sklearn', 'fugashi', 'numpy', 'scipy', 'skops'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert "意見" in done.stdout
    assert "Show this message" not in done.stdout


def test_a_run_on_text_imports_only_what_it_needs(sample_table: Path, tmp_path: Path) -> None:
    code = (
        f"import sys; sys.argv = ['iken', 'run', {str(sample_table)!r}, '--out', {str(tmp_path / 'out')!r}]\n"
        "from pipeline.cli import entry\n"
        "try:\n    entry()\nexcept SystemExit as end:\n    assert not end.code\n"
        "needless = {'sklearn', 'skops', 'scipy.stats', 'openpyxl', 'altair', 'anywidget'} & set(sys.modules)\n"
        "assert not needless, needless"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "report.html").exists()


@pytest.mark.parametrize("command", ["check", "run", "classify"])
def test_every_command_explains_itself_in_japanese(command: str) -> None:
    done = iken(command, "--help")
    assert done.returncode == 0
    assert "ます" in done.stdout
    assert "Show this message" not in done.stdout


def test_a_settings_file_in_the_working_folder(tmp_path: Path, sample_list: Path) -> None:
    (tmp_path / "iken.toml").write_text('round = "市民会議"\n', encoding="utf-8")
    assert iken("run", sample_list, "--out", "out", cwd=tmp_path).returncode == 0
    assert table(tmp_path / "out" / "opinions.csv")[0]["回"] == "市民会議"
    assert iken("run", sample_list, "--out", "out", "--round", "別", cwd=tmp_path).returncode == 0
    assert table(tmp_path / "out" / "opinions.csv")[0]["回"] == "別"
    (tmp_path / "iken.toml").write_text('rond = "x"\n', encoding="utf-8")
    done = iken("run", sample_list, "--out", "out", cwd=tmp_path)
    assert done.returncode == 1
    assert "rond" in done.stderr


@needs_shared
def test_the_real_document_runs_from_the_command_line(tmp_path: Path) -> None:
    done = iken("run", SHARED / "seed" / "working_team_opinions.txt", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    rows = {row["段階"]: row for row in table(tmp_path / "out" / "ledger.csv")}
    assert rows["読み取り"]["件数"] == "49"
    assert rows["行き先"]["内訳"].startswith("意見 45 + 取組例 3 + 概要 1")
    assert rows["計画との関係"]["内訳"].startswith("計画内 41 + 計画外 4")
    departments = {row["担当課"]: row["意見数"] for row in table(tmp_path / "out" / "department_matrix.csv")}
    assert departments["合計(延べ)"] == "68"
    assert departments["市民社会福祉協議会"] == "14"
    assert departments["武蔵野プレイス"] == "12"


def test_a_run_that_loses_an_opinion_fails_and_writes_nothing(
    tmp_path: Path, sample_table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = batch.Judge.judge

    def careless(self: batch.Judge, opinions: Iterable[Opinion]) -> Iterator[Judged]:
        for number, one in enumerate(whole(self, opinions)):
            if number != 7:
                yield one

    monkeypatch.setattr(batch.Judge, "judge", careless)
    with pytest.raises(LedgerError, match="63 件に対し"):
        batch.run([sample_table], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_opinions_read_back_as_they_were_written(sample_out: Path) -> None:
    assert read_opinions(sample_out) == table(sample_out / "opinions.csv")
    with pytest.raises(IkenError, match="結果が読めません"):
        read_opinions(sample_out / "nowhere")


def all_text(path: Path) -> str:
    """All that a file holds, packed parts too."""
    body = path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            body = b"\n".join(archive.read(name) for name in archive.namelist())
    elif path.suffix == ".gz":
        body = gzip.decompress(body)
    return body.decode("utf-8")


def test_masked_results_name_no_person_anywhere(tmp_path: Path) -> None:
    """Not in the texts alone: in every column, in the names of file and sheet, in what the screen shows."""
    header = ("番号", "意見", "担当課", "氏名", "備考", "該当施策")
    rows: list[tuple[str, ...]] = [
        (
            "1",
            "会長の佐藤一郎さんが一人で草刈りをしていて大変です。090-1234-5678へ",
            "市民課",
            "鈴木花子",
            "",
            "道の整備",
        ),
        (
            "2",
            "橋が古いので直してほしい。",
            "市民課・渡辺",
            "",
            "mail: s.hana@example.com",
            "佐藤一郎さんの件",
        ),
        ("山田次郎", "同上", "市民課・佐藤", "", "", ""),
        ("", "特になし", "", "", "", ""),
    ]
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "佐藤一郎 090-1234-5678"
    for row in (header, *rows):
        book.active.append(row)
    path, out = tmp_path / "名簿_佐藤一郎.xlsx", tmp_path / "out"
    book.save(path)
    result = iken("run", path, "--out", out, "--mask")
    assert result.returncode == 0
    labels = tmp_path / "labels.csv"
    told = iken("classify", path, "--out", labels, "--mask")
    assert told.returncode == 0
    written = {one.name: all_text(one) for one in [*out.iterdir(), *tmp_path.glob("labels*.csv")]}
    written["screen"] = result.stdout + result.stderr
    named = ("佐藤", "鈴木", "渡辺", "山田", "1234-5678", "example.com")
    assert {(name, word) for name, text in written.items() for word in named if word in text} == set()
    assert "名簿_〔氏名〕.xlsx" in written["ledger.csv"]
    assert next(row["指す意見ID"] for row in table(out / "not_opinions.csv"))
