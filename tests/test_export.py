"""Writing the deliverables of a folder again."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from pipeline import batch
from pipeline.deliver.deliverables import files_of, names_of
from pipeline.deliver.results import Results
from pipeline.deliver.stored import FILE, dump_results, load_results
from pipeline.errors import IkenError
from pipeline.export import export


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, sample_table: Path) -> tuple[Path, Results]:
    folder = tmp_path_factory.mktemp("export") / "out"
    return folder, batch.run([sample_table], folder)


def test_the_record_holds_all_that_a_run_found(made: tuple[Path, Results]) -> None:
    folder, results = made
    assert load_results(folder) == results
    assert dump_results(load_results(folder)) == (folder / FILE).read_bytes()


def test_the_record_is_written_as_pydantic_would_write_it(made: tuple[Path, Results]) -> None:
    body = json.loads(gzip.decompress(dump_results(made[1])))["results"]
    assert body == json.loads(TypeAdapter(Results).dump_json(made[1]))


def test_an_export_without_decisions_changes_nothing(made: tuple[Path, Results], tmp_path: Path) -> None:
    folder, results = made
    again = tmp_path / "again"
    shutil.copytree(folder, again)
    for table in again.glob("*.csv"):
        table.unlink()
    assert export(again) == results
    for file in folder.iterdir():
        assert (again / file.name).read_bytes() == file.read_bytes(), file.name


@pytest.mark.parametrize(
    "body",
    [b"", b"no gzip", gzip.compress(b"{}"), gzip.compress(b'{"format":1,"results":{"sources":3}}')],
)
def test_a_damaged_record_is_refused_and_nothing_is_written(
    made: tuple[Path, Results], tmp_path: Path, body: bytes
) -> None:
    folder = tmp_path / "out"
    shutil.copytree(made[0], folder)
    (folder / FILE).write_bytes(body)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(IkenError, match="壊れています") as caught:
        export(folder)
    assert "iken run" in caught.value.remedy
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_a_record_of_a_newer_program_is_refused(made: tuple[Path, Results], tmp_path: Path) -> None:
    folder = tmp_path / "out"
    shutil.copytree(made[0], folder)
    (folder / FILE).write_bytes(gzip.compress(b'{"format":99,"results":{}}'))
    with pytest.raises(IkenError, match="99"):
        export(folder)


def test_a_folder_without_results_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(IkenError, match="ありません") as caught:
        export(tmp_path)
    assert "iken run" in caught.value.remedy


def test_the_files_that_are_named_are_those_that_are_written(
    made: tuple[Path, Results], tmp_path: Path, sample_list: Path
) -> None:
    without_plan = batch.run([sample_list], tmp_path / "out")
    for folder, results in (made, (tmp_path / "out", without_plan)):
        assert names_of(results) == list(files_of(results))
        assert {path.name for path in folder.iterdir()} == {*names_of(results), FILE, "run.json"}


def test_what_an_earlier_run_alone_wrote_does_not_stay(tmp_path: Path, sample_table: Path, sample_list: Path) -> None:
    folder = tmp_path / "out"
    batch.run([sample_table], folder)
    (folder / "memo.txt").write_text("mine", encoding="utf-8")
    assert (folder / "working_team_table.xlsx").exists()
    batch.run([sample_list], folder)  # no plan: no table of a plan
    assert not list(folder.glob("working_team_table.*"))
    assert (folder / "memo.txt").read_text(encoding="utf-8") == "mine"
