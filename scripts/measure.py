"""Measure the judgements against people's labels that lie outside the project.

Usage: python scripts/measure.py GOLD

GOLD is a folder with ``dev_themes.csv`` (text, themes, kind) and ``real_document.csv``
(number, filed_under, themes, kind, text) beside ``../seed/working_team_opinions.txt``.
Nothing is learned from it. Every figure comes with a 95 % bootstrap interval.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.deliver.terminal import console, show_evaluation
from pipeline.evaluate import evaluate
from pipeline.language.batch import Batch
from pipeline.language.tokenize import tokenize
from pipeline.model_folder import load_model
from pipeline.plan.mapping import PlanMapper
from pipeline.reading.sources import read_source
from pipeline.records import OUTSIDE
from pipeline.themes.codebook import read_codebook
from pipeline.themes.evaluation import with_interval


def rows_of(path: Path) -> list[dict[str, str]]:
    """Read a labelled file."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def mapping_figures(table: Path) -> tuple[str, str, int, int]:
    """How often the place where the city filed an opinion stands among the candidates, from the plan's text alone.

    Returns
    -------
    (top1, top3, outside, inside)
        The first two for opinions inside the plan, with intervals; then how many opinions got
        計画外 first: of those outside, and of those inside.
    """
    source = read_source(table)
    if source.plan is None:
        raise SystemExit(f"{table}: 計画がありません")
    codebook = read_codebook()
    model = load_model(None, codebook)
    opinions = [item for item in source.items if item.kind == "意見"]
    batch = Batch([tokenize(item.text) for item in opinions])
    themes = np.array([[score.probability for score in one.scores] for one in model.themes.judge_all(batch)])
    matches = PlanMapper(source.plan, model.mapping, codebook).match_all(batch, themes)
    first = np.array([match.candidates[0].label for match in matches])
    is_outside = np.array([item.filed_under.startswith(OUTSIDE) for item in opinions])
    top1 = np.array([item.filed_under for item in opinions]) == first
    top3 = np.array(
        [item.filed_under in [one.label for one in m.candidates] for item, m in zip(opinions, matches, strict=True)]
    )

    def figure(top: NDArray[np.bool_]) -> str:
        return str(with_interval(lambda column: float(column.mean()), top[~is_outside]))

    is_first = first == OUTSIDE
    return figure(top1), figure(top3), int(is_first[is_outside].sum()), int(is_first[~is_outside].sum())


def main(gold: Path) -> None:
    """Measure everything."""
    table = gold.parent / "seed" / "working_team_opinions.txt"
    opinions = [item for item in read_source(table).items if item.kind == "意見"]
    truth = rows_of(gold / "real_document.csv")
    to = console()
    to.print("\n## ほかの市の意見")
    show_evaluation(to, evaluate(gold / "dev_themes.csv"))
    to.print("\n## 元の文書（課の記号を除いた本文）")
    with tempfile.TemporaryDirectory() as folder:
        labels = Path(folder, "labels.csv")
        with labels.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["text", "themes", "kind"])
            writer.writerows([item.text, row["themes"], row["kind"]] for row, item in zip(truth, opinions, strict=True))
        show_evaluation(to, evaluate(labels))
    top1, top3, outside, inside = mapping_figures(table)
    to.print(f"\n## 計画への当てはめ: {table.name}（計画の本文だけから）")
    to.print(f"top-1 {top1}\ntop-3 {top3}", markup=False)
    to.print(f"計画外を第一候補にした: 計画外の {outside} 件、計画内の {inside} 件")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
