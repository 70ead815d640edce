"""The ledger: everything that was read ends in exactly one place, or the run fails.

Each line is an equation: its number is the sum of its parts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.errors import LedgerError
from pipeline.records import GIVEN, NONE_APPLIES, OUTSIDE, UNDECIDED, Judged, Source

READ = "読み取り"
OPINIONS = "意見"
_PLACES = (OPINIONS, "取組例", "概要", "注記", "空欄", "重複行")


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One equation.

    Attributes
    ----------
    stage : str
        段階.
    count : int
        件数.
    parts : tuple of (str, int)
        内訳; empty when there is nothing to break down.
    """

    stage: str
    count: int
    parts: tuple[tuple[str, int], ...] = ()

    @property
    def breakdown(self) -> str:
        """As it is written: ``意見 45 + 取組例 3 + 概要 1``."""
        return " + ".join(f"{name} {count}" for name, count in self.parts)


def build_ledger(sources: Sequence[Source], judged: Sequence[Judged]) -> tuple[LedgerLine, ...]:
    """Draw up the ledger of a run and check it.

    Raises
    ------
    LedgerError
        When a sum is not met.
    """
    kinds = Counter(item.kind for source in sources for item in source.items)
    verdicts = Counter(one.labelling.verdict for one in judged)
    filed = Counter(one.opinion.item.filed_under or "（元の位置なし）" for one in judged)
    by_source = tuple((source.file, len(source.items)) for source in sources)
    lines = [
        LedgerLine(READ, sum(kinds.values()), by_source),
        LedgerLine("行き先", sum(kinds.values()), _ordered(kinds, _PLACES)),
        LedgerLine(OPINIONS, len(judged), _ordered(verdicts, (GIVEN, NONE_APPLIES, UNDECIDED))),
    ]
    for kind in (*_PLACES, *sorted(set(kinds) - set(_PLACES))):
        if kind != OPINIONS and kinds[kind]:
            where = Counter(
                item.filed_under or source.file for source in sources for item in source.items if item.kind == kind
            )
            lines.append(LedgerLine(kind, kinds[kind], tuple(where.items())))
    lines.append(LedgerLine("元の位置", len(judged), tuple(filed.items())))
    inside = sum(count for label, count in filed.items() if not label.startswith((OUTSIDE, "（")))
    outside = sum(count for label, count in filed.items() if label.startswith(OUTSIDE))
    nowhere = len(judged) - inside - outside
    lines.append(
        LedgerLine("計画との関係", len(judged), (("計画内", inside), (OUTSIDE, outside), ("元の位置なし", nowhere)))
    )
    _check(lines, kinds[OPINIONS], [one.opinion.id for one in judged])
    return tuple(lines)


def _ordered(counts: Counter[str], first: Iterable[str]) -> tuple[tuple[str, int], ...]:
    names = [*first, *sorted(set(counts) - set(first))]
    return tuple((name, counts[name]) for name in names)


def _check(lines: Sequence[LedgerLine], opinions_read: int, ids: Sequence[str]) -> None:
    for line in lines:
        total = sum(count for _, count in line.parts)
        if line.parts and total != line.count:
            raise LedgerError(
                f"台帳が合いません（{line.stage} {line.count} ≠ {line.breakdown}）", remedy="開発者に連絡してください"
            )
    if opinions_read != len(ids):
        raise LedgerError(
            f"読み取った意見 {opinions_read} 件に対し、判定した意見は {len(ids)} 件です",
            remedy="開発者に連絡してください",
        )
    if len(set(ids)) != len(ids):
        raise LedgerError("同じ意見が二度判定されています", remedy="開発者に連絡してください")
