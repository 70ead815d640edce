"""Figures against people's labels, and learning from them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pipeline import batch, resources
from pipeline.errors import IkenError
from pipeline.evaluate import evaluate
from pipeline.language.tokenize import tokenize
from pipeline.model_folder import load_model
from pipeline.themes.codebook import read_codebook
from pipeline.themes.evaluation import calibration_error, f1_score, macro_f1, micro_f1, theme_figures, with_interval
from pipeline.training import train
from tests.test_run import iken

TRUE, FALSE = np.array([True, True, False, False]), np.array([False] * 4)


@pytest.mark.parametrize(
    ("given", "truth", "f1"),
    [
        ([1, 1, 0, 0], [1, 1, 0, 0], 1.0),
        ([1, 0, 1, 0], [1, 1, 0, 0], 0.5),
        ([0, 0, 0, 0], [1, 1, 0, 0], 0.0),
        ([0, 0, 0, 0], [0, 0, 0, 0], 1.0),
    ],
)
def test_f1(given: list[int], truth: list[int], f1: float) -> None:
    assert f1_score(np.array(given, dtype=bool), np.array(truth, dtype=bool)) == f1


def test_macro_and_micro_differ_where_themes_are_rare() -> None:
    truth = np.array([[1, 0]] * 9 + [[0, 1]], dtype=bool)
    given = np.array([[1, 0]] * 9 + [[0, 0]], dtype=bool)
    assert macro_f1(given, truth) == 0.5
    assert micro_f1(given, truth) == pytest.approx(18 / 19)


def test_an_interval_holds_the_figure_narrows_with_more_data_and_is_the_same_twice() -> None:
    rng = np.random.default_rng(1)
    truth = rng.random(2000) < 0.3
    given = truth ^ (rng.random(2000) < 0.1)
    small, large = with_interval(f1_score, given[:100], truth[:100]), with_interval(f1_score, given, truth)
    assert small.low <= small.value <= small.high
    assert large.high - large.low < small.high - small.low
    assert with_interval(f1_score, given, truth) == large


def test_precision_and_recall() -> None:
    (figures,) = theme_figures(
        ["甲"], np.array([[1], [1], [0], [0]], dtype=bool), np.array([[1], [0], [0], [1]], dtype=bool)
    )
    assert (figures.precision, figures.recall, figures.positives) == (0.5, 0.5, 2)


def test_calibration_error() -> None:
    assert calibration_error(np.array([0.95, 0.95, 0.05, 0.05]), TRUE) == pytest.approx(0.05)
    assert calibration_error(np.array([0.95] * 4), FALSE) == pytest.approx(0.95)


def test_the_sample_is_judged_far_better_than_chance() -> None:
    labels = resources.corpus("sample/working_team_labels.csv")
    evaluation = evaluate(labels)
    assert evaluation.opinions == 63
    assert evaluation.macro.value > 0.75
    assert evaluation.kinds is not None
    assert evaluation.kinds.value > 0.7
    assert evaluation.calibration < 0.1
    assert 0 < evaluation.undecided < 0.3


def test_the_command_shows_figures_and_confusions() -> None:
    done = iken("evaluate", resources.corpus("sample/working_team_labels.csv"))
    assert done.returncode == 0, done.stderr
    for word in ("macro-F1", "保留", "ECE", "種別の正解率", "取り違え"):
        assert word in done.stdout


def test_labels_by_id_are_matched_with_a_run(tmp_path: Path, sample_list: Path) -> None:
    results = batch.run([sample_list], tmp_path / "out")
    ids = [one.opinion.id for one in results.judged]
    labels = tmp_path / "labels.csv"
    labels.write_text("意見ID,テーマ\n" + "".join(f"{i},なし\n" for i in ids[:5]), encoding="utf-8")
    assert evaluate(labels, results=tmp_path / "out").opinions == 5
    labels.write_text("意見ID,テーマ\nOXXXXXXXXXX,なし\n", encoding="utf-8")
    with pytest.raises(IkenError, match="どの意見のIDとも合いません"):
        evaluate(labels, results=tmp_path / "out")


def test_training_takes_reviewed_labels_in_and_says_so(tmp_path: Path, sample_list: Path) -> None:
    # a city where 蛍見守り is everyday talk of who does the work, though the codebook does not know it
    labels = tmp_path / "labels.csv"
    kinds = ("川上", "川下", "東", "西", "南", "北")
    rows = "".join(
        f"{place}の蛍見守りは{n}月からである,担い手,事例\n{place}の蛍の名所を{n}回見に行った,なし,事例\n"
        for place in kinds
        for n in range(1, 9)
    )
    labels.write_text("意見,テーマ,種別\n" + rows, encoding="utf-8")
    trained = train(tmp_path / "models" / "minase", [labels])
    book = read_codebook()
    model, default = load_model(tmp_path / "models" / "minase", book), load_model(None, book)
    assert (model.name, model.meta["reviewed"], trained.reviewed) == ("minase", 96, 96)
    learned = {one.theme: one for one in trained.corrections}
    assert learned["担い手"].kept
    assert dict(learned["担い手"].terms)["語:見守る"] > 0 > dict(learned["担い手"].terms)["語:名所"]
    card = (tmp_path / "models" / "minase" / "card.md").read_text(encoding="utf-8")
    assert "見守り" in card
    # the corrections travel, raise what they are about, and are shown with the rest
    text = tokenize("蛍見守りの当番表")
    assert model.themes.scores_of(text)[0] > default.themes.scores_of(text)[0]
    assert any("見守り" in part.words for part in model.themes.explain(text, 0))
    # what was not corrected is judged as before
    assert (model.themes.scores_of(tokenize("歩道が狭い")) == default.themes.scores_of(tokenize("歩道が狭い"))).all()
    results = batch.run([sample_list], tmp_path / "out", batch.Options(model=tmp_path / "models" / "minase"))
    record = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert record["model"]["name"] == "minase"
    assert len(results.judged) == 40


def test_labels_that_say_what_the_model_says_correct_nothing() -> None:
    themes = load_model(None, read_codebook()).themes
    texts = ["会長のなり手がいない", "歩道が狭い", "補助金を増やしてほしい", "橋が古い"] * 10
    themes.adapt(texts, themes.predict(texts))
    assert themes.predict(texts).tolist() == load_model(None, read_codebook()).themes.predict(texts).tolist()


def test_faulty_labels_stop_the_training(tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("意見,テーマ\n橋が古い,道路\n", encoding="utf-8")
    done = iken("train", labels, "--out", tmp_path / "model")
    assert done.returncode == 1
    assert "道路" in done.stderr
    assert not (tmp_path / "model").exists()
