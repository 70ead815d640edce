"""The wheel works outside the checkout, with what travels in it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (found,) = folder.glob("*.whl")
    return found


def test_the_wheel_holds_codebook_words_sample_and_model_and_is_small(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        model = sum(one.compress_size for one in archive.infolist() if one.filename.startswith("pipeline/data/models/"))
    assert model < 5_000_000
    for name in (
        "corpus/themes.toml",
        "corpus/words.csv",
        "corpus/training.toml",
        "models/default/meta.json",
        "models/vectors/NOTICE",
        "notebooks/01_review.ipynb",
    ):
        assert f"pipeline/data/{name}" in names
    for name in ("review_card.js", "review_card.css", "lab/jupyter_lab_config.json", "lab/labconfig/page_config.json"):
        assert f"pipeline/review/{name}" in names
    assert not [name for name in names if name.startswith(("tests/", "scripts/"))]
    assert wheel.stat().st_size < 6 * 2**20


def test_an_installed_wheel_runs_anywhere(wheel: Path, tmp_path: Path, sample_list: Path, sample_plan: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    work = tmp_path / "work"
    work.mkdir()
    code = (
        "import pipeline, sys; print(pipeline.__file__); sys.argv[0] = 'iken'; from pipeline.cli import entry; entry()"
    )
    done = subprocess.run(
        [
            sys.executable,
            "-S",
            "-c",
            f"import sys; sys.path[:0] = [{str(site)!r}, *{sys.path!r}]; {code}",
            "run",
            str(sample_list),
            "--plan",
            str(sample_plan),
            "--out",
            "out",
        ],
        cwd=work,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert str(site) in done.stdout
    assert (work / "out" / "opinions.csv").exists()
    assert (work / "out" / "report.html").exists()
