"""Measure how well copies are told from look-alikes, on families with known truth.

Usage: python -m scripts.measure_copies [FAMILIES.csv …]

A family is an opinion with copies (another greeting, ending, spelling, number of the writer's own, an
inserted remark, a slip of the hand) and with look-alikes that ask for something else. All families of a
file are grouped together, in a fixed disorder, and pairs are counted: precision is the share of the
pairs put together that belong together, recall the share of those that belong together that were.
``copies_seen.csv`` was read while the rules were made. ``copies_unseen.csv`` and ``copies_fresh.csv`` were
written before them; what of these was missed at first was read once, and general rules made of it.
"""

from __future__ import annotations

import csv
import itertools
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.language.duplicates import same_groups
from pipeline.themes.evaluation import wilson

DATA = Path(__file__).resolve().parent.parent / "tests" / "data"
_SLIP = "誤字"


@dataclass(frozen=True, slots=True)
class Member:
    """One text of a family; texts of one family and group say the same."""

    family: str
    group: str
    change: str
    text: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs put together rightly and wrongly, and pairs missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Of the pairs put together, the share that belongs together."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """Of the pairs that belong together, the share put together."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def read_families(path: Path) -> list[Member]:
    """Read families, in a fixed disorder."""
    with path.open(encoding="utf-8", newline="") as stream:
        members = [Member(**row) for row in csv.DictReader(stream)]
    random.Random(0).shuffle(members)  # noqa: S311 an order, no secret
    return members


def measure(members: Sequence[Member]) -> tuple[Pairs, Counter[str], Counter[str]]:
    """Group and count pairs; also how often a copy of each kind of change was missed by its original."""
    groups = same_groups(member.text for member in members).tolist()
    pairs: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    all_copies: Counter[str] = Counter()
    for (one, a), (other, b) in itertools.combinations(zip(members, groups, strict=True), 2):
        belong = (one.family, one.group) == (other.family, other.group)
        together = a == b
        pairs["right" if belong and together else "missed" if belong else "wrong" if together else "apart"] += 1
        if belong and "元" in (one.change, other.change):
            for change in (one.change if other.change == "元" else other.change).split("+"):
                all_copies[change] += 1
                missed[change] += not together
    return Pairs(pairs["right"], pairs["wrong"], pairs["missed"]), missed, all_copies


def main(paths: Sequence[Path]) -> None:
    """Measure and print."""
    for path in paths:
        members = read_families(path)
        for name, some in (("すべて", members), ("誤字を除く", [m for m in members if _SLIP not in m.change])):
            pairs, missed, copies = measure(some)
            low, high = wilson(pairs.right, pairs.right + pairs.missed)
            print(
                f"{path.stem} {name}: {len(some)} 件、適合率 {pairs.precision:.3f}（誤り {pairs.wrong} 組）、"
                f"再現率 {pairs.recall:.3f} [{low:.2f}, {high:.2f}]"
            )
        by_change = defaultdict(
            str, {change: f"{copies[change] - missed[change]}/{copies[change]}" for change in copies}
        )
        print("  元の文と組になった写し: " + "、".join(f"{change} {share}" for change, share in by_change.items()))


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]] or sorted(DATA.glob("copies_*.csv")))
