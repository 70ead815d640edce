"""The notebooks: readable in a diff, without outputs, running from top to bottom."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from pipeline import resources
from pipeline.deliver.stored import FILE
from pipeline.errors import IkenError
from pipeline.records import Decision
from pipeline.review import opening
from pipeline.review.decisions import FILE as DECISIONS
from pipeline.review.decisions import DecisionStore, now
from pipeline.review.notebook import Review
from scripts.pair_notebooks import paired
from tests.conftest import ROOT

MARKDOWN = sorted(resources.notebooks().glob("*.md"))


@pytest.mark.parametrize("markdown", MARKDOWN, ids=lambda path: path.name)
def test_a_notebook_is_its_markdown(markdown: Path) -> None:
    notebook = markdown.with_suffix(".ipynb").read_text(encoding="utf-8")
    assert notebook == paired(markdown), "run: python -m scripts.pair_notebooks"


def test_every_notebook_has_its_markdown_and_no_outputs() -> None:
    notebooks = sorted(resources.notebooks().glob("*.ipynb"))
    assert [path.stem for path in notebooks] == [path.stem for path in MARKDOWN]
    for path in notebooks:
        for cell in nbformat.read(path, as_version=4).cells:  # type: ignore[no-untyped-call]
            assert not cell.get("outputs"), path.name


def run(notebook: Path) -> nbformat.NotebookNode:
    """Run a notebook where it stands, top to bottom."""
    from nbclient import NotebookClient

    content = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    client = NotebookClient(content, timeout=120, resources={"metadata": {"path": str(notebook.parent)}})
    return client.execute()


# the kernel's sockets are closed by the collector, later than the test
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_review_notebook_runs_without_an_argument(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    copy = Path(shutil.copy(resources.notebooks() / opening.NOTEBOOK, tmp_path))
    done = run(copy)
    assert (tmp_path / "out" / "sample" / FILE).exists()
    assert (tmp_path / "out" / "sample" / DECISIONS).exists()
    outputs = [output for cell in done.cells if cell.cell_type == "code" for output in cell.outputs]
    assert any("application/vnd.jupyter.widget-view+json" in output.get("data", {}) for output in outputs)
    assert "合計(実数)" in str(outputs)


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(("name", "widgets"), [("02_explore.ipynb", 6), ("03_plan_gaps.ipynb", 5)])
def test_the_other_notebooks_run_without_an_argument(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, widgets: int
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    done = run(Path(shutil.copy(resources.notebooks() / name, tmp_path)))
    outputs = [output for cell in done.cells if cell.cell_type == "code" for output in cell.outputs]
    shown = [one for one in outputs if "application/vnd.jupyter.widget-view+json" in one.get("data", {})]
    assert len(shown) == widgets
    assert "意見 63件" in str(outputs)


def test_what_the_notebook_shows_follows_the_decisions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reviewed_round: Path
) -> None:
    monkeypatch.chdir(reviewed_round)
    review = Review("", "田中")
    assert "63 件" in repr(review)
    assert review.progress().loc["確認ずみ", "件数"] == 20
    assert review.progress().loc["判断がくい違う意見", "件数"] == 20
    agreement, accuracy = review.agreement(), review.accuracy()
    assert isinstance(agreement, pd.DataFrame)
    assert set(agreement["係数"]) == {"κ", "α"}
    assert isinstance(accuracy, pd.DataFrame)
    assert list(accuracy.index) == ["担い手", "資金", "交流", "オンライン"]
    assert review.advice().data.startswith("- ")
    assert review.export().loc["保留", "意見数"] == "11"
    assert not isinstance(review.learn(""), pd.DataFrame)
    with pytest.raises(IkenError, match="iken run"):
        Review(str(tmp_path / "nothing"))


@pytest.fixture
def reviewed_round(tmp_path: Path, sample_table: Path) -> Path:
    """The sample, twenty opinions of it reviewed blind by two who never agree on the kind."""
    from pipeline import batch
    from pipeline.identity import text_hash
    from pipeline.review.suggested import suggested_of

    folder = tmp_path / "out"
    results = batch.run([sample_table], folder)
    undecided = [one for one in results.judged if one.labelling.verdict == "保留"][:1]
    others = [one for one in results.judged if one.labelling.verdict != "保留"][:19]
    with DecisionStore(folder / DECISIONS) as store:
        for reviewer, kind in (("鈴木", "要望"), ("田中", "懸念")):
            store.record(
                [
                    Decision(
                        one.opinion.id,
                        text_hash(one.opinion.text),
                        ("担い手",),
                        kind,
                        "",
                        reviewer,
                        now(),
                        "",
                        blind=True,
                        suggested=suggested_of(one),
                    )
                    for one in [*undecided, *others]
                ]
            )
    return folder


# ---- iken review DIR


def test_the_notebooks_are_put_beside_the_results_and_stay_as_they_are(reviewed_round: Path) -> None:
    found = opening.prepare(reviewed_round)
    assert found == reviewed_round / "01_review.ipynb"
    found.write_text("mine", encoding="utf-8")
    opening.prepare(reviewed_round)
    assert found.read_text(encoding="utf-8") == "mine"
    with pytest.raises(IkenError, match="結果の記録"):
        opening.prepare(reviewed_round / "nothing")


def test_jupyterlab_listens_to_this_machine_only_and_asks_nobody(tmp_path: Path) -> None:
    command = opening.lab_command(tmp_path / "01_review.ipynb")
    assert "--ServerApp.ip=127.0.0.1" in command
    assert f"--ServerApp.root_dir={tmp_path}" in command
    config = Path(opening.lab_environment()["JUPYTER_CONFIG_PATH"].split(":")[0])
    assert '"news_url": null' in (config / "jupyter_lab_config.json").read_text(encoding="utf-8")
    assert "announcements" in (config / "labconfig" / "page_config.json").read_text(encoding="utf-8")


def test_a_missing_part_names_the_extra() -> None:
    with pytest.raises(IkenError, match=r"no_such_part.*iken\[notebook\]"):
        opening.check_parts(["no_such_part"])
    opening.check_parts()


def test_iken_review_opens_a_folder_of_results(reviewed_round: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from pipeline.cli import app

    called: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        called.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    assert CliRunner().invoke(app, ["review", str(reviewed_round)]).exit_code == 0
    assert called == [opening.lab_command(reviewed_round / opening.NOTEBOOK)]
    assert isinstance(CliRunner().invoke(app, ["review", str(reviewed_round / "no")]).exception, IkenError)
