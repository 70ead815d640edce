"""The main job and large rounds: read, judge, account, deliver.

The functions here are the Python API; each command of ``iken`` calls one of them.
"""

from __future__ import annotations

import csv
import hashlib
import json
import platform
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.deliver.results import Results
from pipeline.errors import IkenError, LedgerError
from pipeline.identity import check_ids, name_opinions
from pipeline.language.batch import Batch, in_batches
from pipeline.language.tokenize import tokenize
from pipeline.ledger import READ, LedgerLine, build_ledger
from pipeline.plan.mapping import PlanMapper
from pipeline.reading.departments import Legend, read_departments
from pipeline.reading.opinion_list import read_items, read_layout
from pipeline.reading.plan_file import read_plan
from pipeline.reading.plan_table import OPINION
from pipeline.reading.sources import check_ending, read_source
from pipeline.records import Finding, Item, Judged, Labelling, Opinion, Place, Plan, PlanMatch, Source
from pipeline.themes.asking import asking_clauses
from pipeline.themes.codebook import Codebook, read_codebook
from pipeline.themes.kinds import ASKING

if TYPE_CHECKING:
    from pipeline.model_folder import Model

DEFAULT_ROUND = "第1回"

Progress = Callable[[], None]
"""Told that one more opinion is judged."""

_LIBRARIES = ("fugashi", "unidic-lite", "numpy", "scikit-learn", "skops", "pandas")


@dataclass(frozen=True, slots=True)
class Options:
    """What the commands share.

    Attributes
    ----------
    plan, codebook, model, departments : Path or None
        Files that stand in for what the source or the program brings.
    round : str
        The name of the round (回); it is part of every 意見ID.
    """

    plan: Path | None = None
    codebook: Path | None = None
    model: Path | None = None
    departments: Path | None = None
    round: str = DEFAULT_ROUND


class Judge:
    """Judges opinions: themes, kind, place in the plan.

    Parameters
    ----------
    codebook : Codebook
    model : Model
    plan : Plan or None
        Without a plan no candidates are given.
    filed : iterable of Item
        Opinions; those that the source filed under measures of the plan are neighbours for the
        others, never for themselves.
    """

    def __init__(self, codebook: Codebook, model: Model, plan: Plan | None, filed: Iterable[Item] = ()) -> None:
        self.codebook = codebook
        self.model = model
        places = [(tokenize(item.text), item.filed_under) for item in filed if plan and item.filed_under]
        self._mapper = PlanMapper(plan, model.mapping, codebook, places) if plan else None

    @classmethod
    def from_options(cls, options: Options, plan: Plan | None, filed: Iterable[Item] = ()) -> Judge:
        """Load what the options name."""
        from pipeline.model_folder import load_model

        codebook = read_codebook(options.codebook)
        return cls(codebook, load_model(options.model, codebook), plan, filed)

    def judge(self, opinions: Iterable[Opinion]) -> Iterator[Judged]:
        """Judge opinions, a batch at a time; each is judged by itself."""
        for some in in_batches(opinions):
            batch = Batch([tokenize(opinion.text) for opinion in some])
            decisions = self.model.themes.judge_all(batch)
            kinds = self.model.kinds.judge_all(batch)
            matches = [PlanMatch()] * len(batch)
            if self._mapper:
                themes = np.array([[score.probability for score in decision.scores] for decision in decisions])
                matches = self._mapper.match_all(batch, themes)
            for opinion, decision, kind, match in zip(some, decisions, kinds, matches, strict=True):
                asking = asking_clauses(opinion.text) if kind.name == ASKING else ()
                labelling = Labelling(
                    decision.verdict, decision.themes, decision.scores, kind.name, kind.evidence, asking
                )
                yield Judged(opinion, labelling, match)


def check(sources: Sequence[Path], options: Options | None = None) -> tuple[list[Source], list[Finding]]:
    """Read sources without judging anything.

    Returns
    -------
    (sources, findings)
        A source that cannot be read is a finding of level 誤り; the others are read.
    """
    options = options or Options()
    legend = _legend(options)
    read: list[Source] = []
    findings: list[Finding] = []
    for path in sources:
        try:
            source = read_source(path, legend)
        except IkenError as error:
            findings.append(Finding("誤り", Place(error.file or path.name, error.place), error.what, error.remedy))
            continue
        read.append(source)
        findings += source.findings
    return read, findings


def run(
    sources: Sequence[Path], out: Path, options: Options | None = None, progress: Progress | None = None
) -> Results:
    """Do the main job and fill the folder ``out``; it is left as it was when anything fails.

    ``progress`` is called after each opinion.

    Raises
    ------
    IkenError
        For whatever the user can mend; LedgerError when the ledger does not add up.
    """
    from pipeline.deliver import cells, tables
    from pipeline.deliver.folder import write_folder

    options = options or Options()
    started = time.time()
    results, judge = _results(sources, options, progress)
    files = {
        name: cells.csv_bytes(list(frame.columns), tables.rows_of(frame)) for name, frame in results.tables().items()
    }
    files["run.json"] = _run_record(sources, options, results, judge, started)
    write_folder(out, files)
    return results


