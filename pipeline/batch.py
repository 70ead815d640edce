"""The main job and large rounds: read, judge, account, deliver.

The functions here are the Python API; each command of ``iken`` calls one of them.
"""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline import __version__
from pipeline.deliver.answers import read_answers
from pipeline.deliver.results import MadeWith, Results
from pipeline.errors import IkenError
from pipeline.export import deliver
from pipeline.identity import check_ids
from pipeline.kinds import OPINION
from pipeline.language.batch import Batch, in_batches
from pipeline.language.duplicates import same_groups
from pipeline.language.tokenize import tokenize
from pipeline.ledger import build_ledger
from pipeline.plan.mapping import PlanMapper
from pipeline.prepare import Names, Teller, mask_name, masked, masked_finding, masked_source, prepare
from pipeline.proposals.suggestions import suggest
from pipeline.reading.columns import Columns
from pipeline.reading.departments import Legend, read_departments
from pipeline.reading.plan_file import read_plan
from pipeline.reading.sources import read_source
from pipeline.records import Finding, Item, Judged, Labelling, Opinion, Place, Plan, PlanMatch, Source
from pipeline.rounds import Repeats
from pipeline.themes.asking import asking_clauses
from pipeline.themes.codebook import Codebook, read_codebook
from pipeline.themes.kinds import ASKING
from pipeline.topics.find import find_topics

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
    columns : Columns or None
        Which column of a list is which, where the headings do not say.
    split : bool
        Whether to cut comments that hold several opinions.
    mask : bool
        Whether to mask what names a person in everything that is written.
    earlier : tuple of Path
        Folders of earlier rounds: what came in them already is not counted again.
    responses : tuple of str
        What 対応区分 offers in results.xlsx; the program's own list where empty.
    """

    plan: Path | None = None
    codebook: Path | None = None
    model: Path | None = None
    departments: Path | None = None
    round: str = DEFAULT_ROUND
    columns: Columns | None = None
    split: bool = False
    mask: bool = False
    earlier: tuple[Path, ...] = ()
    responses: tuple[str, ...] = ()


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
    options = options or Options()
    started = time.time()
    read_answers(out)  # a workbook that must not be overwritten stops the run before the work
    results, judge = _results(sources, options, progress)
    return deliver(out, results, _run_record(sources, options, results, judge, started))


def _results(sources: Sequence[Path], options: Options, progress: Progress | None) -> tuple[Results, Judge]:
    read, findings, repeats = read_all(sources, options)
    plan = read_plan(options.plan) if options.plan else one_plan(read)
    items = [item for source in read for item in source.items if item.kind == OPINION]
    if not items:
        raise IkenError(
            "意見が一件もありません",
            file="、".join(source.file for source in read),
            remedy="iken check で中身を確かめてください",
        )
    names = Names()
    measures = measures_of(plan)
    prepared = list(prepare(items, options.round, cut=options.split, hide=options.mask, names=names, measures=measures))
    check_ids(one.opinion for one in prepared)
    groups = same_groups(one.compared for one in prepared)
    opinions = [
        replace(one.opinion, same_id=prepared[first].opinion.same_id)
        for one, first in zip(prepared, groups.tolist(), strict=True)
    ]
    judge = Judge.from_options(options, plan, items)
    judged = tuple(watched(judge.judge(opinions), progress))
    rest = tuple(item for source in read for item in source.items if item.kind != OPINION)
    if options.mask:
        rest = tuple(masked(item, names.look(item), measures) for item in rest)
        read = [masked_source(source, measures) for source in read]
    ledger = build_ledger(read, judged, names.counts)
    notes = (*judge.model.notes, *repeats.differences(judge.codebook.digest, judge.model.digest))
    found = (*findings, *_name_findings(names, hide=options.mask))
    if options.mask:
        found = tuple(map(masked_finding, found))
    results = Results(
        tuple(read),
        plan,
        judged,
        ledger,
        judge.codebook.names,
        found,
        notes,
        rest,
        options.round,
        find_topics(judged),
        suggest(judged, plan),
        made_with=MadeWith(
            __version__,
            judge.model.name,
            judge.model.digest,
            judge.codebook.digest,
            masked=options.mask,
            colors=tuple(theme.color for theme in judge.codebook.themes),
            measured=judge.model.measured,
        ),
    )
    return results, judge


def read_all(sources: Sequence[Path], options: Options) -> tuple[list[Source], tuple[Finding, ...], Repeats]:
    """Read sources and tell what in them is no opinion, and what came before.

    Returns
    -------
    (sources, findings, repeats)
    """
    legend = legend_of(options)
    repeats = Repeats(options.earlier)
    read = []
    findings: list[Finding] = []
    for path in sources:
        source = read_source(path, legend, options.columns)
        tell = Teller()
        source = repeats.mark(replace(source, items=tuple(tell(source.items))), path)
        read.append(source)
        findings += [*source.findings, *tell.findings]
    return read, (*findings, *repeats.findings), repeats


def watched(judged: Iterable[Judged], progress: Progress | None) -> Iterator[Judged]:
    """Tell of each opinion as it goes by."""
    for one in judged:
        yield one
        if progress:
            progress()


def _name_findings(names: Names, *, hide: bool) -> Iterator[Finding]:
    """One finding for all that names a person: where, the first of them."""
    if names.counts:
        kinds = "、".join(f"{kind} {count}" for kind, count in sorted(names.counts.items()))
        first = names.places[0][0]
        yield Finding(
            "情報" if hide else "注意",
            Place(first.file, "", ""),
            f"個人が分かる記述があります（{kinds}）" + ("。伏せました" if hide else ""),
            "" if hide else "外へ出すときは --mask を付けてください。場所は iken check に出ます",
        )


def measures_of(plan: Plan | None) -> frozenset[str]:
    """The places of a plan, as opinions name them."""
    return frozenset(measure.label for measure in plan.measures) if plan else frozenset()


def legend_of(options: Options) -> Legend | None:
    """The legend of departments that the options name."""
    return read_departments(options.departments) if options.departments else None


def one_plan(sources: Sequence[Source]) -> Plan | None:
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


def _run_record(
    sources: Sequence[Path], options: Options, results: Results, judge: Judge, started: float
) -> dict[str, Any]:
    """run.json: what made these results. Only ``time`` differs between two runs on the same input."""

    def digest(path: Path) -> str:
        return hashlib.sha256(path.read_bytes()).hexdigest()

    named = {"plan": options.plan, "codebook": options.codebook, "departments": options.departments}
    return {
        "iken": __version__,
        "python": platform.python_version(),
        "libraries": {name: metadata.version(name) for name in _LIBRARIES},
        "inputs": [
            {"file": mask_name(path.name) if options.mask else path.name, "sha256": digest(path)} for path in sources
        ],
        "codebook": judge.codebook.digest,
        "model": {"name": judge.model.name, "sha256": judge.model.digest, "meta": judge.model.meta},
        "options": {
            "round": options.round,
            "columns": [f"{role}={heading}" for role, heading in options.columns.named] if options.columns else [],
            "split": options.split,
            "mask": options.mask,
            "earlier": [folder.name for folder in options.earlier],
            "responses": list(options.responses),
            **{key: {"file": path.name, "sha256": digest(path)} for key, path in named.items() if path},
        },
        "counts": {line.stage: line.count for line in results.ledger},
        "notes": list(judge.model.notes),
        "time": {
            "started": time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(started)),
            "seconds": round(time.time() - started, 3),
        },
    }
