"""When more review no longer changes the summary.

The queue brings the most doubtful opinions first, so those that are left are changed no more often than those
just seen. From the last decisions in the order of review an upper bound of that rate follows
(Clopper & Pearson 1934), and from it how many changes are left at most. This is the pattern of stopping rules
for screening (Callaghan & Müller-Hansen 2020) and of stabilizing predictions (Bloodgood & Vijay-Shanker 2009),
with people's corrections in the place of the model's changes. The bound is the least of several
windows, each at a level that makes all of them hold together (Bonferroni).

It rests on the order: who reviews by filter, the easy ones first, learns nothing about the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.deliver.results import Results
from pipeline.records import UNDECIDED, Decision, Judged
from pipeline.review.history import History
from pipeline.review.voices import of_now

FEW = 20
"""With fewer decisions nothing is said of the rest."""
LIMIT = 0.05
"""The summary stands when at most this share of the round's opinions would still change."""
_LEVEL = 0.05
_WINDOWS = (20, 50, 100)


@dataclass(frozen=True, slots=True)
class ThemeLeft:
    """How far a theme's count may still move.

    Attributes
    ----------
    theme : str
    count : int
        Opinions that have it now, decisions counted.
    moves : float
        Upper bound of how many of the opinions left would gain or lose it.
    """

    theme: str
    count: int
    moves: float


@dataclass(frozen=True, slots=True)
class Advice:
    """Whether to go on.

    Attributes
    ----------
    decided, left : int
        Opinions.
    undecided : int
        Opinions left that the program could not decide (保留).
    recent, changed : int
        The last decisions, copies once, and how many changed the suggestion's themes.
    most : float or None
        Upper bound of the opinions left that would be changed; None with too few decisions.
    themes : tuple of ThemeLeft
    may_stop : bool
    sentences : tuple of str
        In Japanese.
    """

    decided: int
    left: int
    undecided: int
    recent: int
    changed: int
    most: float | None
    themes: tuple[ThemeLeft, ...]
    may_stop: bool
    sentences: tuple[str, ...]


def advise(history: History, results: Results) -> Advice:
    """Advise on going on.

    Parameters
    ----------
    history : History
    results : Results
        As the program judged, without decisions applied.
    """
    entries = of_now(history, results.judged).standing_entries()
    decided = {name: entry.decision for name, entry in entries.items() if entry.decision}
    groups = {one.opinion.id: one.opinion.same_id for one in results.judged}
    ordered = sorted(entries.values(), key=lambda entry: (entry.at, entry.uuid))
    seen: dict[tuple[str, frozenset[str]], Decision] = {}
    for entry in ordered:
        if entry.decision:
            seen.setdefault((groups[entry.opinion_id], frozenset(entry.decision.themes)), entry.decision)
    order = list(seen.values())
    left = [one for one in results.judged if one.opinion.id not in decided]
    undecided = sum(one.labelling.verdict == UNDECIDED for one in left)
    changes = [set(one.themes) != set(one.suggested.themes) for one in order]
    recent = min(len(changes), _WINDOWS[0])
    changed = sum(changes[-recent:]) if recent else 0
    counts = [_count(theme, results.judged, decided) for theme in results.themes]
    if not left:
        still = tuple(ThemeLeft(theme, count, 0.0) for theme, count in zip(results.themes, counts, strict=True))
        done = "すべての意見を確認しました"
        return Advice(len(decided), 0, 0, recent, changed, 0.0, still, may_stop=True, sentences=(done,))
    if len(order) < FEW:
        few = f"確認は {len(order)} 件です。{FEW} 件になると、続けるかどうかの目安を出せます"
        return Advice(len(decided), len(left), undecided, recent, changed, None, (), may_stop=False, sentences=(few,))
    most = _bound(changes) * len(left)
    themes = tuple(
        ThemeLeft(
            theme,
            count,
            _bound([(theme in one.themes) != (theme in one.suggested.themes) for one in order]) * len(left),
        )
        for theme, count in zip(results.themes, counts, strict=True)
    )
    may_stop = not undecided and most <= LIMIT * len(results.judged)
    told = _sentences(len(results.judged), len(left), undecided, recent, changed, most, themes, may_stop=may_stop)
    return Advice(len(decided), len(left), undecided, recent, changed, most, themes, may_stop, told)


def _count(theme: str, judged: Sequence[Judged], decided: dict[str, Decision]) -> int:
    found = 0
    for one in judged:
        decision = decided.get(one.opinion.id)
        is_given = one.labelling.verdict != UNDECIDED and theme in one.labelling.themes
        found += theme in decision.themes if decision else is_given
    return found


def _bound(changes: Sequence[bool]) -> float:
    """Upper bound of the rate at which the opinions left are changed, one-sided at 95 %."""
    from scipy.stats import beta

    sizes = sorted({*(size for size in _WINDOWS if size < len(changes)), len(changes)})
    level = 1 - _LEVEL / len(sizes)
    bounds = []
    for size in sizes:
        count = sum(changes[-size:])
        bounds.append(float(beta.ppf(level, count + 1, size - count)) if count < size else 1.0)
    return min(bounds)


def _sentences(
    total: int,
    left: int,
    undecided: int,
    recent: int,
    changed: int,
    most: float,
    themes: Sequence[ThemeLeft],
    *,
    may_stop: bool,
) -> tuple[str, ...]:
    told = [
        f"最近の {recent} 件のうち、テーマを直したのは {changed} 件です",
        f"残り {left} 件のうち、直すことになるのは多くても {most:.0f} 件（全体の {most / total:.0%}）とみられます",
    ]
    if undecided:
        told.append(f"保留が {undecided} 件残っています。まず保留を確認してください")
    elif may_stop:
        told.append("ここで終えても、集計はほとんど変わりません")
    else:
        told.append(f"続けてください（多くても全体の {LIMIT:.0%} になれば、終える目安です）")
    told.append("、".join(f"{one.theme}は {one.count} 件で、動いても {one.moves:.0f} 件まで" for one in themes))
    return tuple(told)
