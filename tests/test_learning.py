"""A new model from what people decided: what it is better at, on decisions it did not see, and why."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from pipeline import batch
from pipeline.cli import app
from pipeline.deliver.stored import load_results
from pipeline.deliver.terminal import show_trained
from pipeline.errors import IkenError
from pipeline.model_folder import load_model
from pipeline.review.decisions import DecisionStore, now
from pipeline.review.labels import read_decided
from pipeline.review.learning import Learned, learn_from, sentence_of
from pipeline.themes.codebook import read_codebook
from pipeline.themes.evaluation import Figure
from pipeline.themes.held_out import MACRO, Gain
from pipeline.training import Trained, train
from tests.reviews import decide

PLACES = ("川上", "川下", "東", "西", "南", "北")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # a city where 蛍見守り is everyday talk of who does the work, though the codebook does not know it
    base = tmp_path_factory.mktemp("learning")
    rows = [
        f"{place}の{what}"
        for place in PLACES
        for n in range(1, 9)
        for what in (f"蛍見守りは{n}月からである", f"蛍の名所を{n}回見に行った")
    ]
    rows += [f"{rows[0]}。"] * 20  # copies
    listing = base / "list.csv"
    listing.write_text("意見\n" + "\n".join(rows) + "\n", encoding="utf-8")
    batch.run([listing], base / "out")
    results = load_results(base / "out")
    with DecisionStore(base / "out" / "review.sqlite") as store:
        store.record(
            [decide(one, ["担い手"] if "見守り" in one.opinion.text else [], kind="事例") for one in results.judged]
        )
    return base / "out"


@pytest.fixture(scope="module")
def learned(folder: Path) -> Learned:
    return learn_from([folder], folder.parent / "models" / "minase")


def test_copies_are_no_weight(folder: Path) -> None:
    found = read_decided(folder, read_codebook().names)
    assert len(load_results(folder).judged) == 116
    assert len(found) == 96
    assert {one.themes for one in found} == {("担い手",), ()}
    assert {one.kind for one in found} == {"事例"}


def test_it_is_better_on_decisions_it_did_not_see_and_says_by_how_much(learned: Learned) -> None:
    gains = {gain.name: gain for gain in learned.gains}
    assert list(gains) == [*read_codebook().names, MACRO]
    gain = gains["担い手"]
    assert gain.positives == 48
    assert gain.before.value < 0.2
    assert gain.after.value > 0.9
    assert gain.difference.low > 0.5
    assert gain.difference.value == pytest.approx(gain.after.value - gain.before.value)
    assert "よくなりました" in learned.sentence
    card = (learned.folder / "card.md").read_text(encoding="utf-8")
    assert f"| 担い手 | 48 | {gain.before} | {gain.after} |" in card


def test_a_reviewer_sees_which_words_gained_and_lost_weight(learned: Learned) -> None:
    words = next(one for one in learned.words if one.theme == "担い手")
    assert words.kept
    assert dict(words.gained)["見守る"] > 0
    assert dict(words.lost)["名所"] < 0


def test_the_next_round_uses_the_new_model(learned: Learned, tmp_path: Path) -> None:
    listing = tmp_path / "next.csv"
    listing.write_text("意見\n中町の蛍見守りは五月からである\n", encoding="utf-8")
    after = batch.run([listing], tmp_path / "after", batch.Options(model=learned.folder)).judged[0]
    before = batch.run([listing], tmp_path / "before").judged[0]
    assert after.labelling.scores[0].probability > before.labelling.scores[0].probability
    assert load_model(learned.folder, read_codebook()).meta["reviewed"] == learned.decisions == 96


def test_a_model_that_is_there_is_not_overwritten(folder: Path, learned: Learned) -> None:
    before = {file.name: file.read_bytes() for file in learned.folder.iterdir()}
    with pytest.raises(IkenError, match="もうあります") as caught:
        train(learned.folder, [folder])
    assert "--out" in caught.value.remedy
    assert {file.name: file.read_bytes() for file in learned.folder.iterdir()} == before


def test_a_folder_that_nobody_reviewed_and_decisions_of_another_codebook_are_refused(
    folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(folder, tmp_path / "out")
    (tmp_path / "out" / "review.sqlite").unlink()
    with pytest.raises(IkenError, match="確認の記録がありません"):
        train(tmp_path / "model", [tmp_path / "out"])
    with pytest.raises(IkenError, match="担い手"):
        read_decided(folder, ("資金",))
    with pytest.raises(IkenError, match="結果の記録がありません"):
        train(tmp_path / "model", [tmp_path])
    assert not (tmp_path / "model").exists()


def test_what_was_undone_or_is_of_another_text_teaches_nothing(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "out")
    results = load_results(folder)
    with DecisionStore(tmp_path / "out" / "review.sqlite") as store:
        store.undo([one.opinion.id for one in results.judged[1:]], "佐藤", now())
    assert len(read_decided(tmp_path / "out", read_codebook().names)) == 1


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(0.1, 0.3, "よくなりました"), (-0.1, 0.3, "よくなったとまでは言えません"), (-0.3, -0.1, "使わないでください")],
)
def test_the_sentence_says_what_the_interval_bears(low: float, high: float, said: str) -> None:
    figure = Figure(0.5, 0.4, 0.6)
    gain = Gain(MACRO, 50, figure, figure, Figure((low + high) / 2, low, high))
    trained = Trained(1000, 50, (), (gain,))
    assert said in sentence_of(trained)
    out = io.StringIO()
    show_trained(Console(file=out, width=120), trained)
    assert f"[{low:+.2f}, {high:+.2f}]" in out.getvalue()


def test_too_few_decisions_are_said_to_be_too_few() -> None:
    assert "足りません" in sentence_of(Trained(1000, 5))


# --- the command line


def review(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["review", *map(str, arguments)])


def test_merging_two_folders_says_what_was_joined(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "out")
    shutil.copytree(folder, tmp_path / "other")
    one = load_results(folder).judged[0]
    with DecisionStore(tmp_path / "other" / "review.sqlite") as store:
        store.record([decide(one, [], "鈴木")])
    done = review("merge", tmp_path / "out", tmp_path / "other")
    assert done.exit_code == 0
    assert "新しい記録 1 件（鈴木）を加えました。116 件はすでにありました" in done.stdout
    again = review("merge", tmp_path / "out", tmp_path / "other" / "review.sqlite")
    assert "新しい記録 0 件を加えました。117 件はすでにありました" in again.stdout
    status = review("status", tmp_path / "out")
    assert "確認 116 / 116 件" in status.stdout
    assert "佐藤: 116 件" in status.stdout
    assert "判断がくい違う意見 1 件" in status.stdout
    assert "盲検（提案を見ないでする確認）が 0 件" in status.stdout
    nowhere = review("merge", tmp_path / "out", tmp_path)
    assert "確認の記録がありません" in str(nowhere.exception)
