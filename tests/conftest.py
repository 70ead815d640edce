"""What several tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import resources

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the development data are not here")


@pytest.fixture(scope="session")
def sample_table() -> Path:
    return resources.corpus("sample/working_team_table.txt")


@pytest.fixture(scope="session")
def sample_list() -> Path:
    return resources.corpus("sample/opinion_list.csv")


@pytest.fixture(scope="session")
def sample_plan() -> Path:
    return resources.corpus("sample/plan.csv")
