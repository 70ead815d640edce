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

from pipeline.deliver.terminal import console, show_evaluation
from pipeline.evaluate import evaluate
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


def measure_mapping(table: Path) -> None:
    """Print how often the place where the city filed an opinion stands among the candidates."""
    source = read_source(table)
    if source.plan is None:
        raise SystemExit(f"{table}: 計画がありません")
    codebook = read_codebook()
    model = load_model(None, codebook)
    mapper = PlanMapper(source.plan, model.mapping, codebook)
    inside: list[tuple[str, list[str]]] = []
    outside: list[tuple[str, list[str]]] = []
    for item in source.items:
        if item.kind != "意見":
            continue
        words = tokenize(item.text)
        themes = [score.probability for score in model.themes.judge(words).scores]
        labels = [candidate.label for candidate in mapper.match(words, themes).candidates]
        (outside if item.filed_under.startswith(OUTSIDE) else inside).append((item.filed_under, labels))
    top1 = np.array([labels[0] == place for place, labels in inside])
    top3 = np.array([place in labels for place, labels in inside])
    print(f"\n## 計画への当てはめ: {table.name}（計画内 {len(inside)} 件、計画外 {len(outside)} 件）")
    print(f"top-1 {with_interval(lambda column: float(column.mean()), top1)}")
    print(f"top-3 {with_interval(lambda column: float(column.mean()), top3)}")
    print(f"計画外を第一候補にした: 計画外の {sum(labels[0] == OUTSIDE for _, labels in outside)} 件、", end="")
    print(f"計画内の {sum(labels[0] == OUTSIDE for _, labels in inside)} 件")


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
    measure_mapping(table)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
