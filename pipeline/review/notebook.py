"""What the review notebook calls: short enough that a cell is one sentence."""

from __future__ import annotations

import getpass
from pathlib import Path

from pipeline import batch, resources
from pipeline.deliver.stored import FILE, load_results
from pipeline.review.decisions import FILE as DECISIONS
from pipeline.review.decisions import DecisionStore
from pipeline.review.session import ReviewSession
from pipeline.review.widget import ReviewCard
from pipeline.themes.codebook import read_codebook

SAMPLE = Path("out/sample")


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
        batch.run([resources.corpus("sample/working_team_table.txt")], sample)
    return sample


def reviewer_name(named: str = "") -> str:
    """The reviewer's name: as given, else the one this machine knows the user by."""
    return named.strip() or getpass.getuser()


def open_card(folder: Path, reviewer: str) -> ReviewCard:
    """The review card on the results of a folder.

    Raises
    ------
    IkenError
        When the folder holds no results, or the decisions cannot be opened.
    """
    session = ReviewSession(load_results(folder), DecisionStore(folder / DECISIONS), reviewer)
    return ReviewCard(session, {theme.name: theme.color for theme in read_codebook().themes})
