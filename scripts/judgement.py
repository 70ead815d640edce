"""All about the judgements in one run: targets with their figures, designs compared, the curve of few labels.

Usage: python -m scripts.judgement GOLD

GOLD as for ``scripts/measure.py``. Takes some minutes; nothing is learned from it.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from pipeline import resources
from pipeline.deliver.terminal import console
from pipeline.evaluate import evaluate
from pipeline.language.normalize import normalize
from pipeline.themes.asking import asking_clauses
from scripts import bench_classifier, compare_designs, compare_mappings, few_labels
from scripts.measure import mapping_figures


def asking_figures() -> tuple[float, float]:
    """How often the asking clause is exactly the reader's, and the mean F1 of its characters."""
    exact, overlap = 0, 0.0
    with resources.corpus("asking_clauses.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        found, right = "／".join(asking_clauses(row["text"])), normalize(row["asking"]).replace("/", "／")
        exact += found == right
        common = sum((Counter(found) & Counter(right)).values())
        overlap += 2 * common / (len(found) + len(right))
    return exact / len(rows), overlap / len(rows)


def targets(gold: Path) -> list[tuple[str, str, str]]:
    """Give rows of (what, target, figure)."""
    themes = evaluate(gold / "dev_themes.csv")
    top1, top3, outside, inside = mapping_figures(gold.parent / "seed" / "working_team_opinions.txt")
    exact, overlap = asking_figures()
    speed = bench_classifier.ratios(sorted(resources.corpus("training").glob("*.csv")))
    return [
        ("テーマ macro-F1（ほかの市の 400 件）", "0.90 以上", str(themes.macro)),
        *((f"　{one.theme}（正解 {one.positives}）", "0.85 以上", str(one.f1)) for one in themes.themes),
        ("保留の割合", "15% 以下", f"{themes.undecided:.1%}"),
        ("保留を除いた macro-F1", "0.95 以上", str(themes.macro_decided)),
        ("確率のずれ（ECE）", "0.05 以下", f"{themes.calibration:.3f}"),
        ("種別の正解率", "0.85 以上", str(themes.kinds)),
        ("計画への当てはめ top-1（元の文書の 41 件）", "0.75 以上", top1),
        ("　同 top-3", "0.93 以上", top3),
        ("　計画外の 4 件で計画外が第一候補", "3 件以上", f"{outside} 件"),
        ("　計画内の 41 件で計画外が第一候補", "3 件以下", f"{inside} 件"),
        ("求めていること: 読み手と一致（自作 299 件）", "", f"{exact:.3f}（文字の F1 {overlap:.3f}）"),
        ("判定の時間（tokenize に対して、決めるだけ）", "0.5 以下", f"{speed['決めるだけ']:.2f}"),
        ("　根拠の語も添える", "", f"{speed['根拠の語も添える']:.2f}"),
    ]


def show(title: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Print one table."""
    table = Table(title=title, title_justify="left")
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console().print(table)


def main(gold: Path) -> None:
    """Measure everything and print it."""
    show("目標と値（[ ] は95%区間）", ("測ったもの", "目標", "値"), targets(gold))
    dev = gold / "dev_themes.csv"
    show("テーマの設計", ("設計", "測った意見", "macro-F1"), compare_designs.compare(dev))
    table = gold.parent / "seed" / "working_team_opinions.txt"
    show("計画への当てはめの設計", ("設計", "測った意見", "top-1", "top-3"), compare_mappings.compare([table]))
    rows = [
        (str(one.labels), f"{one.default:.3f}", f"{one.gain:+.4f}", f"{one.worst:+.3f}", f"{one.fell:.0%}")
        for one in few_labels.curve(dev)
    ]
    show("少しのラベルで学んだ補正", ("ラベル", "既定", "差の平均", "最悪", "下がった回"), rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
