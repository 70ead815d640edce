"""The ledger: everything that was read ends in exactly one place, or the run fails.

Each line is an equation: its number is the sum of its parts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.errors import LedgerError
from pipeline.kinds import KINDS
from pipeline.records import GIVEN, NONE_APPLIES, OUTSIDE, UNDECIDED, Judged, Source

READ = "読み取り"
REVIEW = "確認"
CONFIRMED, CHANGED, UNREVIEWED = "確認済", "修正済", "未確認"
PERSONAL = "個人情報"
OPINIONS = "意見"


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


def build_ledger(
    sources: Sequence[Source], judged: Sequence[Judged], names: Mapping[str, int] | None = None
) -> tuple[LedgerLine, ...]:
    """Draw up the ledger of a run and check it.

    Parameters
    ----------
    sources : sequence of Source
        What was read, each item under what it is.
    judged : sequence of Judged
        The opinions; the parts of a comment that was cut are several.
    names : mapping of str to int, optional
        How often each kind of personal information was found.

    Raises
    ------
    LedgerError
        When a sum is not met.
    """
    kinds = Counter(item.kind for source in sources for item in source.items)
    verdicts = Counter(one.labelling.verdict for one in judged)
    filed = Counter(one.opinion.item.filed_under or "（元の位置なし）" for one in judged)
    by_source = tuple((source.file, len(source.items)) for source in sources)
    parts = [one.opinion.item.part for one in judged]
    lines = [
        LedgerLine(READ, sum(kinds.values()), by_source),
        LedgerLine(
            "行き先", sum(kinds.values()), _ordered(kinds, [kind for kind in KINDS if kinds[kind] or kind == OPINIONS])
        ),
        LedgerLine(OPINIONS, len(judged), _ordered(verdicts, (GIVEN, NONE_APPLIES, UNDECIDED))),
    ]
    if any(parts):
        cut = sum(part == 1 for part in parts)
        lines.append(
            LedgerLine(
                "分割",
                len(judged),
                (("分けない意見", parts.count(0)), (f"{cut}件を分けた意見", len(parts) - parts.count(0))),
            )
        )
    for kind in KINDS:
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
    voices = Counter(Counter(one.opinion.same_id for one in judged).values())
    single = voices.pop(1, 0)
    copied = sum(size * count for size, count in voices.items())
    groups = sum(voices.values())
    lines.append(LedgerLine("同趣旨", len(judged), (("一人の声", single), (f"{groups}組の同趣旨", copied))))
    reviews = Counter(review_of(one) for one in judged)
    if reviews[CONFIRMED] or reviews[CHANGED]:
        lines.append(LedgerLine(REVIEW, len(judged), _ordered(reviews, (CONFIRMED, CHANGED, UNREVIEWED))))
    if names:
        lines.append(LedgerLine(PERSONAL, sum(names.values()), tuple(sorted(names.items()))))
    _check(lines, kinds[OPINIONS], parts, [one.opinion.id for one in judged])
    return tuple(lines)


def review_of(one: Judged) -> str:
    """Where an opinion stands in review: 確認済, 修正済 or 未確認."""
    if one.decision is None:
        return UNREVIEWED
    return CHANGED if one.decision.is_change else CONFIRMED


def _ordered(counts: Counter[str], first: Iterable[str]) -> tuple[tuple[str, int], ...]:
    names = [*first, *sorted(set(counts) - set(first))]
    return tuple((name, counts[name]) for name in names)


def _check(lines: Sequence[LedgerLine], opinions_read: int, parts: Sequence[int], ids: Sequence[str]) -> None:
    for line in lines:
        total = sum(count for _, count in line.parts)
        if line.parts and total != line.count:
            raise LedgerError(
                f"台帳が合いません（{line.stage} {line.count} ≠ {line.breakdown}）", remedy="開発者に連絡してください"
            )
    whole = sum(part <= 1 for part in parts)
    if opinions_read != whole:
        raise LedgerError(
            f"読み取った意見 {opinions_read} 件に対し、判定した意見は {whole} 件です",
            remedy="開発者に連絡してください",
        )
    if len(set(ids)) != len(ids):
        raise LedgerError("同じ意見が二度判定されています", remedy="開発者に連絡してください")
