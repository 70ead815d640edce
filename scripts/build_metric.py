"""Learn what counts as alike (``models/vectors/metric.npz``) from the plans in ``corpus/plans``.

Usage: python -m scripts.build_metric [OUT]

Prints how well it tells pairs of opinions under the same measure from other pairs of the same plan
(area under the curve), on plans it was not learned from, beside plain word vectors.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from pipeline import resources
from pipeline.language.tokenize import tokenize
from pipeline.plan.vectors import unit_rows
from pipeline.topics.meaning import word_sums
from pipeline.topics.metric import Metric, learn_metric, save_metric

FOLDS = 5
Collection = tuple[NDArray[np.float64], list[str]]


def read_plan_opinions(path: Path) -> tuple[list[str], list[str]]:
    """Texts of the opinions filed inside a written plan, and the measures' codes."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if "(" in row["measure"]]
    return [row["text"] for row in rows], [row["measure"] for row in rows]


def plan_files() -> list[Path]:
    """The opinions of every written plan."""
    return sorted(resources.corpus("plans").glob("opinions_*.csv"))


def collections() -> list[Collection]:
    """Every written plan: its opinions' vectors and where they were filed."""
    found = []
    for path in plan_files():
        texts, measures = read_plan_opinions(path)
        found.append((word_sums([tokenize(text) for text in texts]), measures))
    return found


def pairs_told(rows: NDArray[np.float64], labels: list[str]) -> float:
    """Area under the curve: how surely a pair of one measure is more alike than another pair."""
    above = np.triu_indices(len(labels), 1)
    filed = np.array(labels)
    return float(roc_auc_score((filed[:, None] == filed[None])[above], (rows @ rows.T)[above]))


def main(out: Path) -> None:
    """Learn, measure, write."""
    plans = collections()
    plain, learned = [], []
    for fold in range(FOLDS):
        metric: Metric = learn_metric([plan for i, plan in enumerate(plans) if i % FOLDS != fold])
        for rows, labels in plans[fold::FOLDS]:
            plain.append(pairs_told(unit_rows(rows - rows.mean(axis=0)), labels))
            learned.append(pairs_told(metric(rows, rows.mean(axis=0)), labels))
    metric = learn_metric(plans)
    save_metric(metric, out)
    print(f"{len(plans)} 計画、{sum(len(labels) for _, labels in plans)} 意見、{metric.map.shape[1]} 次元")
    print("同じ施策の組を見分ける確かさ（AUC、学んでいない計画で）")
    print(f"語のベクトル {np.mean(plain):.3f}  学んだ尺度 {np.mean(learned):.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else resources.vectors().with_name("metric.npz"))
