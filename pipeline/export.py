"""Writing everything again (``iken export``): the results of a run with what people decided since."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.deliver.deliverables import files_of
from pipeline.deliver.folder import write_folder
from pipeline.deliver.results import Results
from pipeline.deliver.stored import FILE, dump_results, load_results
from pipeline.errors import IkenError

RUN_RECORD = "run.json"


def export(folder: Path) -> Results:
    """Write the deliverables of a folder again.

    Returns
    -------
    Results
        As delivered.

    Raises
    ------
    IkenError
        When the folder holds no results of a run, or cannot be written to.
    """
    return deliver(folder, load_results(folder), _read_record(folder))


def deliver(folder: Path, judged: Results, record: dict[str, Any]) -> Results:
    """Fill a folder; it is left as it was when anything fails.

    Parameters
    ----------
    folder : Path
    judged : Results
        As the program judged, without any decision of people.
    record : dict
        What run.json says.

    Returns
    -------
    Results
        As delivered.
    """
    results = judged
    files = files_of(results)
    files[FILE] = dump_results(judged)
    files[RUN_RECORD] = (json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
    write_folder(folder, files)
    return results


def _read_record(folder: Path) -> dict[str, Any]:
    path = folder / RUN_RECORD
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise IkenError(
            "実行の記録が読めません", file=str(path), remedy="iken run で結果のフォルダを作り直してください"
        ) from error
    if not isinstance(record, dict):
        raise IkenError("実行の記録が壊れています", file=str(path), remedy="iken run で作り直してください")
    return record
