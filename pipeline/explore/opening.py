"""Opening results in a notebook: those of a folder, with what people decided since."""

from __future__ import annotations

from pathlib import Path

from pipeline import resources
from pipeline.deliver.results import Results
from pipeline.deliver.stored import FILE, load_results


def open_results(folder: Path | str) -> Results:
    """Give the results of a folder, the reviewers' decisions applied.

    Raises
    ------
    IkenError
        When the folder holds no results.
    """
    return load_results(Path(folder))


def sample_results(folder: Path | str = "out/sample") -> Path:
    """Make the results of the sample (an invented city) where there are none yet; give their folder."""
    from pipeline import batch

    folder = Path(folder)
    if not (folder / FILE).exists():
        batch.run([resources.corpus("sample/working_team_table.txt")], folder)
    return folder