def _results(sources: Sequence[Path], options: Options, progress: Progress | None) -> tuple[Results, Judge]:
    legend = _legend(options)
    read = tuple(read_source(path, legend) for path in sources)
    plan = read_plan(options.plan) if options.plan else _one_plan(read)
    items = [item for source in read for item in source.items if item.kind == OPINION]
    if not items:
        raise IkenError(
            "意見が一件もありません",
            file="、".join(source.file for source in read),
            remedy="iken check で中身を確かめてください",
        )
    opinions = list(name_opinions(items, options.round))
    check_ids(opinions)
    judge = Judge.from_options(options, plan, items)
    judged = tuple(_watched(judge.judge(opinions), progress))
    findings = tuple(finding for source in read for finding in source.findings)
    return Results(
        read, plan, judged, build_ledger(read, judged), judge.codebook.names, findings, judge.model.notes
    ), judge


def _watched(judged: Iterable[Judged], progress: Progress | None) -> Iterator[Judged]:
    for one in judged:
        yield one
        if progress:
            progress()


def _legend(options: Options) -> Legend | None:
    return read_departments(options.departments) if options.departments else None


def _one_plan(sources: Sequence[Source]) -> Plan | None:
    """The plan that stands in the sources; two different ones are an error."""
    plans = [source for source in sources if source.plan]
    for source in plans[1:]:
        if source.plan != plans[0].plan:
            raise IkenError(
                f"{plans[0].file} と計画が違います",
                file=source.file,
                remedy="一つの計画ずつ実行するか、--plan で計画を指定してください",
            )
    return plans[0].plan if plans else None


def classify(
    sources: Sequence[Path], out: Path, options: Options | None = None, progress: Progress | None = None
) -> LedgerLine:
    """Label opinion lists of any length, row by row.

    Parameters
    ----------
    sources : sequence of Path
        Opinion lists (CSV, TSV) or working-team tables.
    out : Path
        A CSV; written beside its place and moved there when all is done.
    progress : callable, optional
        Called after each opinion.

    Returns
    -------
    LedgerLine
        What was read and where it went: every row is an opinion in the file, or is counted
        under what it is instead (空欄 …).
    """
    from pipeline.deliver import cells, tables

    options = options or Options()
    if out.suffix.lower() != ".csv":
        raise IkenError(
            f"「{out.suffix or '拡張子なし'}」には書き出せません", file=str(out), remedy="--out を .csv にしてください"
        )
    legend = _legend(options)
    for path in sources:
        check_ending(path)
    tables_read = {path: read_source(path, legend) for path in sources if path.suffix.lower() != ".csv"}
    layouts = {path: read_layout(path) for path in sources if path not in tables_read}
    plan = read_plan(options.plan) if options.plan else _one_plan(list(tables_read.values()))
    filed = [item for source in tables_read.values() for item in source.items if item.kind == OPINION]
    judge = Judge.from_options(options, plan, filed)
    kinds: Counter[str] = Counter()

    def opinions() -> Iterator[Item]:
        for path in sources:
            for item in tables_read[path].items if path in tables_read else read_items(path, layouts[path]):
                kinds[item.kind] += 1
                if item.kind == OPINION:
                    yield item

    partial = out.with_name(f".{out.name}.partial")
    written = 0
    try:
        with partial.open("w", encoding="utf-8-sig", newline="") as stream:
            cells.write_rows(stream, [tables.opinion_header(judge.codebook.names)])
            for one in _watched(judge.judge(name_opinions(opinions(), options.round)), progress):
                cells.write_rows(stream, [tables.opinion_row(one)])
                written += 1
        if written != kinds[OPINION]:
            raise LedgerError(f"読み取った意見 {kinds[OPINION]} 件に対し、書き出した意見は {written} 件です")
        if not written:
            raise IkenError(
                "意見が一件もありません",
                file="、".join(path.name for path in sources),
                remedy="iken check で中身を確かめてください",
            )
        partial.replace(out)
    except OSError as error:
        raise IkenError(
            f"書き込めません（{error.strerror}）", file=str(out), remedy="出力先のフォルダと空き容量を確かめてください"
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return LedgerLine(READ, kinds.total(), tuple(kinds.items()))


def _run_record(sources: Sequence[Path], options: Options, results: Results, judge: Judge, started: float) -> bytes:
    """run.json: what made these results. Only ``time`` differs between two runs on the same input."""
    from pipeline import __version__

    def digest(path: Path) -> str:
        return hashlib.sha256(path.read_bytes()).hexdigest()

    named = {"plan": options.plan, "codebook": options.codebook, "departments": options.departments}
    record = {
        "iken": __version__,
        "python": platform.python_version(),
        "libraries": {name: metadata.version(name) for name in _LIBRARIES},
        "inputs": [{"file": path.name, "sha256": digest(path)} for path in sources],
        "codebook": judge.codebook.digest,
        "model": {"name": judge.model.name, "sha256": judge.model.digest, "meta": judge.model.meta},
        "options": {
            "round": options.round,
            **{key: {"file": path.name, "sha256": digest(path)} for key, path in named.items() if path},
        },
        "counts": {line.stage: line.count for line in results.ledger},
        "notes": list(judge.model.notes),
        "time": {
            "started": time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(started)),
            "seconds": round(time.time() - started, 3),
        },
    }
    return (json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def read_opinions(folder: Path) -> list[dict[str, str]]:
    """Read back the opinions.csv of a run, guarded cells undone."""
    from pipeline.deliver import cells

    path = folder / "opinions.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = cells.read_rows(stream)
            header = next(rows)
            return [dict(zip(header, row, strict=True)) for row in rows]
    except (OSError, csv.Error, StopIteration, ValueError) as error:
        raise IkenError("結果が読めません", file=str(path), remedy="iken run で作り直してください") from error
