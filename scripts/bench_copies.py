"""Time the grouping of copies on short comments, each size twice the one before.

Usage: python -m scripts.bench_copies [LARGEST] [SHAPE …]

Shapes, made of sentences of our own corpus: 混在, put together at random and sent by many people, one in
five a copy of another with a changed greeting, ending or number of the writer's own; 一斉, 8,000 of those
sent again and again; 定型, one long sentence shared by all, each asking something else. Prints the processor
time for each size and its ratio to half the size; 2.0 is linear.
"""

from __future__ import annotations

import csv
import random
import resource
import sys
import time
from collections.abc import Callable, Sequence

from pipeline import resources
from pipeline.language.duplicates import same_groups

GREETINGS = ("お世話になっております。", "はじめまして。", "いつもありがとうございます。", "")
CLOSINGS = ("よろしくお願いいたします。", "ご検討のほどお願いします。", "")


TEMPLATE = (
    "私たちの暮らす地区では高齢の世帯が増え、買い物や通院の足も、集まる場所も、頼れる店も年ごとに減っており、"
    "このままでは安心して住み続けられないと多くの住民が感じています。"
)


def sentences() -> list[str]:
    """Short opinions of our own corpus."""
    texts: list[str] = []
    for path in sorted(resources.corpus("training").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            texts += [row["text"] for row in csv.DictReader(stream) if 15 <= len(row["text"]) <= 60]
    return texts


def comments(count: int) -> list[str]:
    """Make comments of many people, the same ones in every run."""
    dice = random.Random(1)  # noqa: S311 no secret
    texts = sentences()
    made: list[str] = []
    while len(made) < count:
        if made and dice.random() < 0.2:
            base = dice.choice(made)
            made.append(f"{dice.choice(GREETINGS)}{base}{dice.choice(CLOSINGS)}")
        else:
            one, other = dice.choice(texts), dice.choice(texts)
            made.append(f"{one.rstrip('。')}。{dice.randint(20, 90)}歳です。{other}")
    return made


def campaign(count: int) -> list[str]:
    """Eight thousand comments sent again and again."""
    dice = random.Random(2)  # noqa: S311 no secret
    made = comments(8_000)
    return [dice.choice(made) for _ in range(count)]


def template(count: int) -> list[str]:
    """One long sentence shared by all, and two short ones of each comment's own."""
    dice = random.Random(3)  # noqa: S311 no secret
    texts = sentences()
    return [f"{TEMPLATE}{dice.choice(texts).rstrip('。')}。{dice.choice(texts)}" for _ in range(count)]


SHAPES: dict[str, Callable[[int], list[str]]] = {"混在": comments, "一斉": campaign, "定型": template}


def main(largest: int, shapes: Sequence[str]) -> None:
    """Measure and print."""
    for shape in shapes:
        texts = SHAPES[shape](largest)
        before = 0.0
        for size in (largest // 8, largest // 4, largest // 2, largest):
            start = time.process_time()
            groups = same_groups(texts[:size])
            taken = time.process_time() - start
            ratio = f"（半分の件数の {taken / before:.2f} 倍）" if before else ""
            voices = len(set(groups.tolist()))
            print(f"{shape} {size:>8} 件: {taken:6.1f} 秒{ratio}、異なる声 {voices}", flush=True)
            before = taken
    print(f"最大の記憶量 {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40_000, sys.argv[2:] or tuple(SHAPES))
