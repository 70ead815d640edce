"""Time the grouping of copies on short comments, each size twice the one before.

Usage: python -m scripts.bench_copies [LARGEST]

The comments are sentences of our own corpus, put together at random and sent by many people: one in
five is a copy of another with a changed greeting, ending or number of the writer's own. Prints the time
for each size and its ratio to half the size; 2.0 is linear.
"""

from __future__ import annotations

import csv
import random
import resource
import sys
import time

from pipeline import resources
from pipeline.language.duplicates import same_groups

GREETINGS = ("お世話になっております。", "はじめまして。", "いつもありがとうございます。", "")
CLOSINGS = ("よろしくお願いいたします。", "ご検討のほどお願いします。", "")


def comments(count: int) -> list[str]:
    """Make comments, the same ones in every run."""
    dice = random.Random(1)  # noqa: S311 no secret
    texts: list[str] = []
    for path in sorted(resources.corpus("training").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            texts += [row["text"] for row in csv.DictReader(stream) if 15 <= len(row["text"]) <= 60]
    made: list[str] = []
    while len(made) < count:
        if made and dice.random() < 0.2:
            base = dice.choice(made)
            made.append(f"{dice.choice(GREETINGS)}{base}{dice.choice(CLOSINGS)}")
        else:
            one, other = dice.choice(texts), dice.choice(texts)
            made.append(f"{one.rstrip('。')}。{dice.randint(20, 90)}歳です。{other}")
    return made


def main(largest: int) -> None:
    """Measure and print."""
    texts = comments(largest)
    before = 0.0
    for size in (largest // 8, largest // 4, largest // 2, largest):
        start = time.perf_counter()
        groups = same_groups(texts[:size])
        taken = time.perf_counter() - start
        ratio = f"（半分の件数の {taken / before:.2f} 倍）" if before else ""
        print(f"{size:>8} 件: {taken:6.1f} 秒{ratio}、異なる声 {len(set(groups.tolist()))}")
        before = taken
    print(f"最大の記憶量 {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40_000)
