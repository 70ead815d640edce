"""Measure the judgements against people's labels that lie outside the project.

Usage: python scripts/measure.py GOLD

GOLD is a folder with ``dev_themes.csv`` (text, themes, kind) and ``real_document.csv``
(number, filed_under, themes, kind, text) beside ``../seed/working_team_opinions.txt``.
Nothing is learned from it. Every figure comes with a 95 % bootstrap interval.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

from pipeline.language.tokenize import tokenize
from pipeline.model_folder import load_model
from pipeline.plan.mapping import PlanMapper
from pipeline.reading.sources import read_source
from pipeline.records import OUTSIDE
from pipeline.themes.codebook import read_codebook
from pipeline.themes.evaluation import calibration_error, macro_f1, micro_f1, theme_figures, with_interval


def rows_of(path: Path) -> list[dict[str, str]]:
    """Read a labelled file."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def measure_themes(name: str, rows: list[dict[str, str]]) -> None:
    """Print the figures on themes."""
    model = load_model(None, read_codebook())
    themes = model.themes.themes_
    truth = np.array([[theme in row["themes"].split("|") for theme in themes] for row in rows])
    probabilities = model.themes.predict_proba([row["text"] for row in rows])
    bands = list(model.themes.thresholds_.values())
    given = probabilities >= np.array([band.given for band in bands])
    doubt = np.array(
        [
            any(band.doubt_from <= p < band.doubt_to for p, band in zip(row, bands, strict=True))
            for row in probabilities.tolist()
        ]
    )
    print(f"\n## テーマ: {name}（{len(rows)} 件）")
    for figures in theme_figures(themes, given, truth):
        print(
            f"{figures.theme:　<6} 正解 {figures.positives:3d}  適合率 {figures.precision:.3f}  "
            f"再現率 {figures.recall:.3f}  F1 {figures.f1}"
        )
    print(f"macro-F1 {with_interval(macro_f1, given, truth)}  micro-F1 {with_interval(micro_f1, given, truth)}")
    decided = with_interval(macro_f1, given[~doubt], truth[~doubt])
    print(f"保留 {doubt.mean():.1%}  保留を除いた macro-F1 {decided}")
    print(f"確率のずれ（ECE） {calibration_error(probabilities, truth):.3f}")


def measure_kinds(name: str, rows: list[dict[str, str]]) -> None:
    """Print the accuracy of 種別."""
    kinds = load_model(None, read_codebook()).kinds
    rows = [row for row in rows if row["kind"]]
    right = np.array([kinds.judge(tokenize(row["text"])).name == row["kind"] for row in rows])
    print(f"\n## 種別: {name}（{len(rows)} 件）")
    print(f"正解率 {with_interval(lambda column: float(column.mean()), right)}")


def measure_mapping(table: Path) -> None:
    """Print how often the place where the city filed an opinion stands among the candidates."""
    source = read_source(table)
    if source.plan is None:
        raise SystemExit(f"{table}: 計画がありません")
    mapper = PlanMapper(source.plan, load_model(None, read_codebook()).mapping)
    inside: list[tuple[str, list[str]]] = []
    outside: list[tuple[str, list[str]]] = []
    for item in source.items:
        if item.kind != "意見":
            continue
        labels = [candidate.label for candidate in mapper.match(tokenize(item.text)).candidates]
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
    cities = rows_of(gold / "dev_themes.csv")
    table = gold.parent / "seed" / "working_team_opinions.txt"
    opinions = [item for item in read_source(table).items if item.kind == "意見"]
    document = [
        {**row, "text": item.text} for row, item in zip(rows_of(gold / "real_document.csv"), opinions, strict=True)
    ]
    measure_themes("ほかの市の意見", cities)
    measure_themes("元の文書", document)
    measure_kinds("ほかの市の意見", cities)
    measure_kinds("元の文書", document)
    measure_mapping(table)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
