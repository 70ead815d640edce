"""Writing everything again (``iken export``): the results of a run with what people decided since."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.deliver.answers import BLANK, BOOK, blank_record, book_before, match, read_answers
from pipeline.deliver.deliverables import NOT_ALWAYS, files_of, left_out
from pipeline.deliver.folder import write_folder
from pipeline.deliver.groups import groups_of
from pipeline.deliver.results import Results
from pipeline.deliver.stored import FILE, dump_results, load_results
from pipeline.errors import IkenError
from pipeline.ledger import PERSONAL, build_ledger
from pipeline.proposals.suggestions import suggest
from pipeline.records import Judged
from pipeline.review.applying import Applied, apply_history, review_record
from pipeline.review.decisions import FILE as DECISIONS
from pipeline.review.decisions import read_history
from pipeline.review.history import History
from pipeline.review.measuring import figures_of, measure
from pipeline.review.reworded import RECORD as REWORDED
from pipeline.review.reworded import read_reworded, reworded

RUN_RECORD = "run.json"
REVIEW = "review"


def export(folder: Path, responses: Sequence[str] = ()) -> Results:
    """Write the deliverables of a folder again.

    Parameters
    ----------
    folder : Path
    responses : sequence of str, optional
        What 対応区分 offers from now on; otherwise as in the run.

    Returns
    -------
    Results
        As delivered.

    Raises
    ------
    IkenError
        When the folder holds no results of a run, cannot be written to, or its workbook cannot be
        read: what people wrote in it must not be lost.
    """
    judged, record = load_results(folder), _read_record(folder)
    if responses:
        record["options"] = {**record.get("options", {}), "responses": list(responses)}
    return deliver(folder, judged, record)


def deliver(folder: Path, judged: Results, record: dict[str, Any]) -> Results:
    """Fill a folder, with what people decided there; it is left as it was when anything fails.

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
    # before anything is written: what people filled in must be read first
    found = read_answers(folder)
    # what is told anew comes last and in one order, so that an export changes nothing by itself
    record = {key: value for key, value in record.items() if key not in (REWORDED, REVIEW, BLANK)}
    history = read_history(folder / DECISIONS)
    changed = _reworded(folder, judged, history)
    if changed:
        record[REWORDED] = changed
    results, applied = _decided(judged, history, changed)
    if applied:
        record[REVIEW] = review_record(applied)
    answers = match(found, groups_of(results.judged), record.get("options", {}).get("responses", ()))
    results = replace(results, findings=(*results.findings, *answers.findings, *left_out(results)))
    files = files_of(results, answers)
    files |= book_before(folder, files[BOOK])
    record = {**record, BLANK: blank_record(files[BOOK], answers)}
    files[FILE] = dump_results(judged)
    files[RUN_RECORD] = (json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
    write_folder(folder, files, NOT_ALWAYS)
    return results


def delivered(folder: Path) -> Results:
    """Give the results of a folder as they are delivered: with what people decided there until now.

    Raises
    ------
    IkenError
        When the folder holds no results of a run, or its decisions cannot be read.
    """
    history, changed = read_history(folder / DECISIONS), read_reworded(folder)
    return _decided(load_results(folder), history, changed)[0]


def _reworded(folder: Path, judged: Results, history: History) -> dict[str, str]:
    """Which opinions of this folder read otherwise now; looked for only where a decision misses its opinion."""
    decided = {entry.opinion_id for entry in history.entries}
    if decided <= {one.opinion.id for one in judged.judged}:
        return {}
    before: Sequence[Judged] = ()
    with contextlib.suppress(IkenError):  # none here yet, or of another version: then nothing is known of it
        before = load_results(folder).judged
    return reworded(before, judged.judged, decided, read_reworded(folder))


def _decided(judged: Results, history: History, changed: Mapping[str, str]) -> tuple[Results, Applied | None]:
    if not history.entries:
        return judged, None
    applied = apply_history(history, judged.judged, judged.themes, judged.plan, changed)
    return replace(reviewed(judged, applied), measured=figures_of(measure(history, judged))), applied


def reviewed(results: Results, applied: Applied) -> Results:
    """Give the results as people decided them: what follows from the labels follows the decisions."""
    personal = next((dict(line.parts) for line in results.ledger if line.stage == PERSONAL), None)
    return replace(
        results,
        judged=applied.judged,
        ledger=build_ledger(results.sources, applied.judged, personal),
        findings=(*results.findings, *applied.findings),
        suggestions=suggest(applied.judged, results.plan),
        decisions=applied.recorded,
    )


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
