"""``iken review DIR``: the review notebook, beside the results, in a JupyterLab of this machine alone.

JupyterLab listens to 127.0.0.1 only and is told to ask nobody for news, updates or extensions, so
nothing leaves the machine.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline import resources
from pipeline.deliver.stored import FILE, load_results
from pipeline.errors import IkenError

NOTEBOOK = "01_review.ipynb"
SAMPLE = Path("out/sample")

_NEEDED = ("jupyterlab", "anywidget", "altair")
_QUIET = Path(__file__).with_name("lab")
"""Settings of JupyterLab: this machine only, no news, no updates, no extension manager."""


def open_review(folder: Path) -> int:
    """Open the review notebook on the results of a folder, in the browser; returns when JupyterLab ends.

    Returns
    -------
    int
        The exit status of JupyterLab.

    Raises
    ------
    IkenError
        When the folder holds no results, or the extra ``notebook`` is not installed.
    """
    check_parts()
    notebook = prepare(folder)
    try:
        command = lab_command(notebook)
        return subprocess.run(command, env=lab_environment(), check=False).returncode  # noqa: S603 our own words
    except KeyboardInterrupt:  # Ctrl+C is how people end it
        return 0


def results_folder(named: str = "") -> Path:
    """The folder to work on: the named one, else the one the notebook stands in, else a run of the sample.

    The sample is run when it was not yet: into ``out/sample`` beside the folder of notebooks.

    Raises
    ------
    IkenError
        When the named folder holds no results.
    """
    if named:
        load_results(Path(named))
        return Path(named)
    here = Path.cwd()
    if (here / FILE).exists():
        return here
    sample = (here.parent if here.name == "notebooks" else here) / SAMPLE
    if not (sample / FILE).exists():
        from pipeline import batch

        batch.run([resources.corpus("sample/working_team_table.txt")], sample)
    return sample


def check_parts(needed: Sequence[str] = _NEEDED) -> None:
    """Make sure that what the notebooks need is installed.

    Raises
    ------
    IkenError
        Naming what is missing and the extra that brings it.
    """
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        raise IkenError(
            f"確認の画面に要る部品（{'、'.join(missing)}）が入っていません",
            remedy='pip install "iken[notebook]" で入れてください',
        )


def prepare(folder: Path) -> Path:
    """Put the notebooks beside the results; those that are there already stay as they are.

    Returns
    -------
    Path
        The review notebook.

    Raises
    ------
    IkenError
        When the folder holds no results, or cannot be written to.
    """
    load_results(folder)
    try:
        for notebook in sorted(resources.notebooks().glob("*.ipynb")):
            if not (folder / notebook.name).exists():
                shutil.copyfile(notebook, folder / notebook.name)
    except OSError as error:
        raise IkenError(
            f"ノートブックを置けません（{error.strerror or error}）",
            file=str(folder),
            remedy="書き込む権限と空き容量があるかを確かめてください",
        ) from error
    return folder / NOTEBOOK


def lab_command(notebook: Path) -> list[str]:
    """The call that starts JupyterLab on a notebook, for this machine alone; its folder is all that it shows."""
    place = notebook.resolve()
    own = (f"--ServerApp.root_dir={place.parent}", "--ServerApp.ip=127.0.0.1")
    return [sys.executable, "-m", "jupyterlab", str(place), *own]


def lab_environment() -> dict[str, str]:
    """The environment it starts in: our settings before the user's own."""
    paths = [str(_QUIET), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    return {**os.environ, "JUPYTER_CONFIG_PATH": os.pathsep.join(path for path in paths if path)}
