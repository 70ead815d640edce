"""Compare really different designs for the place in the plan, in one table.

Usage: python scripts/compare_mappings.py [TABLE]

Measured on the written plans, each by what was learned on the others (leave out one sixth of
the plans at a time), and on TABLE, a working-team table whose opinions people have filed, when
given. Only opinions that belong somewhere in the plan count; 計画外 is counted apart.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.plan.comparing import PARTS
from pipeline.plan.learning import ComparedPlan, FiledPlan, MappingCorpus, fit_mapping, folds
from pipeline.plan.mapping import MappingModel
from pipeline.reading.sources import read_source
from pipeline.themes.codebook import read_codebook
from pipeline.themes.evaluation import with_interval
from pipeline.training import read_corpus

Floats = NDArray[np.float64]
Design = Callable[[MappingModel, ComparedPlan], Floats]


def part(*names: str) -> Design:
    """Use the sum of some parts alone."""
    columns = [PARTS.index(name) for name in names]
    return lambda _, one: np.asarray(one.comparison.parts[:, :, columns].sum(axis=2))


def without_bridge(model: MappingModel, one: ComparedPlan) -> Floats:
    """All parts at their learned weights."""
    return np.asarray(one.comparison.parts @ model.weights)


def whole(model: MappingModel, one: ComparedPlan) -> Floats:
    """Parts and bridge: what a run uses where nothing is filed."""
    return np.asarray(model.scores(one.features, one.comparison)[:, :-1])


def with_filed(model: MappingModel, one: ComparedPlan) -> Floats:
    """Also what others filed under the measures."""
    return np.asarray(model.with_filed(model.scores(one.features, one.comparison), one.filed)[:, :-1])


def filed_alone(_: MappingModel, one: ComparedPlan) -> Floats:
    """Nearest filed opinions alone."""
    return np.asarray(one.filed.sum(axis=2))


DESIGNS: dict[str, Design] = {
    "共通の語（TF-IDF）": part("words"),
    "文字の連なり": part("pieces"),
    "語ベクトル": part("near_name", "near_overview"),
    "働き（13の観点）": part("facets", "facets_spread"),
    "上の四つの重み付き和": without_bridge,
    "意味の橋を加える（既定）": whole,
    "ほかの人の振り分けだけ": filed_alone,
    "既定＋ほかの人の振り分け": with_filed,
}


def filed_plan(table: Path) -> FiledPlan:
    """Take the plan and the filing out of a working-team table."""
    source = read_source(table)
    if source.plan is None:
        raise SystemExit(f"{table}: 計画がありません")
    measures = source.plan.measures
    labels = [measure.label for measure in measures]
    opinions = [item for item in source.items if item.kind == "意見"]
    truth = np.zeros((len(opinions), len(measures) + 1))
    for row, item in enumerate(opinions):
        truth[row, labels.index(item.filed_under) if item.filed_under in labels else -1] = 1.0
    return FiledPlan(table.stem, measures, ((),) * len(measures), tuple(item.text for item in opinions), truth)


def ranks(scores: Floats, truth: Floats) -> NDArray[np.int64]:
    """How many measures stand before the right one, for opinions that belong in the plan.

    Among equals the order of the plan decides, as in a run.
    """
    rows = np.flatnonzero(truth[:, -1] < 1 / 2)
    order = np.argsort(-scores[rows], axis=1, kind="stable")
    return np.asarray((order == truth[rows, :-1].argmax(axis=1)[:, None]).argmax(axis=1))


def compare(tables: list[Path]) -> list[tuple[str, ...]]:
    """Measure every design: rows of (design, where, top-1, top-3)."""
    book = read_codebook()
    read = read_corpus(book)
    corpus = MappingCorpus.of(read.opinions, read.plans, book)
    seen = [corpus.compare(fold) for fold in folds(corpus.plans)]
    facets = corpus.facets()
    tests: dict[str, list[tuple[MappingModel, ComparedPlan]]] = {"書いた計画": []}
    for fold in seen:
        model = fit_mapping(corpus, facets, [one for other in seen if other is not fold for one in other])
        tests["書いた計画"] += [(model, one) for one in fold]
    model = fit_mapping(corpus, facets, [one for fold in seen for one in fold])
    for table in tables:
        tests[table.stem] = [(model, one) for one in corpus.compare([filed_plan(table)])]
    rows = []
    for design, score in DESIGNS.items():
        for where, some in tests.items():
            found = np.concatenate([ranks(score(model, one), one.plan.truth) for model, one in some])
            tops = [str(with_interval(lambda column: float(column.mean()), found < n)) for n in (1, 3)]
            rows.append((design, where, *tops))
    return rows


def main(tables: list[Path]) -> None:
    """Measure and print."""
    for design, where, top1, top3 in compare(tables):
        print(f"{design:　<14}{where:　<10}top-1 {top1}  top-3 {top3}")


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
